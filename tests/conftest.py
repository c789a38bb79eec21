"""Things that only some machines have: a test that asks for one is skipped, with the reason, without it."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def data_folder(pytestconfig: pytest.Config) -> Path:
    """The folder of larger graphs, which do not ship with the project."""
    named = pytestconfig.getoption("--data") or os.environ.get("TENSORBRAIN_DATA")
    if not named:
        pytest.skip("no folder of larger graphs: name one with --data or TENSORBRAIN_DATA")
    folder = Path(named).expanduser()
    if not folder.is_dir():
        pytest.fail(f"the folder of larger graphs, {folder}, does not exist")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of an installed Chromium or Chrome, for playwright's ``executable_path``."""
    driver = pytest.importorskip("playwright._impl._driver", reason="playwright is missing: pip install '.[browser]'")
    node, _ = driver.compute_driver_executable()
    if subprocess.run([node, "--version"], capture_output=True).returncode:
        pytest.skip("playwright's node does not start (Debian and Ubuntu: apt-get install libatomic1)")
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    pytest.skip("no chromium on this machine (Debian and Ubuntu: apt-get install chromium libatomic1)")
