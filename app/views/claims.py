"""Claims: the scoreboard of what is said of the Tensor Brain. Open one, move its dial, run it."""

import pandas  # noqa: F401  (plotly asks whether it is there, and must not find the half that another visit has imported)
import pyarrow as pa
import streamlit as st
from address import Nearest, Within, settle, words
from controls import show_error
from scoreboard import BADGES, SIGNS, STATUS, board, control_in_words, counts, in_words, row, title
from session import shipped
from trying import Trial

from tensorbrain.claims.chart import to_plotly
from tensorbrain.claims.claim import Claim, Config
from tensorbrain.claims.scoreboard import Scored
from tensorbrain.errors import TensorBrainError

FOLLOW = 0.7  # seconds between two looks at a run
MOST_SEEDS = 10
PLOT = {"modeBarButtons": [["toImage"]], "displaylogo": False, "toImageButtonOptions": {"format": "svg"}}
WIDTHS = {"#": 45, "Claim": 520, "Verdict": 190}


def main() -> None:
    """The page, from top to bottom."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title("What is claimed, and what becomes of it", anchor=False, width="content")
        beside = st.empty()  # the word on what runs stands beside the title, so that nothing below it moves
    try:
        with beside, st.spinner("The claims are measured ..."):
            scored = board()
    except TensorBrainError as error:
        show_error(error)
        return
    names = {title(name): name for name in scored}
    first = next(iter(names))
    settle("claim", words(names), first)
    with st.sidebar:
        chosen = st.selectbox("Claim", list(names), key="claim", bind="query-params") or first
    show_overview(scored)
    show_claim(scored[names[chosen]])


def show_overview(scored: dict[str, Scored]) -> None:
    """All claims in a table; choosing a line opens its claim below."""
    many = counts(scored)
    st.markdown(
        "Every line is a small experiment, run over seeds, beside a control that must fail; no verdict is written by "
        "hand. " + " · ".join(f"{SIGNS[verdict]} **{n}** {verdict}" for verdict, n in many.items() if n)
    )
    order = list(scored)

    def open_claim() -> None:
        chosen = st.session_state.overview.selection.rows
        if chosen:
            st.session_state.claim = title(order[chosen[0]])

    st.dataframe(
        pa.Table.from_pylist([row(each) for each in scored.values()]),
        hide_index=True,
        height=300,
        column_config={column: st.column_config.Column(width=width) for column, width in WIDTHS.items()},
        on_select=open_claim,
        selection_mode="single-row",
        key="overview",
        alt=f"{len(scored)} claims with their effects, controls and verdicts.",
    )
    st.caption("Choose a line by the box before it, and the claim opens below.")


def show_claim(shown: Scored) -> None:
    """One claim: what it says, how it is tested, what came of it, and its dial."""
    claim = shown.claim
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(f"{claim.number}  {claim.says}", anchor=False)
        st.badge(f"{SIGNS[shown.verdict]} {shown.verdict}", color=BADGES[shown.verdict])  # pyright: ignore
    st.caption(f"{claim.source}; {STATUS[claim.status]}.")
    st.markdown(claim.tested)
    if claim.departs:
        st.markdown(f"Not as in the paper: {claim.departs}")
    show_outcome(shown, "shipped")
    st.markdown(f"**Control.** {claim.control}")
    st.divider()
    try_it(claim)


def show_outcome(scored: Scored, key: str) -> None:
    """The figure of a claim, and beside it each of its parts in words."""
    figure, told = st.columns([3, 2], gap="medium")
    with figure:
        st.plotly_chart(to_plotly(scored.claim.plot(scored.table)), config=PLOT, key=f"chart-{key}")
    with told:
        for part in scored.measured.parts:
            st.markdown(in_words(part))
        st.markdown(control_in_words(scored.measured.control))
        st.caption(f"Mean of {len(scored.seeds)} seeds with Student's 95 % interval; run in {scored.seconds:.0f} s.")


def try_it(claim: Claim) -> None:
    """The claim's dial and seeds, and a run with them."""
    st.subheader("Run it", anchor=False)
    job: Trial | None = st.session_state.get("trial")
    busy = job is not None and job.running
    with st.container(horizontal=True, vertical_alignment="bottom"):
        config = Config(dial=choose_dial(claim, busy))
        settle("claim_seeds", Within(2, MOST_SEEDS, whole=True), "3")
        seeds = st.number_input(
            "Seeds", 2, MOST_SEEDS, 3, key="claim_seeds", bind="query-params", disabled=busy, width=110,
            help="An interval needs two at least; more make it narrower.",
        )  # fmt: skip
        if st.button("Run", type="primary", icon=":material/play_arrow:", disabled=busy, key="try"):
            try:
                st.session_state.trial = Trial(claim, shipped("neighbourhood").brain, tuple(range(int(seeds))), config)
            except TensorBrainError as error:
                show_error(error)
            else:
                st.rerun()
    if job is not None and job.error:
        show_error(TensorBrainError(job.error))
    if job is not None and job.claim.name == claim.name and not job.error:
        follow(job, busy)
    elif busy and job is not None:
        st.caption(f"The claim {title(job.claim.name)} is being run just now: choose it to follow it.")
    told = f" --dial {config.dial:g}" if config.dial is not None else ""
    st.caption("At home the same is:")
    st.code(f"tensorbrain claims {claim.name} --seeds {seeds}{told}", language="bash")


def choose_dial(claim: Claim, busy: bool) -> float | None:
    """Where the dial of the claim stands; None for a claim without one."""
    dial = claim.dial
    if dial is None:
        return None
    key = f"dial_{claim.name}"
    settle(key, Nearest(dial.values), f"{dial.default:g}")
    return st.select_slider(
        dial.says[:1].upper() + dial.says[1:], dial.values, dial.default, key=key, bind="query-params", disabled=busy,
        width=320,
    )  # fmt: skip


def follow(job: Trial, running: bool) -> None:
    """A run, which looks again by itself as long as it runs; then what came of it."""

    @st.fragment(run_every=FOLLOW if running else None)
    def frame() -> None:
        with st.container(border=True):
            if running:
                job.followed()
                if not job.running:
                    st.rerun()
                done = 0 if job.scored is None else len(job.scored.seeds)
                st.progress(done / len(job.seeds), f"Seed {min(done + 1, len(job.seeds))} of {len(job.seeds)} ...")
                if st.button("Stop", icon=":material/stop_circle:", disabled=job.stopped):
                    job.stop()
            if job.scored is not None:
                at = "" if job.config.dial is None else f", with its dial at {job.config.dial:g}"
                st.markdown(f"**Run here{at}: {job.scored.verdict}.**")
                show_outcome(job.scored, "here")
            elif not running:
                st.markdown("It was stopped before its first seed was done.")

    frame()


main()
