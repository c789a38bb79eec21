# The two commands of the README are `make app` and `make test`; `make` alone lists the rest.
#
#   make test ARGS="-k graph"          ARGS goes on to the command that is run
#   make app PYTHON=python3.12         PYTHON is the interpreter that creates the environment
#   make test VENV=/tmp/other          VENV is the folder of the environment

PYTHON ?= python3
VENV ?= .venv
ARGS ?=

bin := $(VENV)/bin
workers := -n logical --maxprocesses 4 --dist loadfile
on_data := $(addprefix benchmarks/,exchange_with_pykeen.py peers.py scene_graphs.py)
install := $(bin)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e

.PHONY: help app test thorough coverage mutants floors check docs worlds films pictures bench dist

help:
	@echo "make app      install what the app needs, then open it on the shipped world"
	@echo "make test     install what the tests need, then run them"
	@echo "make thorough the same, with those that take long"
	@echo "make coverage the tests, with every claim and experiment, and what of the package they do not run through"
	@echo "make mutants  change the package place by place: which changes do the tests notice?"
	@echo "make floors   the tests with the oldest versions of all dependencies that are admitted"
	@echo "make check    lint, formatting and types"
	@echo "make docs     build the documentation, its tutorials run, into docs/_build/html"
	@echo "make worlds   rewrite the graphs of kg_data/ from their build scripts"
	@echo "make films    make the films anew with which the app's tour opens"
	@echo "make pictures take the pictures of the app anew, in both themes, wide and narrow"
	@echo "make bench    run the benchmarks one by one"
	@echo "make dist     build the sdist and the wheel into dist/"

app: $(VENV)/.app
	$(bin)/tensorbrain app $(ARGS)

test: $(VENV)/.test
	$(bin)/python -m pytest $(workers) --maxfail=10 $(ARGS)

thorough: $(VENV)/.test
	$(bin)/python -m pytest $(workers) --thorough $(ARGS)

coverage: $(VENV)/.test $(VENV)/.measure
	$(bin)/python -m pytest $(workers) --cov --cov-report= $(ARGS)
	$(bin)/python -m pytest $(workers) --cov --cov-append --thorough tests/claims tests/experiments
	$(bin)/python tests/coverage_rows.py

mutants: $(VENV)/.test $(VENV)/.measure
	$(bin)/python tests/mutants.py $(ARGS)

floors:
	$(PYTHON) -m venv $(VENV)-floors
	$(PYTHON) .ci/floors.py > $(VENV)-floors/constraints.txt
	$(VENV)-floors/bin/python -m pip install --quiet --disable-pip-version-check -c $(VENV)-floors/constraints.txt -e '.[test]'
	$(VENV)-floors/bin/python -m pytest $(workers) $(ARGS)

check: $(VENV)/.test
	$(bin)/ruff check .
	$(bin)/ruff format --check .
	$(bin)/pyright --pythonpath $(bin)/python
	$(bin)/pyright --pythonpath $(bin)/python --project app

docs: $(VENV)/.docs
	$(bin)/python -m sphinx -W --keep-going --quiet -d docs/_build/.doctrees docs docs/_build/html $(ARGS)
	@echo "open docs/_build/html/index.html"

worlds: $(VENV)/.app
	@set -e; for script in kg_data/*/build.py; do echo "$$script"; $(bin)/python "$$script"; done

films: $(VENV)/.app
	$(bin)/python app/films/build.py

pictures: $(VENV)/.test
	$(bin)/python docs/pictures.py $(ARGS)

bench: $(VENV)/.test
	@set -e; for script in $(filter-out $(on_data),$(wildcard benchmarks/*.py)); do \
	  echo "== $$script"; $(bin)/python "$$script" $(ARGS); done
	@echo "These want the path of data, and some PyKEEN: $(on_data)"

dist: $(VENV)/.test
	rm -rf dist
	$(bin)/python -m hatchling build

# What is installed is stamped, so that pip runs again only when these two files have changed.
$(VENV)/.app: pyproject.toml constraints.txt | $(bin)/pip
	@echo "Installing tensorbrain and its app into $(VENV), once ..."
	$(install) '.[app]'
	@touch $@

$(VENV)/.test: pyproject.toml constraints.txt | $(bin)/pip
	@echo "Installing tensorbrain and its tests into $(VENV), once ..."
	$(install) '.[test,browser,dev]'
	@touch $@ $(VENV)/.app

$(VENV)/.measure: pyproject.toml constraints.txt | $(bin)/pip
	@echo "Installing what measures the tests into $(VENV), once ..."
	$(install) '.[measure]'
	@touch $@

$(VENV)/.docs: pyproject.toml constraints.txt | $(bin)/pip
	@echo "Installing tensorbrain and what builds its documentation into $(VENV), once ..."
	$(install) '.[docs]'
	@touch $@

$(bin)/pip:
	@command -v $(PYTHON) >/dev/null || { \
	  echo "tensorbrain needs Python 3.11 or newer, and '$(PYTHON)' is not found:" \
	    "install it, or name another with PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "tensorbrain needs Python 3.11 or newer, and '$(PYTHON)' is $$($(PYTHON) --version 2>&1):" \
	    "name a newer one, as in PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "'$(PYTHON)' cannot create environments, as its venv module is missing:" \
	    "install it (Debian and Ubuntu: the package python3-venv)" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
