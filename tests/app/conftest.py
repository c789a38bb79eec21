"""The app's own folder on the path, as Streamlit puts it there when it runs app.py."""

import sys
from pathlib import Path

import pytest

APP = Path(__file__).parents[2] / "app"

if str(APP) not in sys.path:
    sys.path.insert(0, str(APP))


@pytest.fixture(scope="session")
def script() -> str:
    pytest.importorskip("streamlit", reason="streamlit is not installed: pip install '.[app]'")
    return str(APP / "app.py")


@pytest.fixture(scope="session")
def town():
    """The shipped brain of the neighbourhood."""
    import tensorbrain as tb

    return tb.load_brain("neighbourhood")
