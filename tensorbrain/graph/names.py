"""IRIs and the short names that people read: local names, percent-encoding, well-known namespaces."""

import re
from urllib.parse import quote, unquote

PLAIN = "urn:tensorbrain:"
"""Namespace of names that came without an IRI, as in a table."""

BASE = "tensorbrain://base/"
"""Against this, relative IRIs are resolved: the same on every machine, so that content hashes are too."""

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SCHEMA = ("http://schema.org/", "https://schema.org/")

LONGEST_LABEL = 200

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?://|(?<=urn:))[^\s<>\"{}|\\^`\x00-\x20]+")


def iri_of_name(name: str) -> str:
    """The IRI of a plain name: itself where it is one (with ``//``, or a URN), else percent-encoded under
    PLAIN.

    >>> iri_of_name("Ada Lovelace"), iri_of_name("https://example.org/Ada")
    ('urn:tensorbrain:Ada%20Lovelace', 'https://example.org/Ada')
    """
    if _IRI.fullmatch(name) and not name.startswith(PLAIN):
        return name
    return PLAIN + quote(name, safe="")


def local_name(iri: str) -> str:
    """What follows the last ``#``, ``/`` or ``:`` of an IRI, percent-decoded; the IRI itself where nothing
    does.

    >>> local_name("https://example.org/town#Sparky"), local_name("urn:tensorbrain:New%20York")
    ('Sparky', 'New York')
    """
    if iri.startswith(PLAIN):
        return unquote(iri[len(PLAIN) :]) or iri
    short = iri.rstrip("#/:")
    for mark in "#/:":
        cut = short.rfind(mark)
        if cut > 0:
            tail = short[cut + 1 :]
            return unquote(tail) if "%" in tail else tail
    return iri


def short_label(text: str) -> str:
    """One line of at most LONGEST_LABEL characters: white space collapsed, the rest cut with an ellipsis.

    >>> short_label("a  dog\\n"), len(short_label("x" * 1000))
    ('a dog', 200)
    """
    if len(text) <= LONGEST_LABEL and text.isprintable() and "  " not in text:
        return text.strip()
    line = " ".join(text[: 4 * LONGEST_LABEL].split())
    return line if len(line) <= LONGEST_LABEL else line[: LONGEST_LABEL - 1] + "…"
