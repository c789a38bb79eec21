"""Examples: states of the app that open at once, each with a picture of what one will see."""

from pathlib import Path
from typing import NamedTuple

THUMBNAILS = Path(__file__).parent / "thumbnails"
BREAKFAST = "Sunday 3 May 2026, 08:10: breakfast at the Millers"


class Example(NamedTuple):
    """A view with a query: what it shows, in a title and a sentence."""

    name: str
    view: str
    title: str
    words: str
    query: dict[str, str]

    def thumbnail(self, theme: str) -> Path:
        """The picture of the example in a theme, light or dark; ``docs/pictures.py`` takes them."""
        return THUMBNAILS / f"{self.name}-{theme}.webp"


EXAMPLES = (
    Example(
        "owners",
        "know",
        "Who owns Sparky?",
        "Two names, nearly even: a brain that saw both times cannot decide in general.",
        {"subject": "Sparky", "predicate": "owned by", "beside": "true"},
    ),
    Example(
        "class",
        "know",
        "What is a dog like?",
        "Knowledge of a class, learned from the statements of its members.",
        {"subject": "dog"},
    ),
    Example(
        "prior",
        "know",
        "What comes to mind unasked?",
        "Without any cue: the prior, what is said most often.",
        {"subject": "(any)"},
    ),
    Example(
        "lesion",
        "know",
        "A world without Mary",
        "Her index is cut out. Everything about her is still there, but it has no name.",
        {"subject": "Sparky", "lesion": "Mary"},
    ),
    Example(
        "breakfast",
        "remember",
        "A Sunday breakfast",
        "One index brings a whole morning back.",
        {"instant": BREAKFAST},
    ),
    Example(
        "cue",
        "remember",
        "When did Mary feed Sparky?",
        "A cue finds its moments; the dial prefers recent or remote ones.",
        {"by": "cue", "subject": "Mary", "predicate": "feeds", "object": "Sparky"},
    ),
    Example(
        "likeness",
        "remember",
        "Moments that are alike",
        "What the index of other mornings makes of the state of this one.",
        {"by": "likeness", "instant": BREAKFAST},
    ),
    Example(
        "scene",
        "perceive",
        "A new picture",
        "Nobody was taught this scene: region by region the brain says what it sees.",
        {"picture": "new", "scene": "3"},
    ),
    Example(
        "hard",
        "perceive",
        "Seeing badly",
        "Bushes in front, noise on every pixel: where does perception break?",
        {"picture": "new", "scene": "3", "occlusion": "0.6", "noise": "0.6", "clutter": "0.6"},
    ),
    Example(
        "countries",
        "know",
        "Capitals of the world",
        "Another world: 193 countries, their neighbours, languages and capitals.",
        {"world": "countries", "subject": "Kenya"},
    ),
    Example(
        "feedback",
        "compare",
        "Without feedback",
        "The same cue twice; on the right nothing is written back.",
        {"right_beta": "0.0"},
    ),
    Example(
        "then-and-now",
        "compare",
        "Cool and hot",
        "The same scores, a softmax at two temperatures.",
        {"left_temperature": "0.5", "right_temperature": "2.0"},
    ),
)
