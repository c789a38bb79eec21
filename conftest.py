"""What all tests share, the package's own doctests too: JAX at its strictest, hypothesis by one profile."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

# Before JAX is imported, and in the environment: the commands that the tests start compile the same programs.
os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(Path(__file__).parent / ".cache" / "jax"))
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0.1")

import hypothesis
import jax
import pytest

# A silent promotion or broadcast is the commonest wrong answer of array code: here both are errors.
jax.config.update("jax_numpy_dtype_promotion", "strict")
jax.config.update("jax_numpy_rank_promotion", "raise")
# Some devices round the factors of a float32 product unless told not to: no fast path would equal a clear one.
jax.config.update("jax_default_matmul_precision", "highest")

# A quarter of the usual hundred examples: many compile a program of their own. All hundred with --thorough.
usual = {"deadline": None, "max_examples": 25}
hypothesis.settings.register_profile("here", **usual)
hypothesis.settings.register_profile("ci", **usual, derandomize=True, print_blob=True)
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=100)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "here")

# Where programs run for long, or arithmetic itself is tested, all is compiled as for users; with --thorough everywhere.
CAREFUL = {"claims", "experiments", "factorization", "layers", "numerics", "operations"}

collect_ignore = ["tests/mutants.py"]  # measures the tests, with a library that only `make mutants` installs

MAPS = Path("/proc/self/maps")  # the pieces of memory of this process, one a line (Linux)
MANY = 20_000  # of them; Linux ends a process that asks for more than 65,530


@pytest.fixture(scope="module", autouse=True)
def what_stays_is_not_looked_at_again() -> Iterator[None]:
    """What JAX compiled stays, in millions of objects: without this every collection of garbage visits them all.

    Each compiled program holds some pieces of memory of its own: before there are too many, all are let go.
    """
    yield
    if MAPS.exists() and MAPS.read_bytes().count(b"\n") > MANY:
        jax.clear_caches()
        gc.unfreeze()
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="module", autouse=True)
def compiled_quickly(request: pytest.FixtureRequest) -> Iterator[None]:
    """Small programs that run for a moment: there compiling well costs more than it gives, in commands as well."""
    config = request.config
    if config.getoption("--thorough") or CAREFUL & set(request.path.relative_to(config.rootpath).parts):
        yield
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JAX_DISABLE_MOST_OPTIMIZATIONS", "1")
        jax.config.update("jax_disable_most_optimizations", True)
        yield
        jax.config.update("jax_disable_most_optimizations", False)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "thorough: takes long and repeats what others test on less: `make thorough`")
    if config.getoption("--thorough"):
        hypothesis.settings.load_profile("thorough")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is thorough, unless all is to be run or a test is named."""
    if config.getoption("--thorough") or any("::" in argument for argument in config.args):
        return
    config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("thorough")])
    items[:] = [item for item in items if not item.get_closest_marker("thorough")]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--thorough", action="store_true", help="run the tests that take long, too")
    parser.addoption("--data", help="folder of larger graphs to test on (else the variable TENSORBRAIN_DATA)")
