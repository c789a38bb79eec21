"""A command line that cannot be understood: the box with which tyro explains it, as one line."""

import re
from collections.abc import Sequence
from itertools import groupby

_STYLE = re.compile(r"\x1b\[[0-9;]*m")  # on a terminal the box has colours
_SIDE = re.compile(r"^(│ |  )|\s+│?$")  # where the terminal lacks lines, the box has none
_RULE = re.compile(r"[╰\s]*[─-]+[╯\s]*")
_LISTED = re.compile(r" {4}(\S+)")  # what is told of it stands further in
_NUMBER = re.compile(
    r"Error parsing (\S+): .*(invalid literal for int\(\) with base 10|could not convert string to float): (.*)"
)
_KINDS = {"invalid literal for int() with base 10": "whole number", "could not convert string to float": "number"}
_CHOICE = re.compile(r"[Ii]nvalid choice ['\"](.*)['\"] for argument '(\S+)'\. Expected one of \((.*?),?\)\.?")
_ALIKE, _COMMANDS = ("Perhaps you meant", "Arguments similar"), "Available subcommands: "


def explained(box: str, arguments: Sequence[str], commands: Sequence[str]) -> str:
    """What is wrong with the ``arguments``, what may have been meant, and where all is explained.

    >>> box = '''╭─ Unrecognized options ──────────╮
    ... │ Unrecognized options: --tpo, 3  │
    ... │ ─────────────────────────────── │
    ... │ Perhaps you meant:              │
    ... │     --top N                     │
    ... ╰─────────────────────────────────╯'''
    >>> explained(box, ["ask", "x", "--tpo", "3"], ["ask"])
    'Unrecognized options: --tpo, 3. Did you mean --top? See `tensorbrain ask --help`'
    """
    title, *rows = [_SIDE.sub("", _STYLE.sub("", line)) for line in box.splitlines()] or [""]
    between = ((rule, [*part]) for rule, part in groupby(rows, lambda row: bool(_RULE.fullmatch(row))))
    first, *others = [part for rule, part in between if not rule] or [[]]
    command = f" {arguments[0]}" if arguments and arguments[0] in commands else ""
    words = _words(title.strip("╭╮─ "), first).rstrip(".")
    return f"{words}. {_meant(others)}See `tensorbrain{command} --help`"


def _words(title: str, rows: list[str]) -> str:
    """The first part of the box, without what the help says again."""
    whole = " ".join(" ".join(rows).split())
    if whole.startswith("Missing from"):
        missing = [found[1] for row in rows if (found := _LISTED.match(row))]
        return f"{rows[0].strip()} {', '.join(missing)}"
    if found := _NUMBER.fullmatch(whole):
        option, kind, value = found.groups()
        return f"{option} {value} is no {_KINDS[kind]}"
    if found := _CHOICE.fullmatch(whole):
        value, option, choices = found.groups()
        known = sorted({choice.strip("' ") for choice in choices.split(",")} - {"None"})  # which is to say nothing
        return f"{option} {value} is none of {', '.join(known)}"
    said = whole.lower().startswith((title.lower(), "unrecognized", "error", "missing"))
    return whole[:1].upper() + whole[1:] if said else f"{title}: {whole}"


def _meant(parts: list[list[str]]) -> str:
    """The options and commands that are like what was said."""
    alike = [part for part in parts if part[0].startswith(_ALIKE)]
    options = dict.fromkeys(found[1] for part in alike for row in part if (found := _LISTED.match(row)))
    if options:
        return f"Did you mean {' or '.join([*options][:3])}? "
    commands = [" ".join(part).strip() for part in parts if part[0].startswith(_COMMANDS)]
    return f"The commands are {commands[0].removeprefix(_COMMANDS)}. " if commands else ""
