"""The scripts that reproduce a view: they run as they are and say what the page says, whatever was asked."""

import ast
import doctest
import inspect
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("streamlit", reason="streamlit is not installed: pip install '.[app]'")

import jax
import pictures
import scripts
from bringing import FAMILY
from contest import Contest, Plan
from contest_script import contest_script
from hypothesis import given
from hypothesis import strategies as st
from questions import Question
from scripts import Consolidated, Forgotten, Remembered, Shown, perceive_script, reason_script, recall_script
from session import OWN_FILE, Mind
from sharing import as_nquads
from standings import table
from thinking import Thought
from uploading import Brought, read

import tensorbrain as tb
from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.datasets.composing import Placement
from tensorbrain.datasets.scenes import Dials
from tensorbrain.graph.vocabulary import Concept, Vocabulary
from tensorbrain.settings import Settings

ROOT = Path(__file__).parents[2]
LINE = re.compile(r"(\d\.\d{3})  (.+)")
NOISY = Shown("new", 3, 1, Dials(noise=0.3))
WHO = (Placement("Sparky", 0.3, 0.9, 0.3), Placement("Mary", 0.6, 0.9, 0.4), Placement("Jack", 0.85, 0.9, 0.4, True))
COMPOSED = Shown("compose", place="TownPark", placements=WHO)  # as many as in scene 3, so that less is compiled
UPLOAD = Shown("upload")


def scene(shown: Shown) -> pictures.Scene:
    """A picture as the page shows it."""
    if shown.source == "new":
        return pictures.new_scene(shown.number, shown.view, shown.dials)
    return pictures.own_scene(shown.place, shown.placements, shown.view, shown.dials)


def recalled(mind: Mind, question: Question) -> tuple:
    trace = tb.recall(tb.intervene(mind.brain, **question.changes()), **question.asked())
    return trace, recall_script(mind, question), ()


def semantic(town, newborn, path, picture):
    question = Question(subject="Sparky", lesion=("Jack", "likes"), beta=2.0, temperature=0.5, a_bar="mean")
    return recalled(Mind("neighbourhood", town, ("shipped", 0)), question)


def episodic(town, newborn, path, picture):
    moment = town.vocabulary.instants[9].iri
    question = Question(mode="episodic", instant=moment, subject="Mary")
    return recalled(Mind("neighbourhood", town, ("shipped", 0)), question)


def sampled(town, newborn, path, picture):
    question = Question(subject="Mary", selection="sample", seed=3)
    return recalled(Mind("neighbourhood", town, ("shipped", 0)), question)


def perceived(town, newborn, path, picture):
    seen, mind = scene(NOISY), Mind(OWN_FILE, newborn, (str(path), 0))
    changed = tb.intervene(newborn, temperature=0.1)
    trace = tb.perceive(changed, seen.pixels, seen.boxes, statements=4)
    asked = {"statements": 4, "selection": "attend", "seed": 0}
    return trace, perceive_script(mind, NOISY, asked, {"temperature": 0.1, "lesion": (), "mu": None}), ()


def lived(town, newborn, path, picture):
    """A brain taught in this visit, which remembered a scene of the visitor's own, looks at an upload."""
    seen = scene(COMPOSED)
    brain, _ = tb.experience(newborn, seen.pixels, seen.boxes, rule="copy")
    trace = tb.perceive(brain, picture.read_bytes(), statements=6)
    mind = Mind("my graph", newborn, None)
    return (
        trace,
        perceive_script(mind, UPLOAD, {"statements": 6}, None, [Remembered(COMPOSED, "copy")]),
        (path, picture),
    )


def aged(town, newborn, path, picture):
    """A brain that consolidated a moment in this visit and forgot others says in general what it says now."""
    moment = town.vocabulary.instants[300].iri
    brain = tb.consolidate(town, instants=[moment], steps=10, progress=False)
    brain = tb.forget(brain, keep=600, policy="rarest")
    question, deeds = Question(subject="Sparky", statements=4), [Consolidated(moment, 10), Forgotten(600, "rarest")]
    script = recall_script(Mind("neighbourhood", town, ("shipped", 0)), question, deeds)
    return tb.recall(brain, **question.asked()), script, ()


def reasoned(town, newborn, path, picture):
    thought = Thought("Sparky", ("ownedBy", "livesIn"))
    return tb.reason(town, **thought.asked()), reason_script(Mind("neighbourhood", town, ("shipped", 0)), thought), ()


def compared(town, newborn, path, picture):
    """Models on a graph of the visitor's own, with its literals, read again from what was downloaded."""
    graph = read([Brought("my family.trig", FAMILY.encode())], "keep")
    job = Contest("my family", graph, Plan(("distmult", "complex"), held=0.2, passes=5))
    while job.running:
        job.followed()
        job.wait(1)
    file = picture.with_name("family.nq")
    file.write_bytes(as_nquads(graph))
    return table(job.results), contest_script(job, "keep"), (file,)


CASES = {run.__name__: run for run in (semantic, episodic, sampled, perceived, lived, aged, reasoned)}


@pytest.fixture(scope="module")
def running(town, newborn, newborn_file, tmp_path_factory):
    """Each script in a Python of its own, two at a time; with the trace that it should reproduce."""
    from PIL import Image

    folder = tmp_path_factory.mktemp("scripts")
    picture = folder / "picture of mine.png"
    Image.fromarray(pictures.new_scene(3, 0, Dials()).pixels).save(picture)
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    runs = {}
    for name, case in (CASES | {"compared": compared}).items():
        trace, script, given = case(town, newborn, newborn_file, picture)
        file = folder / f"{name}.py"
        file.write_text(script, encoding="utf-8")
        runs[name] = (
            trace,
            subprocess.Popen(
                [sys.executable, str(file), *map(str, given)],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                cwd=folder,
                env=os.environ | {"PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"},
            ),
        )
    yield runs
    for _, run in runs.values():
        run.kill()


@pytest.mark.parametrize("name", CASES)
def test_the_script_says_what_the_page_says(running, name):
    trace, run = running[name]
    out, complaints = run.communicate(timeout=120)
    assert run.returncode == 0, complaints
    said = [LINE.fullmatch(line) for line in out.splitlines()]
    assert all(said), out
    assert [line[2] for line in said if line] == [" ".join(statement[:3]) for statement in trace.statements]
    assert len(trace) > 1
    np.testing.assert_allclose([float(line[1]) for line in said if line], trace.probability, atol=0.0011)


def test_the_script_of_a_comparison_repeats_its_figures(running):
    rows, run = running["compared"]
    out, complaints = run.communicate(timeout=120)
    assert run.returncode == 0, complaints
    told = {line[2]: float(line[1]) for line in map(LINE.fullmatch, out.splitlines()) if line}
    assert list(told) == ["distmult", "complex", "counts"]
    figures = {row["Model"]: row["MRR"] for row in rows}
    measured = [figures[name] for name in ("DistMult", "ComplEx", "counting alone")]
    np.testing.assert_allclose(list(told.values()), measured, atol=0.0006)


def test_without_its_files_a_script_says_how_it_is_run(newborn, tmp_path):
    script = perceive_script(Mind("my graph", newborn, None), UPLOAD, {})
    file = tmp_path / "mine.py"
    file.write_text(script)
    path = {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, file], capture_output=True, text=True, env=os.environ | path, timeout=60)
    assert done.returncode == 1 and done.stderr == f"Run it as: python {file} BRAIN PICTURE\n"


def test_docs_are_true():
    assert doctest.testmod(scripts).failed == 0


# Names that a graph may bring: two of one label, quotes, a backslash, another script, a line end, half a character.
LABELS = ["Mercury", "Mercury", 'the "blue" ball', "it's", "both ' and \"", "back\\slash", '"""', "Zoë", "犬", "a\nb"]
LABELS += ["\u202eevil", "\ud800", "", "{braces}", "x" * 300]
WORDS = Vocabulary(
    concepts=tuple(Concept(f"urn:x:{n}", label, "entity") for n, label in enumerate(LABELS)),
    predicates=(Concept("urn:x:0", "Mercury", "predicate"), Concept("urn:x:likes", "likes", "predicate")),
    instants=tuple(Concept(f"urn:x:t{n}", label, "instant") for n, label in enumerate(("breakfast", "noon", "noon"))),
    times=("2026-05-03T08:10:00", None, None),
)
CONCEPTS = st.sampled_from([concept.iri for concept in WORDS.concepts] + ["Zoë", "zoë"])
ANYTHING = st.sampled_from(
    [row.iri for rows in (WORDS.concepts, WORDS.predicates, WORDS.instants) for row in rows] + ["likes", "2026-05"]
)
QUESTIONS = st.builds(
    Question,
    mode=st.just("semantic"),
    subject=st.none() | CONCEPTS,
    predicate=st.none() | st.sampled_from(["urn:x:0", "likes"]),
    object=st.none() | CONCEPTS,
    statements=st.sampled_from([4, 8, 16]),
    a_bar=st.sampled_from(["learned", "mean", "mixture"]),
    recency=st.floats(-8, 8),
    selection=st.sampled_from(["top", "sample", "argmax", "attend"]),
    seed=st.integers(0, 9999),
    lesion=st.lists(ANYTHING, max_size=3, unique=True).map(tuple),
    mute=st.lists(ANYTHING, max_size=3, unique=True).map(tuple),
    alpha=st.none() | st.floats(0, 2),
    beta=st.none() | st.floats(0, 4),
    temperature=st.none() | st.floats(0.05, 8),
) | st.builds(
    Question,
    mode=st.just("episodic"),
    instant=st.none() | st.sampled_from(["urn:x:t0", "urn:x:t1", "noon ", "2026-05-03T08:10"]),
    subject=st.none() | CONCEPTS,
)


@pytest.fixture(scope="module")
def odd_mind():
    settings = Settings(dim=4, context=4)
    counts = (len(WORDS.concepts), len(WORDS.predicates), len(WORDS.instants))
    model = TensorBrain.create(counts, settings, key=jax.random.key(0))
    return Mind("odd\nworld", Brain(model, WORDS, settings), ('a "file"\\.brain', 0))


def called(script: str, function: str) -> dict:
    """The arguments by name with which a script calls a function; {} where it does not."""
    calls = [node for node in ast.walk(ast.parse(script)) if isinstance(node, ast.Call)]
    found = [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == function]
    return {word.arg: ast.literal_eval(word.value) for call in found for word in call.keywords}


@given(QUESTIONS)
def test_a_script_asks_exactly_what_was_asked(odd_mind, question):
    script = recall_script(odd_mind, question)
    script.encode("utf-8")
    compile(script, "script.py", "exec")
    usual = {name: p.default for name, p in inspect.signature(tb.recall).parameters.items()}
    said, asked = called(script, "recall"), question.asked()
    assert all(value != usual[name] for name, value in said.items())
    for slot in ("instant", "subject", "predicate", "object"):
        a, b = said.pop(slot, None), asked.pop(slot)
        assert (a is None) == (b is None)
        if b is not None and b != "noon ":
            assert WORDS.find(a, slot) == WORDS.find(b, slot)
    mode = said.pop("mode", None) or ("semantic" if question.instant is None else "episodic")
    assert mode == asked.pop("mode")
    assert said == {name: value for name, value in asked.items() if value != usual[name]}
    made, changes = called(script, "intervene"), question.changes()
    for name in ("lesion", "mute"):
        rows = [WORDS.find_everywhere(word) for word in made.pop(name, [])]
        assert rows == [WORDS.find_everywhere(word) for word in changes.pop(name)]
    assert made == {name: value for name, value in changes.items() if value is not None}


def test_the_script_of_the_page_is_short_and_readable(town):
    script = recall_script(Mind("neighbourhood", town, ("shipped", 0)), Question(subject="Sparky"))
    assert script.endswith('object}")\n') and max(map(len, script.splitlines())) <= 120
    assert 'trace = tb.recall(brain, subject="Sparky")' in script and f"tensorbrain {tb.__version__}" in script
    assert len(script.splitlines()) < 15
