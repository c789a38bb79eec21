"""From the words of a command line to an exit status: 0 done, 2 the input is wrong, 130 stopped by Ctrl-C."""

import io
import os
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr
from typing import Annotated, get_args

import tyro
from tyro.conf import subcommand

from tensorbrain import __version__
from tensorbrain.cli.app import App
from tensorbrain.cli.ask import Ask
from tensorbrain.cli.claims import Claims
from tensorbrain.cli.evaluate import Evaluate
from tensorbrain.cli.info import Info
from tensorbrain.cli.interruption import INTERRUPTED
from tensorbrain.cli.life import Life
from tensorbrain.cli.misspelled import explained
from tensorbrain.cli.output import one_line
from tensorbrain.cli.perceive import Perceive
from tensorbrain.cli.reason import Reason
from tensorbrain.cli.recall import Recall
from tensorbrain.cli.record import being_run
from tensorbrain.cli.rerun import Rerun
from tensorbrain.cli.train import Train
from tensorbrain.errors import SettingsError, TensorBrainError

ABOUT = """The Tensor Brain: a brain that learns a knowledge graph and recalls it statement by statement.

Start with: tensorbrain recall neighbourhood --subject Sparky

GRAPH is a knowledge graph, BRAIN a trained brain. For both, `neighbourhood` and `countries` ship with the
program, and everything else is the path of a file; a graph may also be `sparql:` and the address of an endpoint.
`tensorbrain --version` says which version this is."""

Command = (
    Annotated[Info, subcommand("info")]
    | Annotated[Train, subcommand("train")]
    | Annotated[Recall, subcommand("recall")]
    | Annotated[Perceive, subcommand("perceive")]
    | Annotated[Life, subcommand("life")]
    | Annotated[Ask, subcommand("ask")]
    | Annotated[Reason, subcommand("reason")]
    | Annotated[Evaluate, subcommand("evaluate")]
    | Annotated[Rerun, subcommand("rerun")]
    | Annotated[Claims, subcommand("claims")]
    | Annotated[App, subcommand("app")]
)

WRONG_INPUT, NOBODY_READS = 2, 141
LONGEST = 600  # characters of what is said to be wrong: names and paths can be as long as they like


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command, given without the program's name (default: the command line); return its exit status.

    Whatever is wrong with the input ends in one line on stderr and status 2, never in a traceback.

    >>> main(["recall", "no-such-brain.safetensors"])
    2
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal that lacks a letter shows its number
            stream.reconfigure(errors="backslashreplace")  # pyright: ignore[reportAttributeAccessIssue]
    try:
        status = run_command(sys.argv[1:] if argv is None else argv)
        sys.stdout.flush()
        return status
    except TensorBrainError as error:
        return _refused(str(error))
    except BrokenPipeError:  # as with `| head`: who reads no further has seen enough
        _forget_output()
        return NOBODY_READS
    except OSError as error:
        _forget_output()
        return _refused(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    except (MemoryError, RuntimeError) as error:  # JAX has its own way to say that memory is full
        if isinstance(error, RuntimeError) and "RESOURCE_EXHAUSTED" not in str(error):
            raise
        return _refused("this does not fit into memory: ask for less, or train with a smaller --dim")
    except KeyboardInterrupt:
        print("tensorbrain: stopped", file=sys.stderr)
        return INTERRUPTED


def run_command(arguments: Sequence[str]) -> int:
    """Parse and run one command: its exit status, with what is wrong raised as an error; `main` is for a terminal.

    >>> run_command(["nothing"])
    Traceback (most recent call last):
    tensorbrain.errors.SettingsError: Unrecognized options: nothing. The commands are info, train, ...
    """
    if list(arguments) == ["--version"]:
        print(f"tensorbrain {__version__}")
        return 0
    said = io.StringIO()
    try:
        with redirect_stderr(said):
            command = tyro.cli(
                Command,  # pyright: ignore[reportArgumentType]
                prog="tensorbrain",
                description=ABOUT,
                args=arguments,
                config=(tyro.conf.FlagCreatePairsOff, tyro.conf.OmitArgPrefixes),
            )
    except SystemExit as stop:
        if not stop.code:  # help was asked for
            return 0
        names = [each.__name__.lower() for union in get_args(Command) for each in get_args(union)[:1]]
        raise SettingsError(explained(said.getvalue(), arguments, names)) from None
    with being_run(arguments, command):
        return command.run()


def _refused(sentence: str) -> int:
    words = one_line(sentence)
    if len(words) > LONGEST:  # the end says how to mend it
        words = f"{words[: LONGEST // 2]} … {words[-LONGEST // 2 :]}"
    print(f"tensorbrain: {words}", file=sys.stderr)
    return WRONG_INPUT


def _forget_output() -> None:
    """Drop what cannot be written any more, or Python would complain once more at exit."""
    try:
        sys.stdout.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
