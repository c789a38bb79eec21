"""Scenes at home and on the farm. Each takes a moment and returns a scene, or None if it cannot be."""

import town
from stage import Moment, Scene

TABLES = {"Mill House": "Kitchen Table", "Rose Cottage": "Garden Table"}
FODDER = {
    "dog": "Bone",
    "cat": "Sardine",
    "rabbit": "Carrot",
    "horse": "Apple",
    "hen": "Corn",
    "duck": "Bread",
}
KIND = {row[0]: row[1] for row in town.ANIMALS}
LIVELY = ["Standing", "Sitting", "Jumping"]


def pets_at(home: str, moment: Moment) -> list[str]:
    """Return the animals that live in a home."""
    return [name for name in KIND if moment.state.get(name, "livesIn") == home]


def _meal(moment: Moment, name: str, household: str, foods) -> Scene | None:
    dice, home = moment.dice, moment.state.home(household)
    eaters = dice.shuffled(moment.well(town.HOUSEHOLDS[household]))[: dice.minute(2, 3)]
    if not eaters:
        return None
    food, second = dice.some(foods, 2)
    core = [(eaters[0], "eats", food)]
    row = list(eaters)
    poses = dict.fromkeys(eaters, "Sitting")
    if home in TABLES:
        core.append((second, "on", TABLES[home]))
        row.append(TABLES[home])
    if len(eaters) > 1:
        core.append((eaters[1], dice.pick(["talksTo", "looksAt", "talksTo"]), eaters[0]))
    pets = [name for name in pets_at(home, moment) if KIND[name] in ("dog", "cat")]
    if pets and dice.chance(0.6):
        pet = dice.pick(pets)
        row.append(pet)
        core.append((pet, "looksAt", dice.pick([eaters[0], food])))
        poses[pet] = dice.pick(LIVELY)
    return Scene(f"{name} at {household}", home, core, row, poses)


def breakfast(moment: Moment, household: str) -> Scene | None:
    """A household has breakfast."""
    return _meal(moment, "breakfast", household, ["Bread", "Banana", "Apple"])


def dinner(moment: Moment, household: str) -> Scene | None:
    """A household has dinner."""
    return _meal(moment, "dinner", household, ["Bread", "Carrot", "Corn", "Apple"])


def feeding(moment: Moment) -> Scene | None:
    """Someone of the household feeds a pet."""
    dice, state = moment.dice, moment.state
    pet = dice.pick(["Sparky", "Sparky", "Luna", "Tom", "Mitzi", "Hopper", "Clover", "Berta", "Bella", "Rex"])
    owner = state.get(pet, "ownedBy")
    people = [owner] * 3 + list(state.household_of(pet))
    if pet == "Sparky" and owner == "Jack":
        people = ["Jack"] * 3 + ["Mary"]  # Mary looks after Sparky while her uncle is at work.
    people = moment.well(people)
    if not people:
        return None
    feeder, food, home = dice.pick(people), FODDER[KIND[pet]], state.get(pet, "livesIn")
    core = [(feeder, "feeds", pet), (pet, "eats", food)]
    row = [feeder, pet]
    poses = {feeder: "Standing", pet: dice.pick(["Standing", "Standing", "Jumping"])}
    others = [name for name in pets_at(home, moment) if name != pet]
    if others and dice.chance(0.5):
        other = dice.pick(others)
        core.append((other, "looksAt", dice.pick([pet, food])))
        row.append(other)
        poses[other] = "Sitting" if KIND[other] in ("dog", "cat") else "Standing"
    if dice.chance(0.4):
        core.append((feeder, "talksTo", pet))
    return Scene(f"{feeder} feeds {pet}", home, core, row, poses)


def nap(moment: Moment) -> Scene | None:
    """An animal sleeps somewhere comfortable."""
    dice, state = moment.dice, moment.state
    pet = dice.pick(["Tom", "Tom", "Mitzi", "Mitzi", "Luna", "Sparky", "Hopper"])
    home = state.get(pet, "livesIn")
    people = moment.well(name for name in state.household_of(pet))
    if not people:
        return None
    person = dice.pick(people)
    core = [(pet, "does", "Sleeping")]
    row = [pet, person]
    if home in TABLES and KIND[pet] == "cat":
        core.append((pet, "on", TABLES[home]))
        row.append(TABLES[home])
        dogs = [name for name in pets_at(home, moment) if KIND[name] == "dog"]
        if dogs:
            core += [(pet, "above", dogs[0]), (dogs[0], "looksAt", pet)]
            row.append(dogs[0])
    elif KIND[pet] == "dog" and dice.chance(0.5):
        core.append((pet, "near", "Teddy" if home == "Lake House" else "Bone"))
    verb = dice.pick(["looksAt", "looksAt", "holds"])
    if verb == "holds":
        core = [(pet, "does", "Sleeping"), (person, "holds", pet)]
        row = [name for name in row if name != pet]
    else:
        core.append((person, verb, pet))
    return Scene(f"{pet} takes a nap", home, core, row, {person: "Sitting"})


def bedtime(moment: Moment) -> Scene | None:
    """A parent reads a story to a child."""
    dice = moment.dice
    parent, child, toy = dice.pick(
        [
            ("Yuki", "Hana", "Teddy"),
            ("Kenji", "Hana", "Teddy"),
            ("Fatima", "Sami", None),
            ("Omar", "Leila", None),
            ("Grace", "Ada", "Rag Doll"),
            ("Chidi", "Obi", None),
            ("Anna", "Ben", None),
            ("Peter", "Mary", None),
        ]
    )
    if parent in moment.ill:
        return None
    home = moment.state.get(child, "livesIn")
    core = [(parent, "holds", "Story Book"), (parent, "talksTo", child), (child, "looksAt", "Story Book")]
    if toy:
        core.append((child, "holds", toy))
    row = [parent, child]
    pets = [name for name in pets_at(home, moment) if KIND[name] in ("dog", "cat", "rabbit") and name != "Rex"]
    poses = {parent: "Sitting", child: "Sitting"}
    if pets and dice.chance(0.5):
        row.append(dice.pick(pets))
        poses[row[-1]] = "Sleeping"
    return Scene(f"bedtime story for {child}", home, core, row, poses)


def indoors(moment: Moment) -> Scene | None:
    """Children play at home, on a rainy afternoon or any other."""
    dice, state = moment.dice, moment.state
    host, guest, toy = dice.pick(
        [
            ("Mary", "Leila", "Star Kite"),
            ("Ada", "Hana", "Rag Doll"),
            ("Hana", "Ada", "Teddy"),
            ("Ben", "Sami", "Football"),
            ("Leila", "Mary", "Hopper"),
            ("Sami", "Ben", "Comet"),
            ("Hana", "Luna", "Beach Ball"),
            ("Ada", "Clover", "Rag Doll"),
            ("Obi", "Ada", "Dragon Kite"),
            ("Ben", "Mary", "Football"),
            ("Leila", "Sami", "Hopper"),
        ]
    )
    if {host, guest} & moment.ill:
        return None
    core = [(host, "playsWith", guest), (guest, dice.pick(["looksAt", "playsWith", "looksAt"]), toy)]
    if toy not in ("Comet", "Hopper") and dice.chance(0.5):
        core.append((host, "holds", toy))
        row = [host, guest]
    else:
        row = [host, guest, toy]
    poses = {host: dice.pick(LIVELY), guest: dice.pick(LIVELY)}
    return Scene(f"{host} and {guest} play indoors", state.get(host, "livesIn"), core, row, poses)


def farm_morning(moment: Moment) -> Scene | None:
    """Work on Hill Farm."""
    dice = moment.dice
    people = moment.well(["Grace", "Chidi"])
    worker = dice.pick(people)
    task = dice.minute(0, 3)
    if task == 0:
        core = [(worker, "feeds", "Berta"), ("Berta", "eats", "Corn"), (worker, "holds", "Egg Basket")]
        row, title = [worker, "Berta", "Rex"], f"{worker} collects the eggs"
        poses = {worker: "Standing", "Berta": dice.pick(["Walking", "Standing"])}
    elif task == 1:
        core = [
            (worker, "feeds", "Bella"),
            ("Bella", "eats", dice.pick(["Apple", "Carrot"])),
            ("Rex", "looksAt", "Bella"),
        ]
        row, title = [worker, "Bella", "Rex"], "Bella gets her breakfast"
        poses = {worker: "Standing", "Bella": "Standing", "Rex": dice.pick(["Sitting", "Standing"])}
    elif task == 2:
        core = [(worker, "walks", "Rex"), ("Rex", "looksAt", dice.pick(["Berta", "Bella", "Clover"]))]
        row, title = [worker, "Rex", core[1][2]], f"{worker} walks Rex round the farm"
        poses = {worker: "Walking", "Rex": "Walking"}
    else:
        other = "Chidi" if worker == "Grace" else "Grace"
        core = [(worker, "helps", other), (worker, "holds", dice.pick(["Carrot", "Corn", "Egg Basket"]))]
        row, title = [worker, other, "Bella"], "work on the farm"
        poses = {worker: "Walking", other: "Standing", "Bella": "Standing"}
        if other in moment.ill:
            return None
    return Scene(title, "Hill Farm", core, row, poses)


def riding(moment: Moment) -> Scene | None:
    """Ada or Obi sits on Bella, or Hana comes to try."""
    dice = moment.dice
    child, adult = dice.pick(["Ada", "Ada", "Obi", "Hana"]), dice.pick(["Grace", "Grace", "Chidi"])
    if {child, adult} & moment.ill:
        return None
    place = dice.pick(["Hill Farm", "Long Meadow"]) if not moment.rain else "Hill Farm"
    core = [(child, "on", "Bella"), (adult, dice.pick(["talksTo", "looksAt", "helps"]), child)]
    row = ["Bella", adult]
    if dice.chance(0.5):
        core.append((adult, "feeds", "Bella"))
    if dice.chance(0.5):
        row.append("Old Oak" if place == "Long Meadow" else dice.pick(["Rex", "Berta"]))
    poses = {child: "Sitting", "Bella": dice.pick(["Walking", "Standing", "Running"]), adult: "Walking"}
    if core[-1][1] == "feeds":
        poses["Bella"] = adult_pose = "Standing"
        poses[adult] = adult_pose
    return Scene(f"{child} rides on Bella", place, core, row, poses)
