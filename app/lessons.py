"""Lessons: a brain is taught a graph of this visit's own, its curve is followed, and it is taken home."""

import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st
from address import Nearest, Within, settle
from controls import MOST_SEED, show_error
from session import Taught, taught
from teaching import Course, Teaching, blind, usual
from wording import plain

from tensorbrain.brain import Brain
from tensorbrain.errors import TensorBrainError
from tensorbrain.graph.knowledge_graph import KnowledgeGraph

FOLLOW = 0.7  # seconds between two looks at a training
DIMS = (32, 64, 128, 256)
MOST_PASSES = 2000
CURVE = 240  # pixels: its place is as high before it appears
POINTS = 240  # of a curve: more cannot be told apart


def teach(world: str, graph: KnowledgeGraph) -> None:
    """The controls of a training, the training while it runs, and what came of it."""
    st.subheader("Teach a brain", anchor=False)
    job: Teaching | None = st.session_state.get("teaching")
    busy = job is not None and job.running
    collect()
    course = choose_course(graph, busy)
    label = "Teach a brain anew" if world in taught() else "Teach a brain"
    if st.button(label, type="primary", icon=":material/school:", disabled=busy, key="teach"):
        try:
            st.session_state.teaching = Teaching(world, graph, course)
        except TensorBrainError as error:
            show_error(error)
        else:
            st.rerun()
    if busy and job is not None and job.name != world:
        st.caption(f"{plain(job.name)} is being taught just now: choose it as the world to follow it.")
    mine = job if job is not None and job.name == world else None
    if mine is not None and mine.error:
        show_error(TensorBrainError(mine.error))
    if (mine is not None and busy) or world in taught():
        follow(world, mine, busy and mine is not None)


def choose_course(graph: KnowledgeGraph, busy: bool) -> Course:
    """Units, passes and seed; what is right for a graph of this size stands there already."""
    best = usual(graph)
    settle("units", Nearest(DIMS), str(best.dim))
    settle("passes", Within(1, MOST_PASSES, whole=True), str(best.epochs))
    settle("teaching_seed", Within(0, MOST_SEED, whole=True), "0")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        dim = st.select_slider(
            "Units of the blackboard", DIMS, best.dim, key="units", bind="query-params", disabled=busy, width=220
        )
        epochs = st.number_input(
            "Passes, at most",
            1,
            MOST_PASSES,
            best.epochs,
            10,
            key="passes",
            bind="query-params",
            disabled=busy,
            width=150,
        )
        seed = st.number_input(
            "Seed",
            0,
            MOST_SEED,
            0,
            key="teaching_seed",
            bind="query-params",
            disabled=busy,
            width=110,
            help="All chance follows it.",
        )
    return Course(dim, int(epochs), int(seed))


def collect() -> None:
    """A training that is over leaves its brain to this visit."""
    job: Teaching | None = st.session_state.get("teaching")
    if job is not None and not job.running and job.brain is not None:
        known = taught().get(job.name)
        if known is None or known.brain is not job.brain:
            taught()[job.name] = Taught(job.brain, job.graph)


def follow(world: str, job: Teaching | None, running: bool) -> None:
    """The curve of a training, which looks again by itself as long as it runs; then where to go with the brain."""

    @st.fragment(run_every=FOLLOW if running else None)
    def frame() -> None:
        with st.container(border=True):
            if job is not None and running:
                news = job.follow()
                if not job.running:
                    st.rerun()
                st.markdown(progress(job))
                curve(news)
                if st.button("Stop, and keep the best so far", icon=":material/stop_circle:", disabled=job.stopped):
                    job.stop()
            else:
                known = taught()[world]
                st.markdown(known_told(world, known, job))
                curve(known.brain.history)
                go_on(world, known.brain)

    frame()
    if not running:
        st.caption("The brain is among the worlds of every page until this visit ends. At home it is used like this:")
        st.code(f'import tensorbrain as tb\n\nbrain = tb.load_brain("{file_name(world)}")\ntb.recall(brain).statements')


def curve(records: Sequence[dict[str, Any]]) -> None:
    """The loss over the passes; before the first report an empty place as high."""
    if not records:
        st.skeleton(height=CURVE)
        return
    step = -(-len(records) // POINTS)
    points = [*records[:-1:step], records[-1]]
    st.line_chart(
        {"pass": [record["epoch"] for record in points], "loss": [record["loss"] for record in points]},
        x="pass",
        y="loss",
        x_label="passes through the graph",
        y_label="loss, nats a statement",
        height=CURVE,
        color="#3b86dd",
        alt=f"The loss goes from {records[0]['loss']:.2f} to {records[-1]['loss']:.2f} nats a statement.",
    )


def progress(job: Teaching) -> str:
    """How a training goes, in one line."""
    if not job.news:
        return "It is prepared: the programs for a graph of this size are compiled first."
    last = job.news[-1]
    where = f"Pass {last['epoch']:.3g} of at most {job.course.epochs}, loss {last['loss']:.2f} nats a statement"
    if job.learned:
        return f"{where}. Now it is asked what it remembers ..."
    if job.stopped:
        return f"{where}. Stopping ..."
    left = last["seconds"] * (1 - last["done"]) / max(last["done"], 1e-6)
    return f"{where}, about {max(1, round(left))} s left."


def known_told(world: str, known: Taught, job: Teaching | None) -> str:
    """What a brain has learned, in two or three sentences."""
    losses = [record["loss"] for record in known.brain.history]
    said = f"**{plain(world)}** was stopped within its first pass, and has hardly learned anything."
    if losses:
        passes = "1 pass" if len(losses) == 1 else f"{len(losses)} passes"
        how = "was stopped early" if job is not None and job.stopped else "is learned"
        said = (
            f"**{plain(world)}** {how}: after {passes} its loss is {min(losses):.2f} nats a statement, "
            f"where a blind guess costs {blind(known.graph):.2f}."
        )
    if job is None or job.brain is not known.brain or job.remembered is None:
        return said
    share, asked = job.remembered
    return f"{said} Of {asked:,} questions (subject, predicate, ?) about its graph, it answers {share:.0%} rightly."


def go_on(world: str, brain: Brain) -> None:
    """Where to go with a brain, and how to take it home."""
    with st.container(horizontal=True, vertical_alignment="center"):
        there = {"world": world}
        st.page_link("views/know.py", label="Ask what it knows", icon=":material/lightbulb:", query_params=there)
        if brain.vocabulary.instants:
            st.page_link("views/remember.py", label="Relive a moment", icon=":material/history:", query_params=there)
        st.download_button(
            "Download the brain",
            partial(file_of, brain),
            file_name=file_name(world),
            mime="application/octet-stream",
            icon=":material/download:",
            on_click="ignore",
        )


def file_name(world: str) -> str:
    """The name of a brain's file when it is taken home."""
    return f"{world.replace(' ', '-')}.brain.safetensors"


def file_of(brain: Brain) -> bytes:
    """The bytes of a brain's file."""
    with tempfile.TemporaryDirectory(prefix="tensorbrain-") as folder:
        path = Path(folder, "my.brain.safetensors")
        brain.save(path)
        return path.read_bytes()
