"""A scene of one's own: composed from sprites in the browser, and the same in words, which stand in the address."""

import difflib
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import streamlit as st
from components.composer import MOST, Backdrop, Opening, Sprite, composer, packet
from pictures import backdrop, encoded, stage
from PIL import Image
from streamlit.delta_generator import DeltaGenerator

from tensorbrain.datasets.casting import alive
from tensorbrain.datasets.composing import LONGEST, SHORTEST, Placement, figures, sprite
from tensorbrain.datasets.scripts import Thing, town_of
from tensorbrain.datasets.sheet import index

START = "TownPark; Sparky .36 .88 .31 flip; Mary .62 .9 .36"
"""A dog and its owner, so that the composer never opens empty: what no words at all mean."""
LONGEST_TEXT = 400
FLIP = "flip"
GROUPS = ("people", "animals", "vehicles", "things")
PIXELS = 160  # of a sprite, as long as it is


class Composition(NamedTuple):
    """A place, and who stands where in it, the last one foremost; names are the ends of IRIs."""

    place: str
    placements: tuple[Placement, ...]


def read(text: str) -> tuple[Composition, list[str]]:
    """A composition from its words, as in ``START``, and a sentence for everything that was left out or mended.

    >>> read("TownPark; Sparky .36 .88 .31 flip; Marry .6 .9 .36")[1]
    ['“Marry” cannot be drawn and is left out: did you mean Mary?']
    """
    first, *rest = [part.strip() for part in (text.strip() or START).split(";")]
    place, sentences = first, []
    if place not in index()["places"]:
        place = read(START)[0].place
        sentences.append(f"There is no place “{_plain(first)}”: {_label(place)} is shown.")
    kept: dict[str, Placement] = {}
    for part in filter(None, rest):
        name, *words = re.split(r"[\s,]+", part)
        flip = words[-1:] == [FLIP]
        numbers = words[: len(words) - flip]
        if name not in figures(stage()):
            near = difflib.get_close_matches(name, figures(stage()), n=1)
            mend = f"did you mean {near[0]}?" if near else "choose a name of the list."
            sentences.append(f"“{_plain(name)}” cannot be drawn and is left out: {mend}")
        elif (placement := placed(name, numbers, flip)) is None:
            sentences.append(f"“{_plain(part)}” is left out: write a name, three numbers, and {FLIP} or nothing.")
        elif name in kept:
            sentences.append(f"{_label(name)} can be in the scene only once.")
        elif len(kept) == MOST:
            sentences.append(f"A scene holds {MOST} things: {_label(name)} is left out.")
        else:
            kept[name] = placement
            if not _same(placement, numbers):
                limits = f"0 to 1, and lengths from {_short(SHORTEST)} to {_short(LONGEST)}"
                sentences.append(f"{_label(name)} is moved into the picture: shares go from {limits}.")
    return Composition(place, tuple(kept.values())), sentences


def written(composition: Composition) -> str:
    """A composition in words that ``read`` understands.

    >>> written(read(START)[0]) == START
    True
    """
    parts = [
        " ".join([one.name, *(_short(number) for number in one[1:4]), *([FLIP] if one.flip else [])])
        for one in composition.placements
    ]
    return "; ".join([composition.place, *parts])


def received(value: Any) -> Composition:
    """A composition as the browser says it: whatever cannot be, is left out or clamped, as it may come from anybody."""
    said = value if isinstance(value, Mapping) else {}
    place, things = said.get("place"), said.get("things")
    if not isinstance(place, str) or place not in index()["places"]:
        place = read(START)[0].place
    kept: dict[str, Placement] = {}
    for thing in things[: 2 * MOST] if isinstance(things, list) else []:
        if not isinstance(thing, Mapping) or not isinstance(name := thing.get("name"), str):
            continue
        placement = placed(name, [thing.get(key) for key in ("x", "y", "length")], thing.get("flip") is True)
        if placement and name not in kept and len(kept) < MOST:
            kept[name] = placement
    return Composition(place, tuple(kept.values()))


def placed(name: str, numbers: Iterable[Any], flip: bool) -> Placement | None:
    """A placement within its limits, to two digits; None for what cannot be drawn, or numbers that are none."""
    found = [_number(number) for number in numbers]
    if name not in figures(stage()) or len(found) != 3 or not all(map(math.isfinite, found)):
        return None
    limits = ((0.0, 1.0), (0.0, 1.0), (SHORTEST, LONGEST))
    x, y, length = (round(min(max(n, low), high), 2) for n, (low, high) in zip(found, limits, strict=True))
    return Placement(name, x, y, length, flip)


def choose_composition(above: DeltaGenerator) -> Composition:
    """What stands where: composed in ``above``, in the page, and the same in words in the sidebar."""
    if "composition" in st.session_state:  # as it was when another picture was chosen in between
        st.session_state.setdefault("composed", _words(st.session_state.composition))
    text = st.text_area(
        "The scene in words",
        key="composed",
        bind="query-params",
        max_chars=LONGEST_TEXT,
        height=120,
        placeholder=START,
        help="First the place; then who stands where: a name, how far its foot is from the left and from the top, and "
        f"how long it is, all as shares of the picture. *{FLIP}* turns it round.",
    )
    composition, sentences = read(text or "")
    with above:
        composer(packet(*wardrobe(), _opening(composition)), on_change=_take_over)
        for sentence in sentences:
            st.caption(sentence)
    return composition


@st.cache_resource(show_spinner=False)
def wardrobe() -> tuple[list[Sprite], list[Backdrop]]:
    """Everybody and everything that can be put into a scene, and all places, as small pictures."""
    names = sorted(figures(stage()), key=lambda name: (GROUPS.index(_group(name)), _label(name)))
    places = sorted(index()["places"], key=_label)
    return [_sprite(name) for name in names], [
        Backdrop(place, _label(place), encoded(Image.fromarray(backdrop(place)))) for place in places
    ]


def _opening(composition: Composition) -> Opening:
    """The scene with which the composer opens: the latest one that did not come from the composer itself."""
    old = st.session_state.get("opening")
    if old is None or "composer" not in st.session_state or composition != st.session_state.get("composition"):
        st.session_state.opening = Opening(old.number + 1 if old else 0, *composition)
    st.session_state.composition = composition
    return st.session_state.opening


def _take_over() -> None:
    """Something was moved in the browser: the words follow, and with them the address."""
    composition = received(st.session_state.composer.get("scene"))
    st.session_state.composition = composition
    st.session_state.composed = _words(composition)


def _words(composition: Composition) -> str:
    """A composition as it stands in the address, which says only what differs from the start."""
    return "" if composition == read(START)[0] else written(composition)


def _sprite(name: str) -> Sprite:
    image, thing = sprite(stage(), name, PIXELS), figures(stage())[name]
    kind = _label(thing.kind)
    return Sprite(name, _label(name), kind, _group(name), thing.length, PIXELS, image.size, encoded(image))


def _group(name: str) -> str:
    thing: Thing = figures(stage())[name]
    town = town_of(stage())
    if town.within(thing.kind, {"Person"}):
        return "people"
    if alive(town, thing.kind):
        return "animals"
    return "vehicles" if town.within(thing.kind, {"Vehicle"}) else "things"


def _label(name: str) -> str:
    return stage().vocabulary.label("concept", town_of(stage()).concept[name])


def _number(value: Any) -> float:
    """A number from words or from JSON; not a number where there is none."""
    try:
        return math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan


def _same(placement: Placement, numbers: list[str]) -> bool:
    """Whether the numbers of a placement are those that were written, to the digits that are kept."""
    return all(abs(kept - float(said)) < 0.006 for kept, said in zip(placement[1:4], numbers, strict=True))


def _short(number: float) -> str:
    """Two digits at most, without the zeros that say nothing.

    >>> [_short(number) for number in (0.5, 0.31, 0.0, 1.0)]
    ['.5', '.31', '0', '1']
    """
    return f"{number:.2f}".rstrip("0").rstrip(".").removeprefix("0") or "0"


def _plain(words: str) -> str:
    """Somebody else's words as they may stand in a sentence of ours: a link can say anything, as long as it likes."""
    plain = "".join(c if c.isalnum() or c in " .,-" else " " for c in words)
    return plain if len(plain) <= 40 else plain[:40] + "..."
