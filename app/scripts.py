"""The Python script that reproduces a view: what was asked of which brain, written as a short program that runs."""

import inspect
import textwrap
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import Any, NamedTuple

from pictures import FRESH, LARGE, NOISY, STAGE, stage
from questions import Question
from session import CUE_SLOTS, Mind
from thinking import CALLED, Thought

import tensorbrain as tb
from tensorbrain.datasets.composing import Placement
from tensorbrain.datasets.scenes import Dials
from tensorbrain.datasets.worlds import WORLDS
from tensorbrain.errors import TensorBrainError
from tensorbrain.graph.vocabulary import Vocabulary

WIDTH = 100  # of a line, where no name is longer
TELL = [
    "for statement in trace.statements:",
    '    print(f"{statement.probability:.3f}  {statement.subject} {statement.predicate} {statement.object}")',
]


class Shown(NamedTuple):
    """A picture as it was shown to a brain: what it shows, in which view, how spoilt, and how it was looked at.

    ``source`` is moment (of which ``number`` is the id), new (a scene of that number), compose (of ``placements`` at
    a ``place``) or upload; with ``propose`` the regions were proposed, not taken from the drawing.
    """

    source: str
    number: int = 0
    view: int = 0
    dials: Dials = Dials()
    propose: bool = False
    place: str = ""
    placements: tuple[Placement, ...] = ()

    @property
    def title(self) -> str:
        """What it is, in words."""
        if self.source == "upload":
            return "a picture of your own"
        what = {"new": f"new scene {self.number}", "compose": "a scene of your own"}.get(self.source)
        spoilt = [f"{name} {value}" for name, value in asdict(self.dials).items() if value]
        view = [f"view {self.view}"] if self.view else []
        return ", ".join([what or f"the moment {_moment(self.number)}", *view, *spoilt])


class Remembered(NamedTuple):
    """A picture that a brain had remembered in one shot before it was asked, and the rule by which."""

    shown: Shown
    rule: str = "learned"


class Consolidated(NamedTuple):
    """A moment that was replayed, until semantic memory said it too; ``moment`` is its IRI."""

    moment: str
    steps: int


class Forgotten(NamedTuple):
    """All moments but so many were forgotten, by a policy of ``tensorbrain.forget``."""

    keep: int
    policy: str


Deed = Remembered | Consolidated | Forgotten


def recall_script(mind: Mind, question: Question, deeds: Sequence[Deed] = ()) -> str:
    """The program that recalls what is shown: ``question`` asked of ``mind`` after what this visit did."""
    words = mind.brain.vocabulary
    asked = question.asked()
    cue = {slot: named(words, asked[slot], slot) for slot in CUE_SLOTS if asked[slot] is not None}
    if asked["mode"] == ("semantic" if asked["instant"] is None else "episodic"):
        asked["mode"] = None  # as recall decides on its own
    program = _Program(mind, deeds)
    program.intervene(question.changes())
    program.call("trace", tb.recall, ["brain"], asked | cue)
    given = ", ".join(f"{slot} {name}" for slot, name in cue.items())
    about = f"given {given}" if given else "given nothing"
    return program.text(f"Recall from {question.mode} memory: {question.statements} statements, {about}.")


def reason_script(mind: Mind, thought: Thought) -> str:
    """The program that goes the path that is shown."""
    words = mind.brain.vocabulary
    subject = named(words, thought.subject, "subject")
    along = [named(words, predicate, "predicate") for predicate in thought.predicates]
    program = _Program(mind, ())
    program.intervene(thought.changes())
    program.call("trace", tb.reason, ["brain"], thought.asked() | {"subject": subject, "predicates": along})
    return program.text(f"From {subject} along {', then '.join(along)}, {CALLED[thought.how][0]}.")


def perceive_script(
    mind: Mind,
    shown: Shown,
    asked: Mapping[str, Any],
    changes: Mapping[str, Any] | None = None,
    deeds: Sequence[Deed] = (),
) -> str:
    """The program that perceives what is shown.

    ``asked`` are arguments of ``tensorbrain.perceive``, ``changes`` of ``tensorbrain.intervene``; a picture of the
    visitor's own is read from a path on the command line.
    """
    program = _Program(mind, deeds)
    picture = program.draw(shown)
    program.intervene(changes or {})
    program.call("trace", tb.perceive, ["brain", *picture], asked)
    return program.text(f"Perception of {shown.title}.")


def named(words: Vocabulary, name: str, slot: str | None = None) -> str:
    """The label of what a name names, if that names the same, else its IRI; without ``slot`` wherever it stands.

    >>> from tensorbrain.graph.vocabulary import Concept
    >>> sky = (Concept("urn:x:sky#Mercury", "Mercury", "entity"), Concept("urn:x:sky#Venus", "Venus", "entity"))
    >>> words = Vocabulary(concepts=(*sky, Concept("urn:x:table#Mercury", "Mercury", "entity")))
    >>> named(words, "urn:x:sky#Venus", "subject"), named(words, "urn:x:sky#Mercury")
    ('Venus', 'urn:x:sky#Mercury')
    """

    def find(word: str) -> dict[str, int]:
        return {slot: words.find(word, slot)} if slot else words.find_everywhere(word)

    try:
        rows = find(name)
    except TensorBrainError:
        return name  # a word of what was remembered in this visit: the program will have it too
    place, k = next(iter(rows.items()))
    known = words.slot(place)[k]
    with suppress(TensorBrainError):
        if known.label and find(known.label) == rows:
            return known.label
    return known.iri


class _Program:
    """A program while it is written: what it imports of the scenes, what it is given when it runs, and its lines."""

    def __init__(self, mind: Mind, deeds: Sequence[Deed]):
        self.words = mind.brain.vocabulary
        self.imports: dict[str, set[str]] = {}
        self.inputs: list[tuple[str, str]] = []
        self.notes: list[str] = []
        self.lines: list[str] = []
        if mind.shared is None:
            source = self.given("BRAIN", "the file of the brain, which you first download from the app")
        else:
            ships = mind.world.partition(":")[0] in WORLDS
            source = written(mind.world if ships else mind.shared[0])
        self.lines.append(f"brain = tb.load_brain({source})")
        for deed in deeds:
            self.repeat(deed)

    def given(self, name: str, what: str) -> str:
        """One more argument of the command line, as the program reads it."""
        again = sum(other.startswith(name) for other, _ in self.inputs)
        self.inputs.append((f"{name}{again + 1}" if again else name, what))
        return f"sys.argv[{len(self.inputs)}]"

    def repeat(self, deed: Deed) -> None:
        """The lines that do to the brain's memory what was done in this visit."""
        match deed:
            case Remembered(shown, rule):
                self.call("brain, moment", tb.experience, ["brain", *self.draw(shown)], {"rule": rule})
            case Consolidated(moment, steps):
                moments = [named(self.words, moment, "instant")]
                self.call("brain", tb.consolidate, ["brain"], {"instants": moments, "steps": steps})
            case Forgotten(keep, policy):
                self.call("brain", tb.forget, ["brain"], {"keep": keep, "policy": policy})

    def call(self, target: str, function: Callable, first: Sequence[str], asked: Mapping[str, Any]) -> None:
        """A line that calls a public function, with those arguments that differ from its defaults."""
        usual = {name: parameter.default for name, parameter in inspect.signature(function).parameters.items()}
        told = [f"{name}={written(value)}" for name, value in asked.items() if value != usual[name]]
        self.lines += laid_out(f"{target} = tb.{function.__name__}", [*first, *told])

    def intervene(self, changes: Mapping[str, Any]) -> None:
        """What was done to the brain before it was asked, if anything."""
        made = {name: value for name, value in changes.items() if value is not None and value != ()}
        for name in {"lesion", "mute"} & made.keys():
            made[name] = [named(self.words, word) for word in made[name]]
        if made:
            self.call("brain", tb.intervene, ["brain"], made)
            told = (f"{k} {', '.join(v) if isinstance(v, list) else v}" for k, v in made.items())
            self.notes.append(f"Done to the brain before: {'; '.join(told)}.")

    def draw(self, shown: Shown) -> list[str]:
        """Draw a picture as the app did, or read it; the arguments by which it is then looked at."""
        if shown.source == "upload":
            return [self.given("PICTURE", "the file of the picture that you showed")]
        if not self.imports:
            self.lines.append(f"graph = tb.load_graph({written(STAGE)})")
        self._import("scenes", "draw")
        self.lines += self._scripted(shown)
        options = [f"seed={FRESH + shown.view}"]
        spoilt = [f"{name}={value}" for name, value in asdict(shown.dials).items() if value]
        if spoilt:
            self._import("scenes", "Dials")
            options.append(f"dials=Dials({', '.join(spoilt)})")
        options.append(f"size={NOISY if shown.dials.noise else LARGE}")
        self.lines += laid_out("scenes = draw", ["[script]", "graph", *options])
        if shown.propose:
            return ["scenes.pixels[0]"]
        self.lines.append("boxes = scenes.boxes[0, 1 : 1 + len(script.things)]")
        return ["scenes.pixels[0]", "boxes"]

    def text(self, title: str) -> str:
        """The whole program, under a docstring that says what it shows, what made it, and how it is run."""
        scenes = [
            f"from tensorbrain.datasets.{module} import {', '.join(sorted(names, key=_as_sorted))}"
            for module, names in sorted(self.imports.items())
        ]
        head = titled(title, self.inputs, ["import tensorbrain as tb", *scenes], self.notes)
        return "\n".join([*head, *self.lines, *TELL, ""])

    def _import(self, module: str, *names: str) -> None:
        self.imports.setdefault(module, set()).update(names)

    def _scripted(self, shown: Shown) -> list[str]:
        """The lines that say what a drawing shows."""
        if shown.source == "new":
            self._import("scenes", "new_scripts")
            fresh = f"# scene {shown.number}: no brain was taught scenes or views with seeds from {FRESH:,} on"
            return [fresh, f"script = new_scripts(graph, 1, seed={FRESH + shown.number})[0]"]
        if shown.source == "compose":
            self._import("composing", "Placement", "composed")
            put = [f"    Placement({', '.join(written(value) for value in one)})," for one in shown.placements]
            return ["placements = [", *put, "]", f"script = composed(graph, {written(shown.place)}, placements)"]
        self._import("scenes", "episode_scripts")
        moment = written(_moment(shown.number))
        return [
            *laid_out("instant = graph.vocabulary.find", [moment, '"instant"']),
            "script = episode_scripts(graph, [instant], seed=0)[0]",
        ]


def titled(
    title: str, inputs: Sequence[tuple[str, str]], imports: Sequence[str], notes: Sequence[str] = ()
) -> list[str]:
    """The first lines of a program: what it shows, what made it, how it is run with its ``inputs``, and its imports."""
    about = [title, *notes, f"Written by the app of tensorbrain {tb.__version__}."]
    if inputs:
        what = "; ".join(f"{name} is {it}" for name, it in inputs)
        about.append(f"Run it with {len(inputs)} on the command line: {what}.")
    about = [textwrap.fill(_quoted(sentence), WIDTH) for sentence in about]
    lines = [f'"""{about[0]}', "", *about[1:], '"""', ""]
    lines += ["import sys", ""] if inputs else []
    lines += [*imports, ""]
    if inputs:
        names = " ".join(name for name, _ in inputs)
        lines += [f"if len(sys.argv) != {len(inputs) + 1}:"]
        lines += [f'    raise SystemExit(f"Run it as: python {{sys.argv[0]}} {names}")', ""]
    return lines


def written(value: Any) -> str:
    """A value as it is written in a program, with double quotes where that is simple.

    >>> written("Sparky"), written('the "blue" ball'), written(["Jack"]), written(0.5)
    ('"Sparky"', '\\'the "blue" ball\\'', '["Jack"]', '0.5')
    """
    if isinstance(value, list):
        return f"[{', '.join(written(each) for each in value)}]"
    text = repr(value)
    return f'"{text[1:-1]}"' if isinstance(value, str) and text.startswith("'") and '"' not in text else text


def laid_out(start: str, arguments: Sequence[str]) -> list[str]:
    """A call on one line, or with one argument a line where it would be too long."""
    line = f"{start}({', '.join(arguments)})"
    return [line] if len(line) <= WIDTH else [f"{start}(", *(f"    {each}," for each in arguments), ")"]


def _quoted(sentence: str) -> str:
    """Words as they may stand in a docstring, whatever names a graph brings."""
    plain = "".join(c if c.isprintable() else " " for c in sentence)
    return plain.replace("\\", "\\\\").replace('"', '\\"')


def _as_sorted(name: str) -> tuple[bool, str]:
    """Classes before functions, as import sorters put them."""
    return name.islower(), name


def _moment(number: int) -> str:
    words = stage().vocabulary
    return named(words, words.instants[number].iri, "instant")
