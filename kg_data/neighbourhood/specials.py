"""What happens once: a lost rabbit, a gift, a move, a new coat of paint, illness and rain."""

import re
from pathlib import Path

import schema
from stage import Moment, Scene, Statement

RAIN = {"2026-04-23", "2026-05-06", "2026-05-14", "2026-05-15", "2026-05-27"}
HOLIDAYS = {"2026-05-01", "2026-05-14", "2026-05-25"}
ILL = {
    "2026-04-28": {"Rosa"},
    "2026-04-29": {"Rosa"},
    "2026-05-05": {"Omar"},
    "2026-05-12": {"Ben"},
    "2026-05-13": {"Ben"},
    "2026-05-21": {"Hana"},
    "2026-05-22": {"Hana"},
}
CARERS = {"Rosa": "Otto", "Omar": "Fatima", "Ben": "Rosa", "Hana": "Kenji"}
COMPANY = {"Rosa": "Mitzi", "Omar": "Hopper", "Ben": "Tom", "Hana": "Luna"}
LOST = {"Hopper": ("2026-04-29T16:10", "2026-04-30T15:40")}  # nobody meets Hopper between these moments


def sickbed(moment: Moment) -> Scene | None:
    """Someone is ill and stays in bed."""
    if not moment.ill:
        return None
    patient = min(moment.ill)
    carer, pet = CARERS[patient], COMPANY[patient]
    core = [(patient, "does", "Sleeping"), (carer, "helps", patient), (pet, "near", patient)]
    return Scene(
        f"{patient} is ill",
        moment.state.get(patient, "livesIn"),
        core,
        [patient, carer, pet],
        {carer: "Standing"},
    )


def jack_visits_sparky(moment: Moment) -> Scene:
    """After the gift, Jack comes to see his old dog on Sundays."""
    greeting = moment.dice.pick(
        [("Jack", "playsWith", "Sparky"), ("Jack", "talksTo", "Sparky"), ("Jack", "feeds", "Sparky")]
    )
    core = [greeting, ("Sparky", "looksAt", "Jack"), ("Mary", "talksTo", "Jack")]
    poses = {"Sparky": "Jumping", "Jack": "Sitting", "Mary": "Standing"}
    return Scene("Jack visits Sparky", "Mill House", core, ["Jack", "Sparky", "Mary"], poses)


def _read_once() -> dict[str, Scene]:
    """Read `once.txt`: time stamp -> scene."""
    text = (Path(__file__).parent / "once.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    blocks = [block.splitlines() for block in "\n".join(lines).strip().split("\n\n")]
    scenes = {}
    for heading, core, row, poses in blocks:
        stamp, place, title = heading.split(" | ")
        statements = [_statement(words.strip()) for words in core.split(";")]
        doing = dict(words.rsplit(" ", 1) for words in _listed(poses))
        scenes[stamp] = Scene(title, place, statements, _listed(row), doing)
    return scenes


def _statement(words: str) -> Statement:
    subject, predicate, object_ = re.split(rf" ({'|'.join(row[0] for row in schema.PREDICATES)}) ", words)
    return subject, predicate, object_


def _listed(line: str) -> list[str]:
    return [words.strip() for words in line.partition(":")[2].split(",") if words.strip()]


ONCE = _read_once()
ONCE_SUNDAY_VISITS = ("2026-05-10T15:15", "2026-05-17T15:05", "2026-05-24T16:20", "2026-05-31T14:30")
EXACT = {"2026-05-03T08:10"}  # the episode of the documentation: nothing is added by chance
