"""The app's own folder on the path, as Streamlit puts it there when it runs app.py."""

import json
import sys
from pathlib import Path

import pytest

APP = Path(__file__).parents[2] / "app"

if str(APP) not in sys.path:
    sys.path.insert(0, str(APP))


@pytest.fixture(scope="session")
def script() -> str:
    pytest.importorskip("streamlit", reason="streamlit is not installed: pip install '.[app]'")
    from streamlit import config

    # As the app's config.toml says, which AppTest does not read: collecting after every run takes long beside JAX.
    config.set_option("runner.postScriptGC", False)
    return str(APP / "app.py")


@pytest.fixture(scope="session")
def unpacked():
    """Read a film as the browser does: its head, its arrays by name, and what lies behind them."""
    import numpy as np

    def read(film: bytes) -> tuple[dict, dict[str, "np.ndarray"], bytes]:
        length = int.from_bytes(film[:4], "little")
        head, at, found = json.loads(film[4 : 4 + length]), 4 + length, {}
        for name, kind, shape in head["parts"]:
            size = np.dtype(kind).itemsize * int(np.prod(shape))
            found[name] = np.frombuffer(film[at : at + size], kind).reshape(shape)
            at += size
        return head, found, film[at:]

    return read


@pytest.fixture(scope="session")
def town():
    """The shipped brain of the neighbourhood."""
    import tensorbrain as tb

    return tb.load_brain("neighbourhood")


@pytest.fixture(scope="session")
def newborn():
    """A brain with eyes that has learned nothing: whatever it says it sees, it says in the same way as a taught one."""
    import jax

    import tensorbrain as tb
    from tensorbrain.brain import Brain, TensorBrain
    from tensorbrain.pictures.scenes import label_groups

    graph = tb.load_graph("neighbourhood")
    words = graph.vocabulary
    settings = tb.Settings(dim=32, context=32, senses="pictures", feature=16, reserve=(16, 0, 8))
    counts = (len(words.concepts), len(words.predicates), len(words.instants))
    model = TensorBrain.create(counts, settings, key=jax.random.key(0))
    return Brain(model, words, settings, source="neighbourhood", label_groups=label_groups(graph))


@pytest.fixture(scope="session")
def newborn_file(newborn, tmp_path_factory) -> Path:
    """The same brain in a file."""
    path = tmp_path_factory.mktemp("brains") / "newborn.brain.safetensors"
    newborn.save(path)
    return path
