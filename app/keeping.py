"""What becomes of moments: one is consolidated until semantic memory says it too, and others are forgotten."""

import streamlit as st
from address import settle, words
from ageing import STEPS, Change, Consolidation, in_words
from controls import show_error
from living import goes_on, lived
from scripts import Consolidated, Forgotten
from session import Mind, graph_of
from wording import plain

from tensorbrain.brain import Brain
from tensorbrain.errors import TensorBrainError
from tensorbrain.memory.forget import forget

FOLLOW = 0.5  # seconds between two looks at a job
POLICIES = {
    "the oldest": "oldest",
    "what was not consolidated": "unconsolidated",
    "the least remarkable": "unremarkable",
    "the rarest": "rarest",
    "by chance": "random",
}
COLUMNS = {
    "subject": "Subject",
    "predicate": "Predicate",
    "object": "Object",
    "then": st.column_config.NumberColumn("In this moment", format="%.3f", help="P(s, p, o | aₜ)"),
    "before": st.column_config.NumberColumn("In general, before", format="%.4f", help="P(s, p, o | ā)"),
    "now": st.column_config.NumberColumn("In general, now", format="%.4f", help="P(s, p, o | ā)"),
}


def take_over(origin: Brain) -> None:
    """Where a consolidation has ended, the visit goes on with the brain that it made."""
    job: Consolidation | None = st.session_state.get("consolidation")
    own = lived(origin)
    if job and job.brain is not None and job.before is (own.brain if own else origin):
        goes_on(origin, job.brain, Consolidated(job.moment, STEPS))


def show_keeping(origin: Mind, mind: Mind, moment: str, label: str) -> None:
    """What memory does with moments; ``origin`` is the brain as it was chosen, ``mind`` that of the visit."""
    st.subheader("What becomes of it", anchor=False)
    replayed, forgotten = st.columns(2, gap="large")
    job: Consolidation | None = st.session_state.get("consolidation")
    mine = job is not None and any(mind.brain is each for each in (job.before, job.brain))
    job = job if mine else None
    busy = job is not None and job.running
    with replayed:
        st.markdown(
            "**Consolidate.** The moment is replayed until semantic memory, which knows no time, says it too. What the "
            "brain says of all else is replayed beside it, so that nothing is lost."
        )
        if st.button("Consolidate this moment", icon=":material/replay:", disabled=busy, key="consolidate"):
            try:
                st.session_state.consolidation = Consolidation(moment, label, mind.brain, graph_of(mind.world))
            except TensorBrainError as error:
                show_error(error)
            else:
                st.rerun()
        if job is not None:
            follow(job, busy)
    with forgotten:
        st.markdown(
            "**Forget.** Under a budget some moments are given up: their indices are free for new ones. What is known "
            "in general stays."
        )
        choose_forgetting(origin, mind, busy)
    if job is not None and job.change is not None:
        show_change(job.label, job.change)


def follow(job: Consolidation, running: bool) -> None:
    """How the replay goes, or that it came to nothing."""

    @st.fragment(run_every=FOLLOW if running else None)
    def frame() -> None:
        if running:
            job.followed()
            if not job.running:
                st.rerun()
            st.progress(job.news.get("done", 0.0), f"Replay, step {job.news.get('step', 0)} of {STEPS} ...")
            if st.button("Stop", icon=":material/stop_circle:", disabled=job.stopped):
                job.stop()
        elif job.error:
            show_error(TensorBrainError(job.error))
        elif job.brain is None:
            st.caption("It was stopped: the memory is as it was.")

    frame()


def choose_forgetting(origin: Mind, mind: Mind, busy: bool) -> None:
    """How many moments are kept, and which are given up first."""
    count = len(mind.brain.vocabulary.instants)
    if count < 2:
        st.caption("One moment is left: it stays.")
        return
    settle("policy", words(POLICIES), "the oldest")
    first = st.selectbox("Given up first", POLICIES, key="policy", bind="query-params", disabled=busy)
    keep = st.slider("Moments that are kept", 1, count, max(1, round(0.9 * count)), key=f"keep{count}", disabled=busy)
    deed = f"Forget {count - keep}" if keep < count else "Forget none"
    if st.button(deed, icon=":material/delete_sweep:", disabled=busy or keep == count, key="forget"):
        policy = POLICIES[first or "the oldest"]
        with st.spinner("The brain forgets ..."):
            brain = forget(mind.brain, keep=keep, policy=policy)
        goes_on(origin.brain, brain, Forgotten(keep, policy))
        st.rerun()


def show_change(label: str, change: Change) -> None:
    """What the moment says, in the moment and in general."""
    st.markdown(f"**{plain(label)}** was consolidated. {in_words(change)}")
    st.dataframe(
        change.rows,
        hide_index=True,
        column_config=COLUMNS,
        height="content",
        alt=f"{len(change.rows)} statements, each with its probability in the moment, in general before, and now.",
    )
