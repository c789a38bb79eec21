"""What the brain believes, beside what the graph says: with counts, so that one sees what rests on what."""

import pyarrow as pa
import streamlit as st
from address import settle, words
from questions import Question
from session import Mind, graph_of
from wording import plain

from tensorbrain.brain import Brain
from tensorbrain.evaluation.beliefs import Belief, beliefs
from tensorbrain.graph.knowledge_graph import KnowledgeGraph

COLUMNS = {
    "subject": "Subject",
    "predicate": "Predicate",
    "object": "Object",
    "probability": st.column_config.ProgressColumn("The brain believes", format="%.3f", min_value=0.0),
    "share": st.column_config.ProgressColumn("The graph says", format="%.3f", min_value=0.0),
    "facts": st.column_config.NumberColumn("Facts", help="How often the graph states it as a fact."),
    "episodes": st.column_config.NumberColumn("Episodes", help="In how many of the graph's episodes it is said."),
}


def show_beliefs(mind: Mind, brain: Brain, question: Question) -> None:
    """The most probable statements and those the graph says most often, side by side, where the graph is known."""
    graph = graph_of(mind.world)
    if graph is None or question.a_bar == "mixture":  # to weigh every moment takes seconds: too long for a click
        return
    settle("beside", words(("true", "false")), "false")
    asked = st.toggle(
        "Beside what the graph says",
        key="beside",
        bind="query-params",
        help="What the brain believes beside what its graph says, with counts.",
    )
    if not asked:
        return
    st.subheader("Believed, and said", anchor=False)
    rows = _rows(mind, brain, graph, question)
    st.markdown(in_words(rows))
    st.dataframe(
        pa.Table.from_pylist([row._asdict() for row in rows]),
        hide_index=True,
        column_config=COLUMNS,
        alt=f"{len(rows)} statements with the brain's probability and the graph's counts.",
    )


def in_words(rows: list[Belief]) -> str:
    """How far belief and graph agree, in a sentence or two.

    >>> row = Belief("Sparky", "likes", "Bone", 0.5, 0.4, 1, 0)
    >>> in_words([row])
    "Of the brain's most probable statements 1 of 1 is said by the graph, which gives it a share of 0.40."
    """
    believed = [row for row in rows if row.probability >= 0.005]
    said = [row for row in believed if row.facts + row.episodes]
    share = sum(row.share for row in said)
    what = "is said by the graph, which gives it" if len(said) == 1 else "are said by the graph, which gives them"
    text = f"Of the brain's most probable statements {len(said)} of {len(believed)} {what} a share of {share:.2f}."
    unsaid = next((row for row in believed if not row.facts + row.episodes), None)
    if unsaid:
        text += (
            f" It also believes **{plain(f'{unsaid.subject} {unsaid.predicate} {unsaid.object}')}** "
            f"({unsaid.probability:.2f}), "
            "which the graph nowhere says: a guess, from what is alike."
        )
    return text


def _rows(mind: Mind, brain: Brain, graph: KnowledgeGraph, question: Question) -> list[Belief]:
    asked = {slot: getattr(question, slot) for slot in ("subject", "predicate", "object", "a_bar")}
    if mind.shared is None:
        return beliefs(brain, graph, **asked)
    return _shared(brain, graph, mind.shared, tuple(asked.items()), tuple(question.changes().items()))


@st.cache_resource(max_entries=256, show_spinner=False)
def _shared(_brain: Brain, _graph: KnowledgeGraph, file: tuple, asked: tuple, changes: tuple) -> list[Belief]:
    return beliefs(_brain, _graph, **dict(asked))
