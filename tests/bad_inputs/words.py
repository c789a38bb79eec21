"""What is wrong on the command line itself: names, numbers, options, addresses."""

from collections.abc import Iterator

from .case import Bad
from .graphs import HOSTILE

DEAD = "http://127.0.0.1:1"  # a port of this machine at which nobody answers
ASKED = (
    "recall town.brain",
    "ask town.brain",
    "reason town.brain --predicate likes",
    "reason town.brain --subject Ben",
)
NAMES = {
    "an unknown name": ("Nobody", "there is no"),
    "a name that is a little wrong": ("Sparki", "did you mean"),
    "an ambiguous name": ("ball", "names 2"),
    "an empty name": ("", "there is no"),
    "a name of 5,000 characters": ("x" * 5000, "there is no"),
    "a name with escapes of a terminal, HTML and bidi": (HOSTILE, "<script>"),
    "a name that is not UTF-8": ("\udcff", "there is no"),
    "a name with a NUL": ("a\0b", "there is no"),
}
INTEGERS = {
    "recall town.brain": ("seed", "statements"),
    "perceive town.brain page.png": ("seed", "statements"),
    "ask town.brain": ("seed", "top"),
    "reason town.brain --subject Sparky --predicate likes": ("seed", "hops"),
    "evaluate town.brain town.trig": ("seed", "seeds"),
    "evaluate town.trig --mode stream": ("seed", "steps"),
    "train town.trig -o new": ("seed", "dim", "epochs", "batch", "patience"),
    "train kge:ring --model cp -o new": ("seed", "dim", "epochs", "batch", "candidates", "devices"),
    "claims bayes": ("seed", "seeds", "jobs"),
    "info town.trig": ("seed",),
    "life good.life": ("seed",),
    "app": ("port",),
}
BOUNDED = ("seed", "hops", "seeds", "dim", "devices", "port")  # elsewhere a number says how many at most
FLOATS = {
    "train town.trig -o new": ("seconds", "learning-rate", "facts-weight", "episodes-weight", "validation", "holdout"),
    "train kge:ring --model cp -o new": ("learning-rate", "penalty", "relations", "instants"),
    "evaluate town.trig --mode stream": ("minutes", "split"),
    "claims bayes": ("dial",),
}
NUMBERS = {
    "a number that is a word": "many", "a number that is none": "nan", "a number that has no end": "1e309",
    "a negative number": "-1", "an empty number": "",
}  # fmt: skip
OPTIONS = {
    "no command": "",
    "an unknown command": "remember town.brain",
    "an unknown option": "recall town.brain --bogus",
    "an option that is a little wrong": "recall town.brain --statments 3",
    "an option without its value": "recall town.brain --statements",
    "a choice that is none": "recall town.brain --selection best",
    "an argument too many": "recall town.brain town.brain",
    "an argument too few": "perceive town.brain",
    "an option of another command": "info town.trig --top 3",
    "options of a split without one": "train town.trig --model cp -o new",
    "options that a split has not": "train kge:ring --holdout 0.1 -o new",
    "more held out than there is": "train town.trig --holdout 1 -o new",
    "a predicate to hold out that is not there": "train town.trig --holdout .5 --holdout-predicate eats -o new",
    "an unknown preset": "train town.trig --preset best -o new",
    "pictures of a graph that has none": "train town.trig --pictures -o new",
    "pictures with a course of one's own": "train neighbourhood --pictures --epochs 3 -o new",
    "an instant in semantic memory": "recall town.brain --instant e1 --mode semantic",
    "a life and a store": "perceive town.brain page.png --life a --store b",
    "a brain without eyes": "perceive blind.brain page.png",
    "a life of another brain": "perceive blind.brain page.png --life good.life",
    "nothing to answer": "ask town.brain --subject Sparky --answer subject",
    "two lengths of one chain": "reason town.brain --subject Ben --predicate likes likes --hops 3",
    "a stream without the mode": "evaluate town.brain town.trig --steps 3",
    "a graph that is no stream": "evaluate town.trig --mode stream",
    "a split in another mode": "evaluate town.brain kge:ring --mode stream",
    "a brain of another graph than the split": "evaluate town.brain kge:ring",
    "a brain whose graph is not here": "evaluate lost.brain",
    "an unknown claim": "claims nonsense",
    "a dial for all claims": "claims --dial 1",
    "a dial that the claim has not": "claims role_order --dial 1",
    "boxes for scenes that are no file": "evaluate none.json --mode perception",
    "a graph without scenes to see": "evaluate town.trig --mode perception",
}  # fmt: skip
ADDRESSES = {
    "an endpoint at which nobody answers": f"{DEAD}/query",
    "an endpoint of another protocol": "ftp://127.0.0.1/query",
    "a file as an endpoint": "file:///etc/passwd",
    "an endpoint with a password": "http://ada:secret@127.0.0.1/query",
    "an endpoint with a key": "http://127.0.0.1/query?key=secret",
    "an endpoint without a host": "http:///query",
    "an endpoint at a port that is none": "http://127.0.0.1:99999/query",
    "an endpoint at port 0": "http://127.0.0.1:0/query",
    "an endpoint with escapes of a terminal": "http://127.0.0.1/\x1b[31m",
    "no endpoint at all": "",
}


def words_by_topic() -> Iterator[tuple[str, list[Bad]]]:
    """All of them, with a word for what they are about."""
    yield "Names", [*_names()]
    yield "Numbers", [*_numbers()]
    yield "Options", [Bad(kind, tuple(command.split())) for kind, command in OPTIONS.items()]
    yield (
        "Endpoints",
        [Bad(kind, words) for kind, address in ADDRESSES.items() for words in _asking(f"sparql:{address}")],
    )


def _names() -> Iterator[Bad]:
    for kind, (name, says) in NAMES.items():
        for slot in ("subject", "predicate", "object", "instant"):
            said = says if says == "there is no" else ""
            yield from (Bad(kind, (*command.split(), f"--{slot}", name), said) for command in ASKED[:2])
        yield Bad(kind, (*ASKED[2].split(), "--subject", name), says)
        yield Bad(kind, (*ASKED[3].split(), "--predicate", name))
        yield Bad(kind, ("claims", name))


def _numbers() -> Iterator[Bad]:
    for command, options in (*INTEGERS.items(), *FLOATS.items()):
        for option in options:
            yield from (Bad(kind, (*command.split(), f"--{option}", n)) for kind, n in NUMBERS.items())
            if option in BOUNDED:
                yield Bad("a number without measure", (*command.split(), f"--{option}", "9" * 30))


def _asking(name: str) -> tuple[tuple[str, ...], ...]:
    return ("info", name), ("train", name, "-o", "new"), ("evaluate", "town.brain", name)
