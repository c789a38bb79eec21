"""Who looks how, as tables: a shape (an emoji or a drawing), a pattern in the coat, a badge, for people a hat."""

import random
from typing import NamedTuple

PEOPLE = ("woman", "man", "girl", "boy")
SKINS = ("🏻", "🏼", "🏽", "🏾", "🏿")
GREENS, BROWNS = (80, 160), (10, 42)


class Look(NamedTuple):
    """One individual's look."""

    shape: str
    pattern: str
    badge: str
    badge_colour: str
    hat: str = ""


BASES = {
    "dog": "🐕 🐩 🦮 🐕‍🦺", "cat": "🐈 🐈‍⬛", "rabbit": "🐇",
    "horse": "🐎", "hen": "🐓", "duck": "🦆", "tree": "🌳 🌲 🌴",
    "bicycle": "🚲", "car": "🚗 🚙 🚕", "bus": "🚌 🚎",
    "ball": "⚽ 🏐 🏀", "kite": "🪁 kite", "soft toy": "🧸 doll",
    "table": "table", "bench": "bench", "umbrella": "☔️ ☂️", "basket": "🧺 basket", "book": "📕 📔",
    "fruit": "🍎 🍌 🍐 🍑 🍊", "vegetable": "🥕 🌽 🥦 🍆 🥒",
    "baked good": "🍞 🎂 🥐 🥨 🧁", "pet food": "🦴 🐟 🥫 🍖",
}  # fmt: skip
# Hues, in degrees, that keep their colour in a shape: leaves, trunks, combs, trimmings.
KEPT = {
    **dict.fromkeys(("🌳", "🌴", "🌲"), (BROWNS,)), **dict.fromkeys(("🍎", "🍊", "🍑", "🥕", "🍆"), (GREENS,)),
    **dict.fromkeys(("🎂", "🐓"), ((330, 360), (0, 12))), **dict.fromkeys(("🧁", "🐕‍🦺", "🦮"), ((180, 230),)),
    "🍐": ((10, 40),), "🌽": ((75, 160),), "doll": ((0, 40),),
}  # fmt: skip
HEADS = {
    "woman": "👩{} 👩{}‍🦰 👩{}‍🦱 👩{}‍🦳 👱{}‍♀️ 🧕{} 👵{}",
    "man": "👨{} 👨{}‍🦰 👨{}‍🦱 👨{}‍🦳 👱{}‍♂️ 🧔{} 👳{}‍♂️ 👨{}‍🦲 👴{}",
    "girl": "👧{}",
    "boy": "👦{}",
}
# Head and hat of the people, shape of the others whom the town describes; the rest are dealt out by `variety`.
PORTRAITS = {
    "Anna": ("👩🏼‍🦰", ""), "Peter": ("🧔🏼", ""), "Mary": ("👧🏼", "bow red"), "Ben": ("👦🏼", "cap blue"),
    "Jack": ("👨🏼‍🦱", "cap green"), "Fatima": ("🧕🏽", ""),
    "Omar": ("👨🏽", ""), "Leila": ("👧🏽", "band purple"),
    "Sami": ("👦🏽", ""), "Elena": ("👱🏼‍♀️", ""), "Grace": ("👩🏿‍🦱", ""), "Chidi": ("👨🏿‍🦲", ""),
    "Ada": ("👧🏿", "flower yellow"), "Obi": ("👦🏿", "cap red"),
    "Yuki": ("👩🏻", "glasses blue"), "Kenji": ("👨🏻", "hat white"),
    "Hana": ("👧🏻", "bow green"), "Rosa": ("👵🏻", ""),
    "Otto": ("👴🏻", ""), "Paul": ("👱🏻‍♂️", "glasses red"),
}  # fmt: skip
BODIES = {
    "Sparky": "🐕", "Rex": "🐕‍🦺", "Luna": "🐩", "Tom": "🐈",
    "Mitzi": "🐈‍⬛", "Old Oak": "🌳", "Cherry Tree": "🌳",
    "Apple": "🍎", "Banana": "🍌", "Carrot": "🥕", "Corn": "🌽",
    "Bread": "🍞", "Cake": "🎂", "Bone": "🦴", "Sardine": "🐟",
    "Football": "⚽", "Beach Ball": "🏐", "Beetle": "🚗",
    "Pebble": "🚙", "Town Bus": "🚌", "Teddy": "🧸", "Rag Doll": "doll",
    "Star Kite": "🪁", "Dragon Kite": "kite", "Picnic Basket": "🧺",
    "Egg Basket": "basket", "Story Book": "📕", "Song Book": "📔",
}  # fmt: skip
HATS = ("", "cap", "bow", "band", "flower", "glasses", "hat")
INKS = {
    "red": (225, 40, 50), "blue": (40, 90, 230), "yellow": (250, 205, 30),
    "green": (20, 160, 80), "pink": (250, 120, 190),
    "purple": (140, 60, 200), "orange": (245, 130, 20), "white": (255, 250, 215), "cyan": (40, 200, 220),
}  # fmt: skip
FURS = ("plain", "stripes", "slant", "spots", "patch", "saddle", "socks", "cap", "half")
PATTERNS = (*FURS, "hoops", "check", "cross", "rings")
ANIMALS = ("dog", "cat", "rabbit", "horse", "hen", "duck")
# Pattern and badge of the individuals that a reader meets most often.
MARKS = {
    "Sparky": ("patch", "star"), "Rex": ("saddle", "square"),
    "Luna": ("plain", "heart"), "Tom": ("stripes", "disc"),
    "Mitzi": ("socks", "diamond"), "Hopper": ("patch", "heart"),
    "Clover": ("plain", "diamond"), "Bella": ("socks", "star"),
    "Berta": ("spots", "disc"), "Quack": ("cap", "triangle"),
    "Comet": ("plain", "star"), "Swift": ("stripes", "triangle"),
    "Football": ("plain", "disc"), "Beach Ball": ("stripes", "star"),
    "Town Bus": ("hoops", "disc"), "Beetle": ("spots", "disc"),
    "Pebble": ("socks", "diamond"), "Apple": ("plain", "heart"),
    "Banana": ("spots", "disc"), "Old Oak": ("plain", "heart"),
    "Cherry Tree": ("spots", "star"),
}  # fmt: skip
BADGES = ("disc", "star", "heart", "square", "diamond", "triangle", "band")


def variety(kind: str, dice: random.Random, count: int, members: dict[str, str]) -> list[Look]:
    """Looks of one class of which no two share pattern and badge; the first are those of its members.

    ``members`` are names with their colours, in which their badges are not drawn.
    """
    pairs = [(pattern, badge) for pattern in (FURS if kind in ANIMALS else PATTERNS) for badge in BADGES]
    dice.shuffle(pairs)
    pairs = [pair for pair in pairs if pair not in [MARKS[name] for name in members if name in MARKS]]
    marks = [MARKS.get(name) or pairs.pop() for name in members]
    marks += [pairs.pop() for _ in range(count - len(members))]
    shapes = _people(kind, dice, members) if kind in PEOPLE else _others(kind, count, members)
    colours = [*members.values(), *[""] * (count - len(members))]
    looks = []
    for (pattern, badge), (shape, hat), colour in zip(marks, shapes, colours, strict=False):
        looks.append(Look(shape, pattern, badge, dice.choice([ink for ink in INKS if ink != colour.lower()]), hat))
    return looks


def _people(kind: str, dice: random.Random, members: dict[str, str]) -> list[tuple[str, str]]:
    """Return heads and hats, those of the members first, no two alike."""
    taken = [PORTRAITS[name] for name in members]
    heads = [(text.replace("{}", skin), hat) for text in HEADS[kind].split() for skin in SKINS for hat in HATS]
    worn = [(head, hat and f"{hat} {dice.choice(list(INKS))}") for head, hat in dice.sample(heads, len(heads))]
    return [*taken, *[look for look in worn if look not in taken]]


def _others(kind: str, count: int, members: dict[str, str]) -> list[tuple[str, str]]:
    """Return shapes, those of the members first, in turn."""
    bases = BASES[kind].split()
    shapes = [BODIES.get(name, bases[0]) for name in members]
    return [(shape, "") for shape in [*shapes, *(bases[i % len(bases)] for i in range(count - len(members)))]]
