"""Scenes in the parks and on the meadow: walks, chases, games, visits."""

from stage import Moment, Scene

# Who chases whom, and where; both directions happen, with different frequency.
CHASES = [
    *[("Sparky", "Tom", "home")] * 6,
    *[("Tom", "Sparky", "home")] * 4,
    ("Luna", "Quack", "Pond Park"),
    ("Luna", "Quack", "Pond Park"),
    ("Quack", "Luna", "Pond Park"),
    ("Sparky", "Luna", "Town Park"),
    ("Luna", "Sparky", "Town Park"),
    ("Luna", "Sparky", "Town Park"),
    ("Rex", "Berta", "Hill Farm"),
    ("Berta", "Rex", "Hill Farm"),
    ("Rex", "Clover", "Hill Farm"),
    ("Mitzi", "Tom", "Rose Cottage"),
    ("Tom", "Mitzi", "Rose Cottage"),
    ("Sparky", "Quack", "Pond Park"),
    ("Sparky", "Football", "Sports Field"),
    ("Luna", "Beach Ball", "Long Meadow"),
    ("Quack", "Sparky", "Pond Park"),
]
WATCHERS = {
    "Pond Park": ("Otto", "Rosa", "Hana"),
    "Town Park": ("Hana", "Mary", "Elena"),
    "Hill Farm": ("Chidi", "Obi", "Ada"),
    "Rose Cottage": ("Rosa", "Otto"),
    "Sports Field": ("Ben", "Sami"),
    "Long Meadow": ("Hana", "Kenji"),
    "Mill House": ("Mary", "Ben", "Anna"),
}
LANDMARK = {"Pond Park": "Park Bench", "Town Park": "Cherry Tree", "Long Meadow": "Old Oak"}


def dog_walk(moment: Moment) -> Scene | None:
    """A dog is walked, mostly by its owner."""
    dice, state = moment.dice, moment.state
    dog = dice.pick(["Sparky", "Sparky", "Sparky", "Luna", "Luna"])
    owner = state.get(dog, "ownedBy")
    helper = {"Jack": "Mary", "Mary": "Ben", "Hana": "Kenji"}[owner]
    walkers = moment.well([owner, owner, owner, helper])
    if not walkers:
        return None
    walker, place = dice.pick(walkers), dice.pick(["Town Park", "Pond Park", "Long Meadow"])
    core = [(walker, "walks", dog)]
    row = [walker, dog]
    poses = {walker: "Walking", dog: dice.pick(["Running", "Walking", "Walking", "Jumping", "Standing"])}
    if moment.rain:
        core += [(walker, "holds", "Big Umbrella"), ("Big Umbrella", "above", walker)]
        return Scene(f"a wet walk with {dog}", place, core, row, poses)
    meeting = dice.minute(0, 3)
    if meeting == 0:
        friend = dice.pick(moment.well(["Elena", "Otto", "Rosa", "Paul"]))
        core.append(dice.pick([(walker, "talksTo", friend), (friend, "talksTo", walker), (friend, "looksAt", dog)]))
        row.append(friend)
        poses[friend] = dice.pick(["Standing", "Walking"])
    elif meeting == 1 and place == "Pond Park":
        core.append((dog, "looksAt", "Quack"))
        row.append("Quack")
        poses["Quack"] = "Swimming"
    elif meeting == 2:
        other = "Luna" if dog == "Sparky" else "Sparky"
        core.append(dice.pick([(dog, "playsWith", other), (other, "looksAt", dog), (other, "playsWith", dog)]))
        row.append(other)
        poses[other] = dice.pick(["Running", "Standing", "Jumping"])
    else:
        core.append((dog, "looksAt", LANDMARK[place]))
        row.append(LANDMARK[place])
    return Scene(f"{walker} walks {dog}", place, core, row, poses)


def chase(moment: Moment) -> Scene | None:
    """One animal chases another; sometimes the roles are the other way round."""
    dice = moment.dice
    hunter, prey, place = dice.pick(CHASES)
    place = "Mill House" if place == "home" else place
    watcher = dice.pick(WATCHERS[place])
    if watcher in moment.ill or (moment.rain and place not in ("Mill House", "Rose Cottage", "Hill Farm")):
        return None
    core = [(hunter, "chases", prey), (watcher, "looksAt", dice.pick([hunter, prey]))]
    poses = {hunter: "Running", watcher: "Standing"}
    if not prey.endswith("ball") and prey != "Beach Ball":
        poses[prey] = dice.pick(["Running", "Jumping", "Running"])
    if prey == "Quack":
        poses[prey] = "Swimming"
    if (hunter, prey) == ("Sparky", "Tom") and dice.chance(0.4):
        core += [("Tom", "on", "Kitchen Table"), ("Tom", "above", "Sparky")]
        poses["Tom"] = "Jumping"
    return Scene(f"{hunter} chases {prey}", place, core, [hunter, prey, watcher], poses)


def bench(moment: Moment) -> Scene | None:
    """Rosa or Otto sits on the bench and feeds the duck."""
    dice = moment.dice
    if moment.rain:
        return None
    people = moment.well(["Rosa", "Otto", "Otto"])
    person = dice.pick(people)
    core = [(person, "on", "Park Bench"), (person, "feeds", "Quack"), ("Quack", "eats", "Bread")]
    if dice.chance(0.5):
        core[1:] = [
            (person, "holds", dice.pick(["Story Book", "Bread", "Apple"])),
            ("Quack", "looksAt", person),
        ]
    row = ["Park Bench", "Quack", dice.pick(["Mitzi", "Elena", "Paul", "Luna"])]
    poses = {person: "Sitting", "Quack": dice.pick(["Swimming", "Swimming", "Walking"])}
    return Scene(f"{person} at the pond", "Pond Park", core, row, poses)


def games(moment: Moment) -> Scene | None:
    """Children play outdoors with a ball, a kite or a doll."""
    dice = moment.dice
    if moment.rain:
        return None
    child, other, toy = dice.pick(
        [
            ("Ben", "Sami", "Football"),
            ("Hana", "Ada", "Beach Ball"),
            ("Obi", "Ada", "Dragon Kite"),
            ("Mary", "Leila", "Star Kite"),
            ("Ada", "Hana", "Rag Doll"),
            ("Sami", "Obi", "Football"),
            ("Mary", "Hana", "Beach Ball"),
            ("Leila", "Ben", "Star Kite"),
            ("Obi", "Ben", "Football"),
            ("Hana", "Leila", "Teddy"),
        ]
    )
    if {child, other} & moment.ill:
        return None
    child, other = dice.shuffled([child, other])
    place = dice.pick(["Town Park", "Long Meadow"])
    core, row = [(child, "playsWith", toy)], [child, other]
    poses = {child: dice.pick(["Running", "Jumping"]), other: dice.pick(["Running", "Standing", "Sitting"])}
    if toy.endswith("Kite"):
        core += [(toy, "above", dice.pick([child, other, LANDMARK[place]])), (other, "looksAt", toy)]
    elif toy in ("Football", "Beach Ball"):
        core.append(dice.pick([(other, "chases", toy), (other, "chases", child), (other, "looksAt", toy)]))
        row.append(toy)
    else:
        core.append((child, "holds", toy))
        core.append((other, dice.pick(["looksAt", "talksTo"]), child))
    if dice.chance(0.3):
        row.append(LANDMARK[place])
    if dice.chance(0.25):
        dog = dice.pick(["Sparky", "Luna"])
        row.append(dog)
        core.append((dog, dice.pick(["chases", "looksAt"]), toy if toy in ("Football", "Beach Ball") else child))
        poses[dog] = "Running" if core[-1][1] == "chases" else "Standing"
    return Scene(f"{child} and {other} play with the {toy}", place, core, row, poses)


def picnic(moment: Moment) -> Scene | None:
    """A picnic on the meadow or in the park."""
    dice = moment.dice
    if moment.rain:
        return None
    people = dice.pick(
        [
            ("Jack", "Elena"),
            ("Yuki", "Hana", "Kenji"),
            ("Mary", "Leila"),
            ("Grace", "Rosa"),
            ("Anna", "Fatima"),
        ]
    )
    people = dice.shuffled(moment.well(people))
    if len(people) < 2:
        return None
    food = dice.pick(["Cake", "Apple", "Banana", "Bread"])
    place = dice.pick(["Long Meadow", "Town Park"])
    core = [
        (people[0], "eats", food),
        (people[1], "talksTo", people[0]),
        (people[0], "near", "Picnic Basket"),
    ]
    row = [people[0], people[1], "Picnic Basket", LANDMARK[place]]
    return Scene(f"{people[0]} and {people[1]} have a picnic", place, core, row, dict.fromkeys(people, "Sitting"))


def ride_out(moment: Moment) -> Scene | None:
    """A bicycle tour."""
    dice = moment.dice
    if moment.rain:
        return None
    rider, bike, other = dice.pick(
        [
            ("Sami", "Comet", "Ben"),
            ("Sami", "Comet", "Leila"),
            ("Omar", "Swift", "Sami"),
            ("Yuki", "Daisy", "Hana"),
            ("Leila", "Comet", "Sami"),
            ("Ben", "Comet", "Sami"),
            ("Sami", "Comet", "Mary"),
            ("Omar", "Swift", "Fatima"),
        ]
    )
    if {rider, other} & moment.ill:
        return None
    core = [(rider, "rides", bike), (other, dice.pick(["looksAt", "chases", "talksTo"]), rider)]
    place = dice.pick(["Town Park", "Long Meadow", "Pond Park"])
    pose = {other: "Running" if core[1][1] == "chases" else "Standing"}
    return Scene(f"{rider} rides {bike}", place, core, [rider, other, LANDMARK[place]], pose)


def visit(moment: Moment) -> Scene | None:
    """The grandchildren visit Rosa and Otto."""
    dice = moment.dice
    elder, child = dice.pick(moment.well(["Rosa", "Otto"])), dice.pick(moment.well(["Mary", "Ben"]))
    core = [("Cake", "on", "Garden Table"), (elder, "talksTo", child), (child, "eats", "Cake")]
    if dice.chance(0.5):
        core[2] = (child, dice.pick(["playsWith", "looksAt", "feeds"]), "Mitzi")
    poses = {
        elder: "Sitting",
        child: dice.pick(["Sitting", "Standing"]),
        "Mitzi": dice.pick(["Sitting", "Standing"]),
    }
    return Scene(f"{child} visits {elder}", "Rose Cottage", core, [elder, child, "Garden Table", "Mitzi"], poses)
