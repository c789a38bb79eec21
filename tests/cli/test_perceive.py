"""``perceive``: what it prints for people and for programs, what it stores, and what it refuses."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import tensorbrain as tb
from tensorbrain.datasets.worlds import world_path
from tensorbrain.trace import Statement

BRAIN = "tiny.brain.safetensors"

pytestmark = pytest.mark.usefixtures("in_town")


class Seen:
    """What a look at a picture leaves behind, as far as the command reads it."""

    statements = (
        Statement("Sparky", "chases", "ball", 0.81),
        Statement("Sparky", "has colour", "black", 0.4),
        Statement("Anna", "is at", "Mill House", 0.003),
    )
    regions = np.array([[1, 2], [1, 1], [2, 0]], np.int32)
    boxes = np.array([[0, 0, 1, 1], [0.1, 0.2, 0.5, 0.6], [0.6, 0.5, 0.9, 1]], np.float32)
    notes = ("box 3 is outside the picture: it was left out",)

    def to_json(self) -> dict:
        return {"mode": "perception", "statements": [s._asdict() for s in self.statements], "notes": list(self.notes)}


class Richer:
    """A brain after an experience."""

    def save(self, path: str) -> None:
        Path(path).write_text("a brain")


@pytest.fixture
def picture(tmp_path: Path) -> str:
    """A picture 200 pixels wide and 100 high."""
    file = tmp_path / "picnic.png"
    Image.new("RGB", (200, 100), (200, 230, 250)).save(file)
    return str(file)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple]:
    """How the library was asked, with a look and an experience that are known beforehand."""
    asked: list[tuple] = []

    def perceive(brain, picture, boxes=None, **options):
        asked.append(("perceive", picture, boxes, options))
        return Seen()

    def experience(brain, picture, boxes=None, **options):
        asked.append(("experience", picture, boxes, options))
        return Richer(), "picture 3"

    monkeypatch.setitem(vars(tb), "perceive", perceive)
    monkeypatch.setitem(vars(tb), "experience", experience)
    return asked


def test_a_line_a_statement_with_its_regions(tensorbrain, picture: str, calls: list):
    status, out, err = tensorbrain("perceive", BRAIN, picture)
    assert (status, err) == (0, "")
    head, note, *rows = out.splitlines()
    assert head == f"{picture}, 200 x 100 pixels, 2 regions"
    assert note == "(box 3 is outside the picture: it was left out)"
    assert [row.split("  ")[0] for row in rows] == ["0.81", "0.40", "3e-03"]
    assert rows[0].endswith("20, 20, 100, 60 to 120, 50, 180, 100")
    assert rows[1].endswith("black       20, 20, 100, 60")
    assert rows[2].endswith("120, 50, 180, 100 to whole picture")
    (asked,) = calls
    assert asked[:3] == ("perceive", picture, None)
    assert not asked[3].pop("record").states
    assert asked[3] == {"statements": 8, "selection": "attend", "seed": 0}


def test_one_json_object(tensorbrain, picture: str, calls: list):
    options = ("--boxes", "b.json", "--statements", "3", "--selection", "sample", "--seed", "4")
    status, out, err = tensorbrain("perceive", BRAIN, picture, "--json", *options)
    assert (status, err) == (0, "")
    answer = json.loads(out)
    assert answer["boxes"] == [[0, 0, 200, 100], [20, 20, 100, 60], [120, 50, 180, 100]]
    assert (answer["width"], answer["height"], answer["picture"]) == (200, 100, picture)
    first = answer["statements"][0]
    assert (first["subject"], first["predicate"], first["object"]) == ("Sparky", "chases", "ball")
    assert (first["subject_box"], first["object_box"]) == ([20, 20, 100, 60], [120, 50, 180, 100])
    assert answer["statements"][2]["object_box"] == [0, 0, 200, 100]
    assert "stored" not in answer
    assert calls[0][2] == "b.json"
    assert {"statements": 3, "selection": "sample", "seed": 4}.items() <= calls[0][3].items()


def test_a_picture_is_stored(tensorbrain, picture: str, calls: list, tmp_path: Path):
    brain = str(tmp_path / "my brain")
    lines = tensorbrain("perceive", BRAIN, picture, "--store", brain).out.splitlines()
    assert lines[-1] == f"stored as picture 3 in {brain}: tensorbrain recall '{brain}' --instant 'picture 3'"
    assert Path(brain).read_text() == "a brain"
    assert [call[:3] for call in calls] == [("perceive", picture, None), ("experience", picture, None)]
    answer = json.loads(tensorbrain("perceive", BRAIN, picture, "--store", brain, "--json").out)
    assert answer["stored"] == {"brain": brain, "instant": "picture 3"}


def test_where_a_brain_cannot_be_stored_nothing_is_done(refused, picture: str, calls: list, tmp_path: Path):
    shipped = world_path("neighbourhood") / "brain.safetensors"
    for store in ("neighbourhood", str(shipped), str(shipped.with_name("new.safetensors"))):
        assert "ships with the program" in refused("perceive", BRAIN, picture, "--store", store)
    assert "does not exist" in refused("perceive", BRAIN, picture, "--store", str(tmp_path / "no" / "brain"))
    assert "is a folder" in refused("perceive", BRAIN, picture, "--store", str(tmp_path))
    assert calls == []


def test_a_picture_that_cannot_be_read_is_refused(refused, tmp_path: Path, picture: str):
    words = tmp_path / "words.png"
    words.write_text("Once upon a time")
    assert "does not exist" in refused("perceive", BRAIN, "none.png")
    assert "is a folder" in refused("perceive", BRAIN, str(tmp_path))
    assert "no PNG, JPEG" in refused("perceive", BRAIN, str(words))
    assert "nothing is fetched" in refused("perceive", BRAIN, "https://example.org/dog.png")
    assert "there is no brain" in refused("perceive", "no/such/brain", picture)


def test_help_teaches_and_does_not_wait_for_jax_or_pillow(tensorbrain):
    status, out, _ = tensorbrain("perceive", "--help")
    assert status == 0
    assert all(word in out for word in ("Example: tensorbrain perceive", "--boxes", "--store", "--json", "--seed"))
    assert "None" not in out
    assert "• perceive " in tensorbrain("--help").out
    heavy = "{'jax', 'numpy', 'PIL', 'skimage', 'scipy'}"
    code = (
        "import sys; from tensorbrain.cli import main; main(['perceive', '--help']);"
        f"print(*{heavy} & sys.modules.keys(), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "\n")


# With a brain that has eyes, though it has learned nothing -----------------------------------------------------------

seeing = pytest.mark.skipif(
    importlib.util.find_spec("tensorbrain.modes.perception") is None, reason="no tensorbrain/modes/perception.py yet"
)


@pytest.fixture
def eyes(in_town: Path, tmp_path: Path) -> str:
    """A brain of the town's words with an eye, and all weights at random."""
    import jax

    from tensorbrain.brain import Brain, TensorBrain
    from tensorbrain.pictures.scenes import label_groups
    from tensorbrain.settings import Settings

    graph = tb.load_graph(in_town / "tiny.trig")
    words = graph.vocabulary
    settings = Settings(dim=16, context=16, senses="pictures", feature=8, reserve=(0, 0, 2))
    counts = (len(words.concepts), len(words.predicates), len(words.instants))
    model = TensorBrain.create(counts, settings, key=jax.random.key(0))
    Brain(model, words, settings, label_groups=label_groups(graph)).save(tmp_path / "eyes.brain")
    return str(tmp_path / "eyes.brain")


@pytest.fixture
def page(tmp_path: Path) -> str:
    """A picture of 256 x 128 pixels with two things in it."""
    pixels = np.full((128, 256, 3), 230, np.uint8)
    pixels[40:80, 20:60], pixels[50:110, 150:220] = (200, 30, 30), (20, 60, 160)
    Image.fromarray(pixels).save(tmp_path / "page.png")
    return str(tmp_path / "page.png")


@seeing
def test_a_brain_with_eyes_looks_at_what_stands_out(tensorbrain, eyes: str, page: str):
    command = ("perceive", eyes, page, "--json")
    answer = json.loads(tensorbrain(*command).out)
    assert answer["boxes"][0] == [0, 0, 256, 128]
    assert sorted(answer["boxes"][1:]) == [[20, 40, 60, 80], [150, 50, 220, 110]]
    assert all(statement["subject_box"] in answer["boxes"] for statement in answer["statements"])
    assert tensorbrain(*command).out == json.dumps(answer) + "\n"
    status, out, err = tensorbrain("perceive", eyes, page, "--selection", "argmax", "--statements", "2")
    assert (status, err) == (0, "")
    assert out.startswith(f"{page}, 256 x 128 pixels, 2 regions\n")


@seeing
def test_boxes_are_in_the_pixels_of_the_file_however_large_it_is(tensorbrain, eyes: str, tmp_path: Path):
    Image.new("RGB", (4000, 2000), (200, 230, 250)).save(tmp_path / "large.png")
    (tmp_path / "boxes.csv").write_text(
        "left,top,right,bottom\n1000,500,3000,1500\n3900,1900,4100,2000\n5000,1,6000,9\n"
    )
    out = tensorbrain(
        "perceive", eyes, str(tmp_path / "large.png"), "--boxes", str(tmp_path / "boxes.csv"), "--json"
    ).out
    answer = json.loads(out)
    assert answer["boxes"] == [[0, 0, 4000, 2000], [1000, 500, 3000, 1500], [3900, 1900, 4000, 2000]]
    assert any("box 2" in note for note in answer["notes"]) and any("box 3" in note for note in answer["notes"])


@seeing
def test_what_was_seen_is_recalled(tensorbrain, eyes: str, page: str, tmp_path: Path):
    richer, before = str(tmp_path / "richer.brain"), Path(eyes).read_bytes()
    stored = json.loads(tensorbrain("perceive", eyes, page, "--store", richer, "--json").out)["stored"]
    assert Path(eyes).read_bytes() == before
    status, out, _ = tensorbrain("recall", richer, "--instant", stored["instant"])
    assert status == 0 and stored["instant"] in out.splitlines()[0]
    assert "there is no instant" in tensorbrain("recall", eyes, "--instant", stored["instant"]).err


@seeing
def test_what_cannot_be_looked_at_is_refused(refused, eyes: str, page: str, tmp_path: Path):
    assert "eyes" in refused("perceive", BRAIN, page)
    assert "at least 1" in refused("perceive", eyes, page, "--statements", "0")
    assert "does not exist" in refused("perceive", eyes, page, "--boxes", "none.json")
    (tmp_path / "away.json").write_text("[[900, 900, 950, 950]]")
    assert "no box of 1 can be used" in refused("perceive", eyes, page, "--boxes", str(tmp_path / "away.json"))
