"""``life`` and ``perceive --life``: a life is begun, gone on with, told, compacted, and read wherever a brain is."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import tensorbrain as tb
from tensorbrain.memory.experience import Lived, write_instant

pytestmark = pytest.mark.usefixtures("in_town")


@pytest.fixture(scope="module")
def walks(town: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A life of three experiences of the town's brain, which has no eyes."""
    home = tmp_path_factory.mktemp("walks") / "life"
    with tb.Life.create(home, tb.load_brain(str(town / "tiny.brain.safetensors"))) as life:
        find = life.brain.vocabulary.find
        row = [find("Sparky", "subject"), find("chases", "predicate"), find("Anna", "object")]
        rows, q = np.array([row], np.int32), np.linspace(-1, 1, 16).astype(np.float32)
        for n in range(3):
            time = f"2026-06-0{n + 1}T09:00:00"
            brain = write_instant(life.brain, rows, (n + 1) * q, q, rule="copy", label=f"walk {n}", time=time)
            life.write(brain, "experience", Lived(f"walk {n}", rows, ()))
    return home


@pytest.fixture
def life(walks: Path, tmp_path: Path) -> str:
    """A copy to write to."""
    return str(shutil.copytree(walks, tmp_path / "my life"))


def test_what_a_life_holds(tensorbrain, life: str):
    status, out, err = tensorbrain("life", life)
    assert (status, err) == (0, "")
    first, second, third = out.splitlines()
    assert first == "experiences  3, the last of them walk 2 at 2026-06-03T09:00:00"
    assert re.fullmatch(r"journal      3 records \(3 experience\), \d\.\d kB", second)
    assert third.startswith("brain")
    found = json.loads(tensorbrain("life", life, "--json").out)
    assert found.pop("run")["arguments"] == ["life", life, "--json"]
    size = {"brain": "brain-1.safetensors", "journal": "journal-1"}
    assert found == {
        "life": life,
        "experiences": 3,
        "last": {"instant": "walk 2", "time": "2026-06-03T09:00:00"},
        "journal": {"experience": 3},
        "bytes": {part: os.path.getsize(os.path.join(life, name)) for part, name in size.items()},
        "notes": [],
        "compacted": False,
    }


def test_it_is_compacted_and_exported(tensorbrain, life: str, tmp_path: Path):
    before = tensorbrain("recall", life, "--instant", "walk 1", "--json").out
    out = tensorbrain("life", life, "--compact", "--export", "out.trig").out
    assert "the journal is folded into the brain" in out and "exported to out.trig" in out
    found = json.loads(tensorbrain("life", life, "--json").out)
    assert (found["experiences"], found["journal"]) == (3, {})
    assert tensorbrain("recall", life, "--instant", "walk 1", "--json").out == before
    counts = json.loads(tensorbrain("info", "out.trig", "--json").out)
    assert counts["groups"]["instant"] == 3 and counts["last_instant"] == "2026-06-03T09:00:00"


def test_it_stands_where_a_brain_is_asked_for(tensorbrain, life: str):
    assert "walk 2, at 2026-06-03T09:00:00" in tensorbrain("recall", life, "--instant", "walk 2").out
    trace = json.loads(tensorbrain("recall", life, "--instant", "2026-06-03", "--json").out)
    assert trace["cue"] == {"instant": "walk 2"}


def test_a_torn_tail_is_told(tensorbrain, life: str):
    journal = Path(life) / "journal-1"
    os.truncate(journal, journal.stat().st_size - 1)
    out = tensorbrain("life", life).out
    assert out.startswith("experiences  2") and "not written to its end: they are left out)" in out
    assert len(json.loads(tensorbrain("life", life, "--json").out)["notes"]) == 1
    status, _, err = tensorbrain("recall", life, "--instant", "walk 1")
    assert status == 0 and err.count("\n") == 1 and "not written to its end" in err


def test_what_is_wrong_is_said_in_a_line(refused, life: str, tmp_path: Path):
    assert "does not exist" in refused("life", "no/such/life")
    assert "holds no life" in refused("life", str(tmp_path))
    assert "is a folder" in refused("life", life, "--export", str(tmp_path))
    with tb.open_life(life):
        assert f"the life {life} is being written by this process" in refused("life", life, "--compact")
    (Path(life) / "brain-1.safetensors").unlink()
    for words in (("life", life), ("recall", life), ("ask", life)):
        assert "is not there: copy it back" in refused(*words)


def test_help_teaches_and_does_not_wait_for_jax(tensorbrain, life: str):
    status, out, _ = tensorbrain("life", "--help")
    assert status == 0 and "None" not in out
    assert all(word in out for word in ("Example: tensorbrain life", "--compact", "--export", "--json", "--seed"))
    assert "• life " in tensorbrain("--help").out and "--life" in tensorbrain("perceive", "--help").out
    code = (
        "import sys; from tensorbrain.cli import main; main(['life', sys.argv[1]]);"
        "print(*{'jax', 'equinox', 'rdflib', 'scipy'} & sys.modules.keys(), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, life], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "\n")


# With a brain that has eyes, though it has learned nothing -----------------------------------------------------------


@pytest.fixture
def eyes(in_town: Path, tmp_path: Path) -> str:
    """A brain of the town's words with an eye, and all weights at random: of the shapes of that in test_perceive.py."""
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


def test_a_life_is_begun_and_gone_on_with(tensorbrain, refused, eyes: str, page: str, tmp_path: Path):
    home, before = str(tmp_path / "my life"), Path(eyes).read_bytes()
    last = tensorbrain("perceive", eyes, page, "--life", home).out.splitlines()[-1]
    assert last == f"stored as experience 3 in {home}: tensorbrain recall '{home}' --instant 'experience 3'"
    answer = json.loads(tensorbrain("perceive", home, page, "--life", home, "--json").out)  # the life is its own brain
    assert answer["stored"] == {"brain": home, "instant": "experience 4"}
    found = json.loads(tensorbrain("life", home, "--json").out)
    assert found["experiences"] == 2 and found["journal"] == {"experience": 2}
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", found["last"]["time"])
    assert "experience 3" in tensorbrain("recall", home, "--instant", "experience 3").out.splitlines()[0]
    assert Path(eyes).read_bytes() == before
    assert "began with another brain than" in refused("perceive", "tiny.brain.safetensors", page, "--life", home)
    assert json.loads(tensorbrain("perceive", eyes, page, "--life", home, "--json").out)["stored"]["instant"][-1] == "5"


def test_where_a_life_cannot_be_begun_nothing_is_left(refused, eyes: str, page: str, tmp_path: Path):
    home = str(tmp_path / "life")
    assert "choose one" in refused("perceive", eyes, page, "--life", home, "--store", "x.brain")
    assert "ships with the program" in refused("perceive", eyes, page, "--life", "neighbourhood")
    assert "no eyes" in refused("perceive", "tiny.brain.safetensors", page, "--life", home)
    assert "there is no brain" in refused("perceive", "no/such/brain", page, "--life", home)
    assert "does not exist" in refused("perceive", eyes, "none.png", "--life", home)
    assert "holds other files" in refused("perceive", eyes, page, "--life", str(tmp_path))
    assert sorted(os.listdir(tmp_path)) == ["eyes.brain", "page.png"]
