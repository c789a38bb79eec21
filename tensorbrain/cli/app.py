"""``tensorbrain app``: the page on which one watches a brain, served to this machine alone."""

import importlib.util
import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from tyro.conf import arg

from tensorbrain.errors import TensorBrainError

ADDRESS = "127.0.0.1"


@dataclass(frozen=True)
class App:
    """Open the app: choose a world and a cue, and watch a brain recall.

    It is served to this machine alone, and Ctrl-C ends it.

    Example: tensorbrain app --port 8600 --headless
    """

    port: Annotated[int | None, arg(metavar="N", help_behavior_hint="(default: 8501, or the next free one)")] = None
    """The port that it is served on."""
    headless: bool = False
    """Only serve the page, and open no browser."""

    def run(self) -> int:
        """Turn this process into streamlit's; where the system has no way to, wait until the app ends."""
        if missing := [name for name in ("streamlit", "plotly") if importlib.util.find_spec(name) is None]:
            raise TensorBrainError(
                f"the app needs {' and '.join(missing)}, not installed here: `pip install 'tensorbrain[app]'`"
            )
        if self.port is not None:
            _check_free(self.port)
        script = app_script()
        # -P: a file random.py in the user's current folder must not take the place of Python's own.
        command = [sys.executable, "-P", "-m", "streamlit", "run", str(script), *self._options()]
        sys.stdout.flush()
        if os.name == "posix":
            os.execve(sys.executable, command, _environment(script))
        return subprocess.call(command, env=_environment(script))

    def _options(self) -> list[str]:
        options = {
            "server.address": ADDRESS,
            "server.headless": str(self.headless).lower(),
            "server.showEmailPrompt": "false",
            "browser.gatherUsageStats": "false",
        }
        if not self.headless:
            # With its welcome Streamlit may also advertise, over the page; the server's own line gives the address.
            options["logger.hideWelcomeMessage"] = "true"
        if self.port is not None:
            options["server.port"] = str(self.port)
        return [f"--{name}={value}" for name, value in options.items()]


def app_script() -> Path:
    """The app's first file: inside the package where it is installed, beside the package in a clone.

    >>> app_script().name
    'app.py'
    """
    package = Path(__file__).resolve().parents[1]
    for home in (package, package.parent):
        script = home / "app" / "app.py"
        if script.is_file():
            return script
    raise TensorBrainError("the app is missing from this installation: install tensorbrain again")


def _environment(script: Path) -> dict[str, str]:
    """The variables of this process; in a clone, the app is also told where the package lies."""
    if script.is_relative_to(Path(__file__).resolve().parents[1]):
        return dict(os.environ)
    path = [str(script.parents[1]), os.environ.get("PYTHONPATH", "")]
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, path))}


def _check_free(port: int) -> None:
    if not 0 < port < 65536:
        raise TensorBrainError(f"there is no port {port}: choose one from 1 to 65535, such as 8501")
    with socket.socket() as probe:
        if os.name == "posix":  # a port that was just given back counts as free, as it does for streamlit
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError as error:
            raise TensorBrainError(f"the port {port} cannot be used ({error.strerror}): choose another") from error
