"""Bad files and places in every gap of every command."""

from collections.abc import Iterator

from .brains import BRAINS, LIVES, files
from .case import Bad, File, over
from .graphs import GRAPHS, HOSTILE, TOLD_ABOUT, splits
from .pictures import BOXES, PICTURES, TRACES
from .places import OUTPUTS, paths

READ_GRAPH = ("info {}", "train {} -o new.brain", "evaluate town.brain {}", "evaluate {} --mode stream")
READ_BRAIN = (
    "recall {}", "ask {}", "reason {} --subject Sparky --predicate likes", "evaluate {} town.trig",
    "evaluate {} kge:ring", "evaluate {} town.trig --mode experience", "perceive {} page.png",
)  # fmt: skip
READ_LIFE = ("life {}", "life {} --compact", "recall {}", "perceive town.brain page.png --life {}")
READ_PICTURE = ("perceive town.brain {}", "perceive town.brain {} --store new", "perceive town.brain {} --life new")
READ_BOXES = ("perceive town.brain page.png --boxes {}", "perceive town.brain page.png --life new --boxes {}")
READ_SPLIT = ("train kge:{} --model cp -o new.cp", "evaluate town.brain kge:{}")
WRITE = (
    "train town.trig -o {}", "train kge:ring --model cp -o {}", "perceive town.brain page.png --store {}",
    "perceive town.brain page.png --life {}", "life good.life --export {}", "claims bayes --page {}",
)  # fmt: skip
GAPS = {
    ".ttl": READ_GRAPH, ".brain": READ_BRAIN, ".life": READ_LIFE[:2], ".png": READ_PICTURE, ".json": READ_BOXES,
    ".trace": ("rerun {}",), "": READ_SPLIT,
}  # fmt: skip
ONTO_ITSELF = {
    "output onto the graph itself": "train town.trig -o town.trig",
    "output onto a part of the split itself": "train kge:ring --model cp -o ring/test.tsv",
    "output onto the picture itself": "perceive town.brain page.png --store page.png",
    "output onto the boxes themselves": "perceive town.brain page.png --boxes boxes.json --store boxes.json",
    "output onto the journal of the life itself": "life good.life --export good.life/journal-1",
    "output onto the brain of the life itself": "life good.life --export good.life/brain-1.safetensors",
    "output into what ships with the program": "perceive town.brain page.png --store neighbourhood",
    "a life in what ships with the program": "perceive town.brain page.png --life neighbourhood",
    "a file in place of a folder of results": "claims bayes --results town.trig",
    "a life where other files are": "perceive town.brain page.png --life ring",
}


SHOWN = (
    *((tuple(command.split()), "alert", 0) for command in (
        "recall hostile.brain", "recall hostile.brain --json", "ask hostile.brain", "life hostile.life",
    )),
    (("reason", "hostile.brain", "--subject", f"Ada {HOSTILE}", "--predicate", f"likes {HOSTILE}"), "alert", 0),
    (("recall", "hostile.brain", "--subject", "Nobody"), "such as", 2),
    (("ask", "hostile.brain", "--subject", f"Ada {HOSTILE}s"), "did you mean", 2),
)  # fmt: skip


def files_by_topic() -> Iterator[tuple[str, list[Bad]]]:
    """All of them, with a word for what they are about."""
    yield "Paths", [bad for ending, commands in GAPS.items() for bad in over(paths(ending), *commands)]
    yield "Graphs", [*over(GRAPHS, *READ_GRAPH), *over(TOLD_ABOUT, "info {}", "info {} --json")]
    yield "Labels", [Bad("hostile labels", *each) for each in SHOWN]
    yield "Brains", [*over(files(BRAINS), *READ_BRAIN)]
    yield "Lives", [*over(files(LIVES), *READ_LIFE)]
    yield "Pictures", [*over(PICTURES, *READ_PICTURE)]
    yield "Boxes", [*over(BOXES, *READ_BOXES)]
    yield "Traces", [*over(TRACES, "rerun {}")]
    wrong = dict.fromkeys(File(each.kind, each.name.split("/")[0], b"", each.says) for each in splits() if each.kind)
    stranger = Bad("an entity in test alone", ("evaluate", "stranger.cp", "kge:stranger"), "training never meets", 0)
    yield "Splits", [*over([each for each in wrong if each.name != "stranger"], *READ_SPLIT), stranger]
    itself = [Bad(kind, tuple(command.split())) for kind, command in ONTO_ITSELF.items()]
    yield "Output", [*over(OUTPUTS, *WRITE), *itself]
