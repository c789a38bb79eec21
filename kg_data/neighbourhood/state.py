"""What is true at a moment: the tables of the first morning, and the changes that last."""

from collections import namedtuple

import town

# When, what happened (for the README), and the new values: (subject, predicate, object).
Change = namedtuple("Change", "stamp story values")

CHANGES = [
    Change(
        "2026-05-09T16:00",
        "Jack gives Sparky to his niece Mary; Sparky moves from Bridge House to Mill House",
        [("Sparky", "ownedBy", "Mary"), ("Sparky", "livesIn", "Mill House")],
    ),
    Change(
        "2026-05-16T15:00",
        "the Haddads and Hopper the rabbit move from Station House to Garden House",
        [(name, "livesIn", "Garden House") for name in ("Fatima", "Omar", "Leila", "Sami", "Hopper")],
    ),
    Change(
        "2026-05-20T16:30",
        "Sami's bicycle Comet is repainted from red to green",
        [("Comet", "hasColour", "Green")],
    ),
]

CHILDREN = ("Mary", "Ben", "Leila", "Sami", "Ada", "Obi", "Hana")
_PEOPLE = {row[0] for row in town.PEOPLE}


def first_morning() -> dict[tuple[str, str], str]:
    """Return (subject, predicate) -> object for every fact with one answer, as on 20 April 2026."""
    facts = {}
    for name, _, home, worn, age, work, likes, friend in town.PEOPLE:
        size = "Medium" if age == "Young" else "Large"
        facts |= {(name, "livesIn"): home, (name, "wears"): worn, (name, "hasSize"): size}
        facts |= {(name, "hasAge"): age, (name, "dangerLevel"): "Harmless"}
        facts |= {(name, "worksAt"): work, (name, "likes"): likes, (name, "friendOf"): friend}
    for name, _, home, owner, colour, size, age, danger, likes, friend in town.ANIMALS:
        facts |= {(name, "livesIn"): home, (name, "ownedBy"): owner, (name, "hasColour"): colour}
        facts |= {(name, "hasSize"): size, (name, "hasAge"): age, (name, "dangerLevel"): danger}
        facts |= {(name, "likes"): likes, (name, "friendOf"): friend}
    for name, _, kind, owner, colour, size in town.OBJECTS:
        facts |= {(name, "ownedBy"): owner, (name, "hasColour"): colour, (name, "hasSize"): size}
        if kind in ("bicycle", "car", "bus"):
            facts[name, "dangerLevel"] = "Harmless" if kind == "bicycle" else "Dangerous"
    for name, _, _, colour, size, age in town.TREES:
        facts |= {(name, "hasColour"): colour, (name, "hasSize"): size, (name, "hasAge"): age}
    facts |= {(name, "isAt"): place for name, place in town.FIXED.items()}
    return {key: value for key, value in facts.items() if value is not None}


class State:
    """The facts with one answer at a moment.

    >>> State("2026-05-03T08:10").get("Sparky", "ownedBy"), State("2026-05-31T20:00").get("Sparky", "ownedBy")
    ('Jack', 'Mary')
    """

    def __init__(self, stamp: str):
        self.facts = first_morning()
        for change in CHANGES:
            if change.stamp <= stamp:
                self.facts |= {(s, p): o for s, p, o in change.values}

    def get(self, subject: str, predicate: str) -> str | None:
        """Return the object of (subject, predicate), or None."""
        return self.facts.get((subject, predicate))

    def home(self, household: str) -> str:
        """Return where a household lives."""
        return self.facts[town.HOUSEHOLDS[household][0], "livesIn"]

    def household_of(self, pet: str) -> tuple[str, ...]:
        """Return the people who live with a pet's owner."""
        owner = self.facts[pet, "ownedBy"]
        return next(members for members in town.HOUSEHOLDS.values() if owner in members)


def is_person(name: str) -> bool:
    """Tell whether a name belongs to a person."""
    return name in _PEOPLE
