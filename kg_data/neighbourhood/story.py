"""Six weeks of the town: the timetable of a day, and all episodes in the order of time."""

import datetime
from dataclasses import dataclass

import scenes_home as home
import scenes_outdoors as outdoors
import scenes_town as shops
import specials
import town
from stage import Dice, Moment, Scene, Statement, compose
from state import State

FIRST_DAY, DAYS, SEED = datetime.date(2026, 4, 20), 42, "neighbourhood-1"
PLACES = {name for name, *_ in town.PLACES}


@dataclass(frozen=True)
class Episode:
    """A moment, its label and its statements (by English labels and predicate names)."""

    stamp: str
    label: str
    statements: tuple[Statement, ...]


def _household(scene, names):
    return lambda moment: scene(moment, moment.dice.pick(names))


ALL_HOUSEHOLDS = tuple(town.HOUSEHOLDS)
breakfast, dinner = _household(home.breakfast, ALL_HOUSEHOLDS), _household(home.dinner, ALL_HOUSEHOLDS[:6])

# Time, then the scenes that may happen about then; one is drawn, and drawn again where it cannot be.
SCHOOL_DAY = [
    ("06:35", [home.farm_morning]),
    ("07:00", [outdoors.dog_walk, home.feeding]),
    ("07:20", [breakfast]),
    ("07:40", [shops.way_to_school]),
    ("08:00", [shops.way_to_school, shops.bakery]),
    ("09:10", [shops.lesson]),
    ("10:00", [shops.school_break, specials.sickbed]),
    ("10:40", [shops.bakery, shops.book_shop, specials.sickbed]),
    ("11:30", [shops.bike_shop, shops.bus]),
    ("12:20", [shops.lesson, shops.school_break]),
    ("13:10", [outdoors.bench, shops.book_shop]),
    ("14:40", [shops.bus, home.nap]),
    ("15:10", [outdoors.games, outdoors.ride_out, home.indoors]),
    ("15:45", [outdoors.chase, outdoors.chase, home.nap]),
    ("16:20", [home.riding, outdoors.games, shops.bike_shop, home.indoors]),
    ("16:55", [shops.football, home.indoors, outdoors.ride_out, outdoors.visit]),
    ("17:30", [home.feeding]),
    ("18:05", [dinner]),
    ("18:40", [outdoors.dog_walk]),
    ("19:20", [shops.church, home.bedtime]),
    ("19:50", [home.bedtime]),
]
SATURDAY = [
    ("06:45", [home.farm_morning]),
    ("07:30", [outdoors.dog_walk]),
    ("08:10", [breakfast]),
    ("08:50", [shops.bakery]),
    ("09:20", [shops.market]),
    ("09:45", [shops.market]),
    ("10:15", [shops.market]),
    ("11:00", [shops.book_shop, shops.bus]),
    ("12:15", [outdoors.picnic, outdoors.bench, home.indoors]),
    ("13:20", [outdoors.ride_out, home.nap]),
    ("14:10", [outdoors.games, home.indoors]),
    ("14:50", [outdoors.chase]),
    ("15:30", [home.riding, shops.football, home.indoors]),
    ("16:15", [outdoors.games, outdoors.bench, home.indoors]),
    ("17:20", [home.feeding]),
    ("18:00", [dinner]),
    ("18:45", [outdoors.dog_walk]),
    ("20:00", [home.bedtime]),
]
SUNDAY = [
    ("07:00", [home.farm_morning]),
    ("07:40", [outdoors.dog_walk]),
    ("08:10", [breakfast]),
    ("08:40", [breakfast]),
    ("10:05", [shops.church]),
    ("10:40", [shops.church]),
    ("11:40", [outdoors.bench, outdoors.games, home.nap]),
    ("12:30", [outdoors.picnic, home.indoors]),
    ("13:30", [outdoors.visit]),
    ("14:10", [outdoors.ride_out, home.nap, home.indoors]),
    ("15:00", [outdoors.games, home.riding]),
    ("15:45", [outdoors.chase]),
    ("16:40", [outdoors.games, home.riding, home.indoors]),
    ("17:30", [home.feeding]),
    ("18:10", [dinner]),
    ("18:50", [outdoors.dog_walk]),
    ("19:45", [home.bedtime]),
]


def episodes() -> list[Episode]:
    """Return every episode of the six weeks, in the order of time."""
    result = []
    for day in range(DAYS):
        result += _day(FIRST_DAY + datetime.timedelta(days=day))
    return result


def _day(date: datetime.date) -> list[Episode]:
    """Return the episodes of one day: what happens once, with the timetable around it."""
    dice = Dice(f"{SEED}/{date}")
    scenes = {stamp: scene for stamp, scene in specials.ONCE.items() if stamp.startswith(str(date))}
    for stamp in specials.ONCE_SUNDAY_VISITS:
        if stamp.startswith(str(date)):
            scenes[stamp] = specials.jack_visits_sparky(_moment(date, stamp, dice))
    for time, choices in _timetable(date):
        if dice.chance(0.8):
            _fill(scenes, date, _minutes(time) + dice.minute(0, 12), choices, dice)
    return [_episode(date, stamp, scenes[stamp], dice) for stamp in sorted(scenes)]


def _timetable(date: datetime.date):
    if str(date) in specials.HOLIDAYS or date.weekday() == 5:
        no_market = [] if date.weekday() == 5 else [shops.market]
        return [slot for slot in SATURDAY if slot[1] != no_market]
    return SUNDAY if date.weekday() == 6 else SCHOOL_DAY


def _fill(scenes, date, minute, choices, dice) -> None:
    """Add a scene where one suits: nobody is at two places within a quarter of an hour."""
    stamp = f"{date}T{minute // 60:02d}:{minute % 60:02d}"
    moment = _moment(date, stamp, dice)
    if stamp in scenes:
        return
    busy: dict[str, set[str]] = {}
    today = {scene.title for scene in scenes.values()}
    for other, scene in scenes.items():
        if abs(_minutes(other[11:]) - minute) < 15:
            for name in _cast(scene):
                busy.setdefault(name, set()).add(scene.place)
    lost = {name for name, (since, until) in specials.LOST.items() if since <= stamp <= until}
    for _ in range(12):
        scene = dice.pick(choices)(moment)
        if scene is None or scene.title in today or lost & _cast(scene):
            continue
        if all(busy.get(name, set()) <= {scene.place} for name in _cast(scene)):
            scenes[stamp] = scene
            return


def _cast(scene: Scene) -> set[str]:
    """Return the people, animals and things that a scene needs."""
    return {*scene.row, *(s for s, _, _ in scene.core), *(o for _, _, o in scene.core)} - PLACES


def _moment(date, stamp, dice) -> Moment:
    ill = frozenset(specials.ILL.get(str(date), ()))
    return Moment(date, stamp, State(stamp), str(date) in specials.RAIN, ill, dice)


def _minutes(time: str) -> int:
    return int(time[:2]) * 60 + int(time[3:])


def _episode(date, stamp, scene, dice) -> Episode:
    label = f"{date:%A} {date.day} {date:%B} {date.year}, {stamp[11:]}: {scene.title}"
    if stamp in specials.EXACT:
        statements = [*scene.core, (scene.core[1][0], "isAt", scene.place)]
    else:
        statements = compose(scene, _moment(date, stamp, dice))
    return Episode(stamp, label, tuple(statements))
