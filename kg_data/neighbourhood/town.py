"""Everyone and everything in the town, as plain tables.

Every name is an English label. The tables hold the state on the first morning; `CHANGES` in `state.py` says
what is different later.
"""

# Name, class, home, colour worn, age, works at, likes, friend.
PEOPLE = [
    ("Anna", "woman", "Mill House", "Red", "Adult", "Bakery", "Tom", "Fatima"),
    ("Peter", "man", "Mill House", "Green", "Adult", "Hill School", "Beetle", "Kenji"),
    ("Mary", "girl", "Mill House", "Yellow", "Young", None, "Sparky", "Leila"),
    ("Ben", "boy", "Mill House", "Blue", "Young", None, "Football", "Sami"),
    ("Jack", "man", "Bridge House", "Blue", "Adult", "Market Square", "Town Bus", "Elena"),
    ("Fatima", "woman", "Station House", "Orange", "Adult", "Book Shop", "Story Book", "Anna"),
    ("Omar", "man", "Station House", "Brown", "Adult", "Bike Shop", "Swift", "Chidi"),
    ("Leila", "girl", "Station House", "Red", "Young", None, "Hopper", "Mary"),
    ("Sami", "boy", "Station House", "White", "Young", None, "Comet", "Ben"),
    ("Elena", "woman", "Station House", "Black", "Adult", "Book Shop", "Cake", "Jack"),
    ("Grace", "woman", "Hill Farm", "Yellow", "Adult", "Hill Farm", "Bella", "Rosa"),
    ("Chidi", "man", "Hill Farm", "Orange", "Adult", "Hill Farm", "Rex", "Omar"),
    ("Ada", "girl", "Hill Farm", "Green", "Young", None, "Clover", "Hana"),
    ("Obi", "boy", "Hill Farm", "Red", "Young", None, "Dragon Kite", "Otto"),
    ("Yuki", "woman", "Lake House", "Blue", "Adult", "Hill School", "Daisy", "Paul"),
    ("Kenji", "man", "Lake House", "White", "Adult", "Bakery", "Bread", "Peter"),
    ("Hana", "girl", "Lake House", "Orange", "Young", None, "Luna", "Ada"),
    ("Rosa", "woman", "Rose Cottage", "Green", "Old", None, "Mitzi", "Grace"),
    ("Otto", "man", "Rose Cottage", "Grey", "Old", None, "Quack", "Obi"),
    ("Paul", "man", "Rose Cottage", "Black", "Adult", "Old Church", "Song Book", "Yuki"),
]

# Name, class, home, owner, colour, size, age, danger, likes, friend.
ANIMALS = [
    ("Sparky", "dog", "Bridge House", "Jack", "Black", "Medium", "Young", "Harmless", "Bone", "Luna"),
    ("Rex", "dog", "Hill Farm", "Chidi", "Brown", "Large", "Adult", "Dangerous", "Chidi", "Bella"),
    ("Luna", "dog", "Lake House", "Hana", "White", "Small", "Young", "Harmless", "Beach Ball", "Sparky"),
    ("Tom", "cat", "Mill House", "Anna", "Orange", "Medium", "Adult", "Harmless", "Sardine", "Mitzi"),
    ("Mitzi", "cat", "Rose Cottage", "Rosa", "Grey", "Small", "Old", "Harmless", "Rosa", "Tom"),
    ("Hopper", "rabbit", "Station House", "Leila", "White", "Small", "Young", "Harmless", "Carrot", "Clover"),
    ("Clover", "rabbit", "Hill Farm", "Ada", "Brown", "Small", "Adult", "Harmless", "Ada", "Hopper"),
    ("Bella", "horse", "Hill Farm", "Grace", "Brown", "Large", "Adult", "Harmless", "Apple", "Rex"),
    ("Berta", "hen", "Hill Farm", "Obi", "Red", "Small", "Adult", "Harmless", "Corn", "Quack"),
    ("Quack", "duck", "Pond Park", None, "Green", "Small", "Adult", "Harmless", "Bread", "Berta"),
]

# Name, German label, class, owner, colour, size.
OBJECTS = [
    ("Comet", "Komet", "bicycle", "Sami", "Red", "Medium"),
    ("Swift", "Swift", "bicycle", "Omar", "Blue", "Large"),
    ("Daisy", "Daisy", "bicycle", "Yuki", "Yellow", "Medium"),
    ("Beetle", "Käfer", "car", "Peter", "Green", "Large"),
    ("Pebble", "Kiesel", "car", "Fatima", "Grey", "Medium"),
    ("Town Bus", "Stadtbus", "bus", None, "Red", "Large"),
    ("Football", "Fußball", "ball", "Ben", "White", "Small"),
    ("Beach Ball", "Wasserball", "ball", "Hana", "Orange", "Medium"),
    ("Dragon Kite", "Flugdrache", "kite", "Obi", "Green", "Medium"),
    ("Star Kite", "Sternendrachen", "kite", "Mary", "Yellow", "Large"),
    ("Rag Doll", "Stoffpuppe", "soft toy", "Ada", "Blue", "Small"),
    ("Teddy", "Teddy", "soft toy", "Hana", "Brown", "Small"),
    ("Kitchen Table", "Küchentisch", "table", "Anna", "Brown", "Large"),
    ("Garden Table", "Gartentisch", "table", "Rosa", "White", "Medium"),
    ("Market Table", "Marktstand", "table", "Grace", "Green", "Large"),
    ("Park Bench", "Parkbank", "bench", None, "Brown", "Large"),
    ("Big Umbrella", "Großer Schirm", "umbrella", "Otto", "Black", "Large"),
    ("Spotted Umbrella", "Getupfter Schirm", "umbrella", "Yuki", "Red", "Medium"),
    ("Picnic Basket", "Picknickkorb", "basket", "Elena", "Brown", "Medium"),
    ("Egg Basket", "Eierkorb", "basket", "Grace", "Yellow", "Small"),
    ("Story Book", "Märchenbuch", "book", "Fatima", "Blue", "Medium"),
    ("Song Book", "Liederbuch", "book", "Paul", "Red", "Small"),
    ("Apple", "Apfel", "fruit", None, "Red", "Small"),
    ("Banana", "Banane", "fruit", None, "Yellow", "Small"),
    ("Carrot", "Möhre", "vegetable", None, "Orange", "Small"),
    ("Corn", "Mais", "vegetable", None, "Yellow", "Small"),
    ("Bread", "Brot", "baked good", None, "Brown", "Medium"),
    ("Cake", "Kuchen", "baked good", None, "White", "Medium"),
    ("Bone", "Knochen", "pet food", None, "White", "Small"),
    ("Sardine", "Sardine", "pet food", None, "Grey", "Small"),
]

# Name, German label, class, colour, size, age.
TREES = [
    ("Old Oak", "Alte Eiche", "tree", "Green", "Large", "Old"),
    ("Cherry Tree", "Kirschbaum", "tree", "White", "Medium", "Young"),
]

# Name, German label, class.
PLACES = [
    ("Mill House", "Mühlenhaus", "house"),
    ("Bridge House", "Brückenhaus", "house"),
    ("Station House", "Bahnhofshaus", "house"),
    ("Garden House", "Gartenhaus", "house"),
    ("Lake House", "Seehaus", "house"),
    ("Rose Cottage", "Rosenhäuschen", "house"),
    ("Hill Farm", "Hügelhof", "farm"),
    ("Hill School", "Hügelschule", "school"),
    ("Bakery", "Bäckerei", "shop"),
    ("Bike Shop", "Fahrradladen", "shop"),
    ("Book Shop", "Buchladen", "shop"),
    ("Old Church", "Alte Kirche", "church"),
    ("Town Park", "Stadtpark", "park"),
    ("Pond Park", "Teichpark", "park"),
    ("Sports Field", "Sportplatz", "field"),
    ("Long Meadow", "Lange Wiese", "field"),
    ("Market Square", "Marktplatz", "square"),
]

# Things that never move.
FIXED = {
    "Kitchen Table": "Mill House",
    "Garden Table": "Rose Cottage",
    "Market Table": "Market Square",
    "Park Bench": "Pond Park",
    "Cherry Tree": "Town Park",
    "Old Oak": "Long Meadow",
}

PARENTS = {
    ("Rosa", "Otto"): ("Anna", "Paul"),
    ("Anna", "Peter"): ("Mary", "Ben"),
    ("Fatima", "Omar"): ("Leila", "Sami"),
    ("Grace", "Chidi"): ("Ada", "Obi"),
    ("Yuki", "Kenji"): ("Hana",),
}
SIBLINGS = [("Mary", "Ben"), ("Leila", "Sami"), ("Ada", "Obi"), ("Anna", "Paul"), ("Jack", "Peter")]

# The families, as the episode labels name them; the members share a home.
HOUSEHOLDS = {
    "the Millers": ("Anna", "Peter", "Mary", "Ben"),
    "the Haddads": ("Fatima", "Omar", "Leila", "Sami"),
    "the Okafors": ("Grace", "Chidi", "Ada", "Obi"),
    "the Tanakas": ("Yuki", "Kenji", "Hana"),
    "the Webers": ("Rosa", "Otto", "Paul"),
    "Jack's": ("Jack",),
    "Elena's": ("Elena",),
}
