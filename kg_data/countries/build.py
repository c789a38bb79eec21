"""Write countries.ttl from the tables beside this script: `python kg_data/countries/build.py`.

The tables are the source; this script checks them, derives the IRIs, both directions of every border and the
continent of every country, and writes the same bytes on every run. It needs nothing but Python.
"""

import csv
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

HERE = Path(__file__).resolve().parent
NAMESPACE = "https://tensorbrain.org/kg/countries/"
HEADER = f"""\
# The countries of the world: facts on the 193 member states of the United Nations, as of 1 January 2026.
# Licence: CC0 1.0 (public domain dedication), https://creativecommons.org/publicdomain/zero/1.0/
# Written by build.py from the tables beside it; edit the tables, not this file. Choices: see README.md.

@prefix : <{NAMESPACE}> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .

rdf:type rdfs:label "is a"@en, "ist ein"@de .
rdfs:subClassOf rdfs:label "is a kind of"@en, "ist eine Art von"@de .
"""

Row = dict[str, str]
Facts = list[tuple[str, str]]  # (predicate, the objects in Turtle, comma-separated)


class TableError(ValueError):
    """A table says something that cannot be: the message names the table's entry."""


def read_table(name: str, folder: Path = HERE / "tables") -> list[Row]:
    """Return the rows of one tab-separated table as dictionaries by column name."""
    with open(folder / f"{name}.tsv", encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    for row in rows:
        if None in row or None in row.values() or any(cell != cell.strip() for cell in row.values()):
            raise TableError(f"{name}.tsv: the row {row} has a wrong number of cells or stray blanks")
    return rows


def local_name(label: str) -> str:
    """Return the ASCII name in the IRI: "São Tomé" gives Sao_Tome, "Singapore (city)" Singapore_City."""
    decomposed = unicodedata.normalize("NFKD", label.replace("ł", "l"))
    words = re.sub(r"[^A-Za-z0-9 ()-]", "", decomposed).replace(")", "")
    words = re.sub(r"\((\w)", lambda letter: letter[1].upper(), words)
    return words[0].upper() + words[1:].replace(" ", "_")


def listed(cell: str) -> list[str]:
    """Return the entries of a cell that holds a list: "Spanish; Guarani" gives two."""
    return cell.split("; ") if cell else []


def objects(labels: Iterable[str]) -> str:
    """Return labels as the objects of one Turtle predicate."""
    return ", ".join(f":{local_name(label)}" for label in labels)


def block(subject: str, kind: str, row: Row, facts: Facts) -> str:
    """Return all statements on one subject as a Turtle paragraph; facts without objects are left out."""
    lines = [f'rdfs:label "{row["english"]}"@en, "{row["german"]}"@de']
    lines += [f"{predicate} {values}" for predicate, values in facts if values]
    return f":{subject} a {kind} ;\n    " + " ;\n    ".join(lines) + " .\n"


def schema_blocks(schema: list[Row]) -> Iterator[str]:
    """Yield the declarations of classes and predicates."""
    for row in schema:
        first, second = (f":{row[column]}" if row[column] else "" for column in ("parent or domain", "range"))
        if row["kind"] == "class":
            yield block(row["name"], "owl:Class", row, [("rdfs:subClassOf", first)])
        else:
            facts = [("rdfs:domain", first), ("rdfs:range", second)]
            yield block(row["name"], "owl:ObjectProperty", row, facts)


def neighbours(countries: list[Row], borders: list[Row]) -> dict[str, list[str]]:
    """Return the neighbours of every country, in the order of the alphabet, from the undirected pairs."""
    known: dict[str, set[str]] = {row["english"]: set() for row in countries}
    for row in borders:
        one, other = row["one"], row["other"]
        if one not in known or other not in known or one == other or other in known[one]:
            raise TableError(f"borders.tsv: {one} - {other} names no country, or one twice, or is a repeat")
        known[one].add(other)
        known[other].add(one)
    return {country: sorted(others) for country, others in known.items()}


def country_blocks(countries: list[Row], borders: list[Row], regions: list[Row]) -> Iterator[str]:
    """Yield the facts of every country; its continent is the one that its subregion is part of."""
    continent = {row["english"]: row["part of"] for row in regions if row["class"] == "Subregion"}
    across = neighbours(countries, borders)
    for row in sorted(countries, key=lambda row: local_name(row["english"])):
        facts = [
            (":capital", objects([row["capital"]])),
            (":otherSeatOfGovernment", objects(listed(row["other seats"]))),
            (":continent", objects([continent[row["subregion"]]])),
            (":subregion", objects([row["subregion"]])),
            (":officialLanguage", objects(listed(row["languages"]))),
            (":currency", objects(listed(row["currencies"]))),
            (":borders", objects(across[row["english"]])),
        ]
        yield block(local_name(row["english"]), ":Country", row, facts)


def check_references(tables: dict[str, list[Row]]) -> None:
    """Raise TableError where a country names what no table lists, or a table lists what no country names."""
    columns = {"currencies": ["currencies"], "languages": ["languages"], "cities": ["capital", "other seats"]}
    for table, cells in columns.items():
        named = {name for row in tables["countries"] for cell in cells for name in listed(row[cell])}
        if odd := named ^ {row["english"] for row in tables[table]}:
            raise TableError(f"{table}.tsv and countries.tsv disagree on {sorted(odd)}")
    subregions = {row["english"] for row in tables["regions"] if row["class"] == "Subregion"}
    continents = {row["english"] for row in tables["regions"] if row["class"] == "Continent"}
    parents = {row["part of"] for row in tables["regions"] if row["class"] == "Subregion"}
    if {row["subregion"] for row in tables["countries"]} != subregions or parents != continents:
        raise TableError("regions.tsv: a subregion or continent is unknown or has no member")


def check_names(tables: dict[str, list[Row]]) -> None:
    """Raise TableError where two concepts share an IRI or, upper and lower case alike, a label."""
    classes = [row for row in tables["schema"] if row["kind"] == "class"]
    listings = ("countries", "cities", "regions", "languages", "currencies")
    individuals = list(chain.from_iterable(tables[name] for name in listings))
    names = [row["name"] for row in tables["schema"]] + [local_name(row["english"]) for row in individuals]
    english, german = ([row[column].casefold() for row in classes + individuals] for column in ("english", "german"))
    for column, entries in (("IRI", names), ("English label", english)):
        if twice := [entry for entry, times in Counter(entries).items() if times > 1]:
            raise TableError(f"these have the same {column}: {twice}")
    if not all(english) or not all(german):
        raise TableError("a label is empty")


def build() -> str:
    """Return the whole of countries.ttl; TableError where the tables contradict themselves.

    >>> build().count("a :Country ;")
    193
    """
    names = ("schema", "countries", "cities", "regions", "languages", "currencies", "borders")
    tables = {name: read_table(name) for name in names}
    check_references(tables)
    check_names(tables)
    kinds = {"cities": ":City", "languages": ":Language", "currencies": ":Currency"}
    individuals = (
        block(local_name(row["english"]), kind, row, [])
        for table, kind in kinds.items()
        for row in sorted(tables[table], key=lambda row: local_name(row["english"]))
    )
    regions = (
        block(local_name(row["english"]), f":{row['class']}", row, [(":partOf", objects(whole))])
        for row in tables["regions"]
        for whole in [listed(row["part of"])]
    )
    countries = country_blocks(tables["countries"], tables["borders"], tables["regions"])
    return "\n".join([HEADER, *schema_blocks(tables["schema"]), *regions, *countries, *individuals])


def main() -> int:
    """Write countries.ttl beside this script."""
    try:
        text = build()
    except TableError as error:
        print(f"countries: {error}", file=sys.stderr)
        return 2
    (HERE / "countries.ttl").write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
