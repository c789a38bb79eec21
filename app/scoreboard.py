"""The scoreboard of claims as the app shows it: what ships with it, and the words for its verdicts."""

from pathlib import Path

import streamlit as st

from tensorbrain.claims.board import read_board
from tensorbrain.claims.claim import Part
from tensorbrain.claims.page import bounds, spread
from tensorbrain.claims.scoreboard import Scored
from tensorbrain.claims.verdict import NOT_REPRODUCED, PARTLY, REPRODUCED, UNTESTABLE, fails, holds, interval, leans

BOARD = Path(__file__).parent / "board.json.gz"
# A sign and a word, never the colour alone.
SIGNS = {REPRODUCED: "●", PARTLY: "◐", NOT_REPRODUCED: "○", UNTESTABLE: "⊘"}
BADGES = {REPRODUCED: "green", PARTLY: "orange", NOT_REPRODUCED: "red", UNTESTABLE: "gray"}
STATUS = {
    "paper": "claimed in a paper, with figures or equations",
    "qualitative": "asserted in the papers, without figures",
    "extension": "claimed by no paper: an extension of ours",
}


# Measured anew when the server starts: no verdict is stored.
@st.cache_resource(show_spinner=False)
def board() -> dict[str, Scored]:
    """The claims that ship with the app, by name, in the order of their numbers."""
    return {each.claim.name: each for each in read_board(BOARD)}


def title(name: str) -> str:
    """A claim's name as it is shown.

    >>> title("role_order")
    'role order'
    """
    return name.replace("_", " ")


def counts(scored: dict[str, Scored]) -> dict[str, int]:
    """How many claims have each verdict, all verdicts in order."""
    verdicts = [each.verdict for each in scored.values()]
    return {verdict: verdicts.count(verdict) for verdict in SIGNS}


def row(each: Scored) -> dict[str, str | int]:
    """A claim in the overview."""
    effect, low, high = interval(each.measured.parts[0].effects)
    control = interval(each.measured.control.effects).mean
    return {
        "#": each.claim.number,
        "Claim": each.claim.says,
        "Verdict": f"{SIGNS[each.verdict]} {each.verdict}",
        "Effect": f"{effect:.3g}",
        "95 % interval": f"{low:.3g} to {high:.3g}",
        "Control": f"{control:.3g} {'fails' if fails(each.measured.control) else 'does not fail'}",
        "Status": each.claim.status,
    }


def in_words(part: Part) -> str:
    """One part of a claim, what range was fixed for it, and whether it holds.

    >>> in_words(Part("better", (0.2, 0.21), "a tenth can be seen", least=0.1))
    '● **holds**: better, 0.205 (0.141 to 0.269); at least 0.1 (a tenth can be seen)'
    """
    held = "● **holds**" if holds(part) else "◐ **holds on average**" if leans(part) else "○ **does not hold**"
    return f"{held}: {part.says}, {spread(part)}; {bounds(part)} ({part.why})"


def control_in_words(control: Part) -> str:
    """The control of a claim, and whether it fails."""
    failed = "● **fails as it must**" if fails(control) else "○ **does not fail**"
    return f"{failed}: {control.says}, {spread(control)}; the claim would need {bounds(control)}"
