"""Graph: the knowledge graph, its adjacency tensor, models compared on it, and a graph of one's own."""

import streamlit as st
from address import settle, words
from bringing import bring, brought, let_go, read_with
from controls import show_error
from exploring import STYLE, show_counts, show_neighbourhood, show_tensor
from lessons import collect
from rivals import compare
from session import carry, graph_of, keep, taught

from tensorbrain.datasets.worlds import WORLDS
from tensorbrain.errors import TensorBrainError
from tensorbrain.graph.knowledge_graph import KnowledgeGraph

SHOWN = ("graph", "tensor", "models", "bring your own")


def main() -> None:
    """The page, from top to bottom."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title("The knowledge graph and its tensor", anchor=False, width="content")
        beside = st.empty()
    st.html(STYLE)
    collect()
    with st.sidebar:
        world = choose_world()
    settle("show", words(SHOWN), SHOWN[0])
    shown = st.segmented_control(
        "Show", SHOWN, key="show", default="graph", required=True, bind="query-params", label_visibility="collapsed"
    )
    try:
        if shown == "bring your own":
            bring(world, beside)
            return
        with beside, st.spinner("The graph is read ..."):
            graph = brought().get(world) or graph_of(world)
        if graph is not None:
            show(graph, world, shown or "graph")
    except (TensorBrainError, OSError) as error:
        show_error(error)


def choose_world() -> str:
    """A shipped world or one of this visit's own graphs, taught or not."""
    worlds = tuple(dict.fromkeys((*WORLDS, *brought(), *taught())))
    if arrived := st.session_state.pop(
        "arrived", None
    ):  # it was read in the run before, when this choice stood already
        st.session_state.world = arrived
    settle("world", words(worlds), WORLDS[0])
    carry("world", worlds)
    world = st.selectbox("World", worlds, key="world", bind="query-params") or WORLDS[0]
    keep("world", world)
    if world in brought():
        st.button("Let it go", icon=":material/delete:", on_click=let_go, args=(world,), help="Graph and brain leave.")
    return world


def show(graph: KnowledgeGraph, world: str, shown: str) -> None:
    """One of the three views of a graph."""
    if shown == "tensor":
        show_tensor(graph)
    elif shown == "models":
        compare(graph, world, read_with().get(world))
    else:
        show_counts(graph)
        show_neighbourhood(graph, world)


main()
