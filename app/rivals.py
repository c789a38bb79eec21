"""How well is a graph known? Models are taught with live curves, and compared on what was held out."""

import streamlit as st
from address import Nearest, Within, settle, words
from contest import FIRST, MOST_ASKED, TIMED, TIMELESS, Contest, Plan, statements, usual_passes
from contest_script import contest_script
from controls import MOST_SEED, show_error
from curves import AGAINST, HEIGHT, drawing, points, told
from sharing import show_table_sharing
from standings import TITLES, answers, questions, table, verdict, why
from wording import plain

from tensorbrain.errors import TensorBrainError
from tensorbrain.graph.knowledge_graph import KnowledgeGraph

FOLLOW = 0.7  # seconds between two looks at a contest
TIMES = {
    "without time": "facts, and what happened with time summed out: each statement once",
    "with time": "what happened, each statement with its moment",
}
HELD = (5, 10, 20, 30)  # percent
MOST_PASSES = 500
SHARE = {"format": "%.3f", "min_value": 0.0, "max_value": 1.0}
COLUMNS = {
    "MRR": st.column_config.ProgressColumn(
        help="The mean of 1 / rank over the questions for subject and for object: 1 where the truth is always first.",
        **SHARE,
    ),
    **{f"Hits@{n}": st.column_config.NumberColumn(
        format="%.3f", help=f"The share of these questions whose true answer is among the first {n}.")
       for n in (1, 3, 10)},
    **{slot: st.column_config.NumberColumn(format="%.3f", help=f"The MRR where the {slot.lower()} is asked for.")
       for slot in ("Subject", "Predicate", "Object", "Instant")},
    "Training": st.column_config.NumberColumn(format="%.1f s", help="Once its program is compiled, on this server."),
    "Numbers": st.column_config.NumberColumn(format="localized", help="How many parameters the model has."),
}  # fmt: skip
MEANS = """Held out means never taught: the models see the other statements alone, and are asked *who?* and *whom?* of
each that was kept back. A **rank** says at which place of all candidates the true answer stands, once other answers
that are true as well are taken out (filtered); the MRR is the mean of 1 / rank. ± is twice the standard error of the
gap."""


def contests() -> dict[str, Contest]:
    """The latest contest of each world in this visit."""
    return st.session_state.setdefault("contests", {})


def compare(graph: KnowledgeGraph, world: str, literals: str | None) -> None:
    """The section from top to bottom: the choices, the contest while it runs, and what came of it.

    ``literals`` is how those of a graph of the visitor's own were read, None for a world that ships.
    """
    st.markdown(
        "**How well is it known?** Some statements are held out. Each model learns the others, and is then asked for "
        "what it never saw."
    )
    mine = contests().get(world)
    if mine is not None and mine.graph is not graph and mine.graph.content_hash() != graph.content_hash():
        contests().pop(world).stop()  # another graph has come under the same name
        mine = None
    running = next((job for job in contests().values() if job.running), None)
    plan = choose(graph, running is not None)
    label = "Compare again" if mine is not None else "Teach and compare"
    if st.button(label, type="primary", icon=":material/play_arrow:", disabled=running is not None, key="compare"):
        try:
            contests()[world] = Contest(world, graph, plan)
        except TensorBrainError as error:
            show_error(error)
        else:
            st.rerun()
    if running is not None and running.name != world:
        st.caption(f"Models are compared on {plain(running.name)} just now: choose it as the world to follow them.")
    if mine is not None:
        follow(mine, mine.running)
        show_outcome(mine, literals)


def choose(graph: KnowledgeGraph, busy: bool) -> Plan:
    """Which statements and models, how much is held out, and for how long each is taught."""
    timed = False
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if len(graph.episodes):
            settle("times", words(TIMES), "without time")
            timed = st.segmented_control(
                "Statements", list(TIMES), key="times", default="without time", required=True, bind="query-params",
                disabled=busy, help="  \n".join(f"{name.capitalize()}: {what}." for name, what in TIMES.items()),
            ) == "with time"  # fmt: skip
        models = choose_models(timed, busy)
    usual = usual_passes(statements(graph, timed))
    passes_key = "passes_in_time" if timed else "passes_each"
    settle("held", Nearest(HELD), "10")
    settle(passes_key, Within(1, MOST_PASSES, whole=True), str(usual))
    settle("contest_seed", Within(0, MOST_SEED, whole=True), "0")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        held = st.select_slider(
            "Held out, %", HELD, 10, key="held", bind="query-params", disabled=busy, width=160,
            help=f"Of all statements, and at most {MOST_ASKED:,} of them.",
        )  # fmt: skip
        passes = st.number_input(
            "Passes each", 1, MOST_PASSES, usual, key=passes_key, bind="query-params", disabled=busy, width=130,
            help="How often each model goes through what it learns.",
        )  # fmt: skip
        seed = st.number_input(
            "Seed", 0, MOST_SEED, 0, key="contest_seed", bind="query-params", disabled=busy, width=110,
            help="What is held out, and all other chance, follows it.",
        )  # fmt: skip
    return Plan(tuple(models), timed, held / 100, int(passes), int(seed))


def choose_models(timed: bool, busy: bool) -> list[str]:
    """The models that are compared, in the order in which they are taught."""
    known, key = (TIMED, "models_in_time") if timed else (TIMELESS, "models")
    titles = {TITLES[name]: name for name in known}
    first = [TITLES[name] for name in FIRST[timed]]
    settle(key, words(titles)._replace(many=True), ", ".join(first))
    chosen = st.pills(
        "Models", list(titles), selection_mode="multi", default=first, key=key, bind="query-params", disabled=busy,
        wrap=True, help="  \n".join(f"{title}: {known[name]}." for title, name in titles.items()),
    )  # fmt: skip
    return [name for title, name in titles.items() if title in chosen]


def follow(job: Contest, running: bool) -> None:
    """The curves, which look again by themselves as long as the models are taught."""

    @st.fragment(run_every=FOLLOW if running else None)
    def frame() -> None:
        with st.container(border=True, key="contest"):
            if running:
                job.followed()
                if not job.running:
                    st.rerun()
                show_progress(job)
            show_curves(job)

    frame()


def show_outcome(job: Contest, literals: str | None) -> None:
    """What came of a contest that is over."""
    if job.running:
        return
    if job.error:
        show_error(TensorBrainError(job.error))
    elif not job.results:
        st.markdown("It was stopped before the first model was measured.")
    if job.results:
        show_standings(job)
        show_answers(job)
        show_table_sharing(
            table(job.results),
            contest_script(job, literals),
            f"models of {job.name}",
            graph=None if literals is None else job.graph,
        )


def show_progress(job: Contest) -> None:
    """How far the whole contest is, and the way to end it."""
    done, all_of = len(job.results), len(job.plan.models)
    records = job.news.get(job.at) or [{"done": 0.0}]
    part = 0.9 * records[-1]["done"] if job.at not in job.results else 0.0  # to ask takes a moment, too
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(
            min(1.0, (done + part) / all_of), f"Model {min(done + 1, all_of)} of {all_of}: {TITLES[job.at]} ..."
        )
        if st.button("Stop, and keep what is done", icon=":material/stop_circle:", disabled=job.stopped):
            job.stop()


def show_curves(job: Contest) -> None:
    """The loss of every model so far, and beside it how each of them goes."""
    left, right = st.columns([3, 2], gap="medium")
    with right:
        settle("against", words(AGAINST), "passes")
        against = st.segmented_control(
            "Against", list(AGAINST), key="against", default="passes", required=True, bind="query-params"
        )
        lines = [told(name, job.news.get(name, []), job.state(name)) for name in job.plan.models]
        st.markdown("\n".join(f"- {line}" for line in lines))
        st.caption(
            "Losses are not all of one kind: each recipe adds its own terms, and that of non-negative Tucker is of "
            "whole statements. Compare how the curves fall, and in the table who knows more."
        )
    with left:
        if not any(job.news.values()):
            st.skeleton(height=HEIGHT)
            return
        st.vega_lite_chart(
            points(job.news),
            drawing(job.plan.models, against or "passes", job.plan.passes),
            height=HEIGHT,
            key=f"curves-{against}",
            alt=f"The losses of {len(job.plan.models)} models while they are taught; the lines beside say the same.",
        )


def show_standings(job: Contest) -> None:
    """Who knows best, the table of figures, and what a figure means."""
    assert job.splits is not None
    st.subheader("What was not taught, and is known", anchor=False)
    st.markdown(verdict(job.results))
    st.dataframe(
        table(job.results), hide_index=True, column_config=COLUMNS, placeholder="", height="content",
        alt=f"{len(job.results)} models with their figures on held-out statements, and what is guessed without one.",
    )  # fmt: skip
    kind = "with their moments (facts have none, and are left out)" if job.plan.timed else "without time"
    learned, asked, plan = len(job.splits.train), len(job.splits.test), job.plan
    st.caption(
        f"{learned:,} statements {kind} were learned in {plan.passes} passes, {asked:,} were held out by seed "
        f"{plan.seed}. {' '.join(job.splits.notes)}"
    )
    st.caption(MEANS)


def show_answers(job: Contest) -> None:
    """One held-out question, and what each model answers to it."""
    st.subheader("Why this and not that", anchor=False)
    known = questions(job)
    first = next(iter(known))
    settle("question", words(known), first)
    if st.session_state.get("question") not in (None, *known):  # of another contest
        del st.session_state.question
        st.query_params.pop("question", None)
    chosen = st.selectbox(
        "A held-out statement, asked for its object", list(known), key="question", bind="query-params", width=520,
        help="Those stand first about which the models disagree most.",
    )  # fmt: skip
    st.markdown(why(job, known[chosen or first]))
    st.dataframe(
        answers(job, known[chosen or first]), hide_index=True, placeholder="", height="content",
        alt=f"The three best answers of {len(job.results)} models, with their probabilities.",
    )  # fmt: skip
    st.caption("✓ is what was held out. Other true answers are left out, and the probabilities of the rest sum to 1.")
