"""The tour: a story in pages, each with a film and with deeds of the visitor that complete it."""

from collections.abc import Mapping
from functools import lru_cache
from gzip import decompress
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

FILMS = Path(__file__).parent / "films"


class Page(NamedTuple):
    """A page of the tour: its words, its films (two stand side by side), and the deeds that complete it, in words.

    ``still`` films wait for the visitor; ``captions`` say what stands on which side.
    """

    title: str
    words: str
    films: tuple[str, ...] = ()
    deeds: Mapping[str, str] = MappingProxyType({})
    still: bool = True
    captions: tuple[str, ...] = ()


PAGES = (
    Page(
        "A memory happens",
        "This brain lives in a small town. It has just been asked about **Sparky**, and now something comes to "
        "mind, word by word: who, does what, with whom. The sentence on top says what is happening; below, four "
        "layers do it.",
        ("sparky",),
        {"complete": "Watch the first statement to its end", "play": "Press play, and let it tell the next ones"},
        still=False,
    ),
    Page(
        "Four layers",
        "The **blackboard** is the state of mind: every cell is a unit, blue when it is on, orange when it is off. "
        "The **concept index** names what the state means. **Working memory** carries a statement from one word to "
        "the next. The **sensory buffer** is closed here: this is memory, nothing comes in from outside. An arrow "
        "lights up when information passes through it.",
        ("sparky",),
        {"next": "Step forward", "back": "Step back, and see the same moment again"},
    ),
    Page(
        "Why this one?",
        "At every *read* the index scores all concepts at once: a score is the sum over all units of how active "
        "the unit is, times what the concept expects of it. A softmax turns scores into probabilities. The brain "
        "hesitates between **Jack** and **Mary**, for a reason: Jack owned Sparky once, Mary does now.",
        ("sparky",),
        {"ask": "Click a bar of the concept index: below, its score is added up beside its rival's"},
    ),
    Page(
        "An index and an embedding",
        "A concept has two faces. Read upwards it is an *index*: is this Jack? Written downwards it is an "
        "*embedding*: think of Jack. Click **Mary**, then **On the blackboard**: blue units speak for her, orange "
        "ones against.",
        ("sparky",),
        {
            "weigh": "Show on the blackboard what speaks for a concept",
            "find": "Find another concept by typing its name",
        },
    ),
    Page(
        "Writing back",
        "What has been read is written back: the embedding is added to the blackboard, so that the next word "
        "depends on it. On the left the brain does so, on the right its feedback is cut (β = 0). Without it the "
        "brain still reads, but does not hear itself speak.",
        ("feedback", "no-feedback"),
        {"scrub": "Drag the scrubber: both sides stand at the same step"},
        captions=("with feedback", "without feedback"),
    ),
    Page(
        "What is so: semantic memory",
        "Asked about nothing in particular that happened, the brain starts from **ā**, a state that stands for all "
        "of time. What it says then is what it takes to be true in general, such as what *Luna* looks like and does.",
        ("luna",),
        {"statement": "Open another statement from the list, or with the arrow keys up and down"},
    ),
    Page(
        "What happened: episodic memory",
        "A moment is a concept too, with an index and an embedding. When the index of a morning in May writes its "
        "embedding to the blackboard, that morning comes back: who was there, and what they did.",
        ("breakfast",),
        {"all": "Go to the very end of the morning (the key End)"},
    ),
    Page(
        "The same question at two times",
        "Who owns Sparky? It depends on when. On the left the brain relives a Sunday early in May, on the right "
        "one at the end of the month. The cue is the same, the moment on the blackboard is another, so another "
        "name is read.",
        ("owner-then", "owner-later"),
        {"scrub": "Drag the scrubber to the reading of the object"},
        captions=("Sunday 3 May 2026", "Sunday 31 May 2026"),
    ),
    Page(
        "Seeing",
        "Now the sensory buffer opens. The eye looks at one region after the other; what it sees joins the "
        "blackboard, the index reads who that is, and the name is written back before the eye moves on. Nobody had "
        "seen this picture before.",
        ("seen",),
        {"next": "Step through the first statement", "ask": "Ask why: click a bar while a region is looked at"},
    ),
    Page(
        "From a look to a memory",
        "What was just seen became a moment of its own: one new index, written at once, without any training. Here "
        "it is recalled. The eye is closed; the small picture in the sensory buffer is what the brain imagines "
        "(g⁺).",
        ("remembered",),
        {"complete": "Watch the first statement come back"},
        still=False,
    ),
    Page(
        "What cannot be read cannot be said",
        "On the right the index of **Mary** has been taken out, a lesion. Her facts are still there, spread over "
        "all the embeddings, but there is no name left to read them by: the brain says something else, and is "
        "surer of it than it should be.",
        ("sparky", "lesion"),
        {"statement": "Open the statement that speaks of Mary on the left"},
        captions=("the whole brain", "without Mary"),
    ),
    Page(
        "Your turn",
        "That is the whole machine: sense, read, write back, evolve. Everything else is yours to try. Every state "
        "of every page stands in the address of the browser, so what you find can be sent to somebody as a link.",
    ),
)
NEXT = (
    ("views/know.py", "Know", "Ask what is so. Turn the dials, lesion a concept, see what the brain then believes."),
    ("views/remember.py", "Remember", "Relive a moment of six weeks: by its time, by a cue, or by likeness."),
    ("views/perceive.py", "Perceive", "Show the brain a picture, or compose one, and let it remember what it saw."),
    ("views/graph.py", "Graph", "Look at the knowledge graph and its tensor, or bring your own and teach a brain."),
    ("views/compare.py", "Compare", "Two settings, two seeds or two brains on one scrubber."),
)


@lru_cache
def film(name: str) -> bytes:
    """A film that was made before: ``app/films/build.py`` makes it, and a test that it still is what it shows."""
    return decompress((FILMS / f"{name}.film.gz").read_bytes())
