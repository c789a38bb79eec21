"""Scenes of the school, the shops, the bus, the market and the church."""

from stage import Moment, Scene
from state import CHILDREN


def way_to_school(moment: Moment) -> Scene | None:
    """A child cycles, walks or takes the bus to school."""
    dice = moment.dice
    children = moment.well(CHILDREN)
    child, friend = dice.some(children, 2)
    way = dice.minute(0, 4)
    if way in (0, 4) and "Sami" in children and not moment.rain:
        friend = dice.pick(name for name in children if name != "Sami")
        core = [("Sami", "rides", "Comet"), (friend, "looksAt", "Comet"), ("Sami", "talksTo", friend)]
        return Scene("Sami cycles to school", "Hill School", core, ["Sami", friend], {friend: "Walking"})
    if way == 1 and "Yuki" not in moment.ill and not moment.rain:
        core = [("Yuki", "rides", "Daisy"), (child, "looksAt", "Yuki"), (child, "talksTo", friend)]
        return Scene(
            "Yuki comes to school by bicycle",
            "Hill School",
            core,
            ["Yuki", child, friend],
            {child: "Standing"},
        )
    if way == 2 and "Jack" not in moment.ill:
        core = [("Jack", "drives", "Town Bus"), (child, "rides", "Town Bus"), (friend, "looksAt", "Town Bus")]
        row = ["Town Bus", friend]
        return Scene("the school bus leaves", "Market Square", core, row, {child: "Sitting", friend: "Running"})
    if way == 3:
        driver, car, riders = dice.pick([("Peter", "Beetle", ("Mary", "Ben")), ("Fatima", "Pebble", ("Leila", "Sami"))])
        riders = moment.well(riders)[: dice.minute(1, 2)]
        if driver in moment.ill or child in riders:
            return None
        core = [(driver, "drives", car), (child, "looksAt", car), *((name, "rides", car) for name in riders)]
        return Scene(f"{driver} drives to school", "Hill School", core, [car, child], {child: "Standing"})
    core = [(child, "talksTo", friend), (friend, "holds", dice.pick(["Apple", "Banana", "Story Book"]))]
    row = [child, friend, "Cherry Tree"]
    poses = {child: "Walking", friend: "Walking"}
    if moment.rain:
        core[1] = (friend, "holds", "Spotted Umbrella")
        core.append(("Spotted Umbrella", "above", dice.pick([child, friend])))
        row = [child, friend]
    return Scene(f"{child} and {friend} walk to school", "Town Park", core, row, poses)


def lesson(moment: Moment) -> Scene | None:
    """A lesson at Hill School."""
    dice = moment.dice
    teachers = moment.well(["Yuki", "Peter"])
    if not teachers:
        return None
    teacher = dice.pick(teachers)
    child, other, third = dice.some(moment.well(CHILDREN), 3)
    task = dice.minute(0, 2)
    if task == 0:
        core = [(child, "holds", "Story Book"), (teacher, "talksTo", child), (other, "looksAt", "Story Book")]
        title, pose = f"{child} reads aloud", "Sitting"
    elif task == 1:
        core = [(teacher, "holds", "Song Book"), (child, "looksAt", "Song Book"), (other, "talksTo", third)]
        title, pose = "music lesson", "Standing"
    else:
        core = [(teacher, "helps", child), (child, "helps", other), (third, "looksAt", teacher)]
        title, pose = f"{teacher} helps {child} with sums", "Sitting"
    poses = {teacher: "Standing", child: pose, other: "Sitting", third: "Sitting"}
    return Scene(title, "Hill School", core, [teacher, child, other, third], poses)


def school_break(moment: Moment) -> Scene | None:
    """Break time in the school yard."""
    dice = moment.dice
    child, other, third = dice.some(moment.well(CHILDREN), 3)
    task = dice.minute(0, 2)
    if task == 0:
        core = [(child, "chases", other), (third, "looksAt", child)]
        poses, title = {child: "Running", other: "Running", third: "Standing"}, f"{child} chases {other}"
    elif task == 1:
        core = [(child, "eats", dice.pick(["Apple", "Banana", "Bread"])), (other, "talksTo", child)]
        poses, title = {child: "Sitting", other: "Standing", third: "Jumping"}, "break time"
    else:
        core = [(child, "playsWith", other), (third, "holds", dice.pick(["Rag Doll", "Apple", "Banana"]))]
        poses, title = (
            {child: "Jumping", other: dice.pick(["Jumping", "Running"]), third: "Standing"},
            "games at school",
        )
    return Scene(title, "Hill School", core, [child, other, third], poses)


def bakery(moment: Moment) -> Scene | None:
    """Someone buys bread or cake."""
    dice = moment.dice
    bakers = moment.well(["Anna", "Kenji"])
    baker = dice.pick(bakers)
    customer = dice.pick(moment.well(["Rosa", "Otto", "Paul", "Elena", "Fatima", "Omar", "Grace", "Chidi"]))
    goods = dice.pick(["Bread", "Bread", "Cake"])
    core = [(baker, "holds", goods), (customer, dice.pick(["talksTo", "looksAt"]), baker)]
    if dice.chance(0.5):
        core.append((customer, "holds", dice.pick(["Picnic Basket", "Egg Basket"])))
    elif len(bakers) > 1:
        other = "Kenji" if baker == "Anna" else "Anna"
        core.append((other, "helps", baker))
        return Scene(f"{customer} at the bakery", "Bakery", core, [baker, customer, other], {other: "Standing"})
    return Scene(
        f"{customer} at the bakery",
        "Bakery",
        core,
        [baker, customer],
        {customer: "Standing", baker: "Standing"},
    )


def bike_shop(moment: Moment) -> Scene | None:
    """Omar looks after a bicycle."""
    dice = moment.dice
    if "Omar" in moment.ill:
        return None
    bike, customer = dice.pick(
        [("Daisy", "Yuki"), ("Comet", "Sami"), ("Swift", "Paul"), ("Swift", "Elena"), ("Comet", "Leila")]
    )
    if moment.stamp[11:] < "14:30" and customer in (*CHILDREN, "Yuki"):
        bike, customer = "Swift", dice.pick(["Paul", "Elena", "Otto"])
    if customer in moment.ill:
        return None
    core = [("Omar", "helps", customer), ("Omar", "looksAt", bike)]
    core.append((customer, dice.pick(["talksTo", "looksAt"]), "Omar"))
    return Scene(
        f"Omar repairs {bike}",
        "Bike Shop",
        core,
        ["Omar", customer, bike],
        {"Omar": "Sitting", customer: "Standing"},
    )


def book_shop(moment: Moment) -> Scene | None:
    """A quiet hour in the book shop."""
    dice = moment.dice
    seller = dice.pick(moment.well(["Elena", "Fatima"]))
    guests = (
        ["Rosa", "Otto", "Paul"] if moment.stamp[11:] < "14:30" else ["Peter", "Leila", "Mary", "Rosa", "Otto", "Hana"]
    )
    guest, book = dice.pick(moment.well(guests)), dice.pick(["Story Book", "Song Book"])
    holder, other = dice.shuffled([seller, guest])
    core = [(holder, "holds", book), (other, "looksAt", book), (seller, "talksTo", guest)]
    poses = {guest: dice.pick(["Standing", "Sitting"]), seller: "Standing"}
    return Scene(f"{guest} in the book shop", "Book Shop", core, [seller, guest], poses)


def bus(moment: Moment) -> Scene | None:
    """Jack drives the Town Bus."""
    dice = moment.dice
    if "Jack" in moment.ill:
        return None
    people = moment.well(["Rosa", "Otto", "Elena", "Paul", "Grace", "Fatima"])
    if moment.stamp[11:] > "14:30":
        people += moment.well(["Mary", "Leila", "Ada", "Hana", "Yuki"])
    rider, other = dice.some(people, 2)
    core = [("Jack", "drives", "Town Bus"), (rider, "rides", "Town Bus")]
    core.append(dice.pick([(rider, "talksTo", "Jack"), ("Jack", "talksTo", rider), (other, "looksAt", "Town Bus")]))
    row = ["Town Bus", other, "Market Table"]
    poses = {rider: "Sitting", other: dice.pick(["Standing", "Running", "Walking"])}
    if moment.rain:
        core.append((other, "holds", "Big Umbrella"))
    return Scene(f"{rider} takes the bus", "Market Square", core, row, poses)


def market(moment: Moment) -> Scene | None:
    """Saturday market: Grace or Chidi sells what the farm grows."""
    dice = moment.dice
    seller = dice.pick(moment.well(["Grace", "Grace", "Chidi", "Ada"]))
    customer = dice.pick(moment.well(["Anna", "Rosa", "Otto", "Elena", "Fatima", "Yuki", "Kenji", "Paul", "Mary"]))
    goods, second = dice.some(["Carrot", "Apple", "Corn", "Banana", "Egg Basket"], 2)
    core = [(goods, "on", "Market Table"), (seller, "talksTo", customer)]
    core.append((customer, dice.pick(["holds", "holds", "looksAt"]), second))
    row = [seller, "Market Table", customer]
    poses = {seller: "Standing", customer: "Standing"}
    if dice.chance(0.35):
        visitor = dice.pick(["Tom", "Luna", "Quack", "Mitzi"])
        row.append(visitor)
        core.append((visitor, "looksAt", goods))
        poses[visitor] = dice.pick(["Sitting", "Standing"])
    if moment.rain:
        core.append(("Big Umbrella", "above", seller))
    return Scene(f"{customer} at the market", "Market Square", core, row, poses)


def church(moment: Moment) -> Scene | None:
    """Sunday service, or choir practice on a weekday."""
    dice = moment.dice
    people = moment.well(["Rosa", "Otto", "Yuki", "Anna", "Grace", "Chidi", "Elena", "Ada"])
    singer, other = dice.some(people, 2)
    core = [
        ("Paul", "talksTo", singer),
        (singer, "holds", "Song Book"),
        (other, "looksAt", dice.pick(["Paul", singer])),
    ]
    title = "Sunday service" if moment.date.weekday() == 6 else "choir practice"
    poses = {singer: "Standing", other: dice.pick(["Sitting", "Standing"]), "Paul": "Standing"}
    return Scene(title, "Old Church", core, ["Paul", singer, other], poses)


def football(moment: Moment) -> Scene | None:
    """Football practice with Chidi."""
    dice = moment.dice
    player, other = dice.some(moment.well(["Ben", "Sami", "Obi", "Mary", "Leila"]), 2)
    core = [
        (player, "chases", "Football"),
        dice.pick([(other, "chases", player), (other, "looksAt", "Football")]),
    ]
    if "Chidi" not in moment.ill:
        core.append(("Chidi", dice.pick(["talksTo", "helps", "looksAt"]), dice.pick([player, other])))
    row = [player, "Football", other, "Chidi"] if "Chidi" not in moment.ill else [player, "Football", other]
    return Scene(
        f"{player} at football practice",
        "Sports Field",
        core,
        row,
        {player: "Running", other: dice.pick(["Running", "Jumping"])},
    )
