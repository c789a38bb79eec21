"""RDF/XML before a parser sees it: made UTF-8, bounded in how far entities expand and how deep elements
nest.
"""

import codecs
import re

import numpy as np

from tensorbrain.errors import GraphError

LONGEST_ENTITY = 2_000
"""Entities of ontologies are namespaces; a longer one is refused."""

LARGEST_EXPANSION = 20 << 20
DEEPEST_ELEMENT = 2_000

_DOCTYPE = re.compile(rb"(<!DOCTYPE[^\[>]*)\[(.*?)\]\s*>", re.DOTALL)
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_ENTITY = re.compile(rb"<!ENTITY\s+([^\s%\"'>]+)\s+(?:\"([^\"]*)\"|'([^']*)')\s*>")
_REFERENCE = re.compile(rb"&([^#;\s&<>\"']{1,80});")


_NOT_MARKUP = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>", re.DOTALL)
_ROOT = re.compile(rb"<([A-Za-z_\x80-\xff][^\s<>/]*)")
_DECLARATION = re.compile(rb"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._:-]+)[\"'][^>]*\?>")


def as_utf8(name: str, data: bytes) -> bytes:
    """The XML ``data`` in UTF-8, from the encoding that its byte order mark or declaration states.

    Raises GraphError where the encoding is unknown or the bytes are not in it.

    >>> as_utf8("a.rdf", b'<?xml version="1.0" encoding="ISO-8859-1"?><r>\\xe9</r>').decode()
    '<r>é</r>'
    """
    declared = _DECLARATION.match(data[:1000])
    encoding = declared[1].decode() if declared else "utf-8"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    try:
        if codecs.lookup(encoding).name == "utf-8":
            return data
        text = data.decode(encoding).encode()
    except (LookupError, ValueError) as error:
        raise GraphError(f"{name} is not in its stated encoding {encoding} ({error}): save it as UTF-8") from error
    return re.sub(rb"^\s*<\?xml[^>]*\?>", b"", text)


def bounded(name: str, data: bytes) -> bytes:
    """The XML ``data`` of the file ``name`` with its document type reduced to the entities, in double quotes.

    Raises GraphError where it would expand or nest without reasonable bound.

    >>> bounded("a.rdf", b"<!DOCTYPE r [<!ENTITY x 'urn:x:'>]><r>&x;</r>").decode()
    '<!DOCTYPE r [<!ENTITY x "urn:x:">]><r>&x;</r>'
    """
    doctype = _DOCTYPE.search(data)
    if doctype:
        bodies: dict[bytes, bytes] = {}
        for found in _ENTITY.finditer(_COMMENT.sub(b"", doctype[2])):
            bodies.setdefault(found[1], found[2] or found[3] or b"")  # XML: the first definition counts
        lengths = _expanded_lengths(name, bodies)
        total = sum(lengths.get(found[1], 0) for found in _REFERENCE.finditer(data))
        if total > max(LARGEST_EXPANSION, 20 * len(data)):
            raise GraphError(f"{name} expands its XML entities to {total >> 20} MB: write it without entities")
        # Line feeds are kept, so that the parser's line numbers stay those of the file.
        plain = b"".join(
            b'<!ENTITY %s "%s">' % (entity, body.replace(b'"', b"&#34;").replace(b"\n", b" "))
            for entity, body in bodies.items()
        )
        feeds = b"\n" * doctype[0].count(b"\n")
        data = b"%s%s[%s]%s>%s" % (data[: doctype.start()], doctype[1], plain, feeds, data[doctype.end() :])
    marked = b"<!--" in data or b"<![CDATA[" in data
    text = _NOT_MARKUP.sub(b"", data) if marked else data
    depth = _deepest(text)
    if depth > DEEPEST_ELEMENT:
        raise GraphError(f"{name} nests XML elements {depth} deep: write its statements flat")
    _refuse_cut_off(name, text)
    return data


def _refuse_cut_off(name: str, text: bytes) -> None:
    """The parser takes a document that stops in the middle for a whole one: look for the end of its root."""
    root = _ROOT.search(text)
    if not root or (b"<" not in text[root.end() :] and text.rstrip().endswith(b"/>")):
        return  # no XML at all, which the parser says better, or a root without content
    if not re.search(rb"</%s\s*>$" % re.escape(root[1]), text[-1000:].rstrip()):
        raise GraphError(f"{name} ends before its </{root[1].decode(errors='replace')[:80]}>: fetch it again")


def _expanded_lengths(name: str, bodies: dict[bytes, bytes]) -> dict[bytes, int]:
    """How long each entity is once the entities inside it are expanded."""
    lengths: dict[bytes, int] = {}

    def length(entity: bytes, above: tuple[bytes, ...]) -> int:
        if entity in above or len(above) > 50:
            raise GraphError(f"{name} has an XML entity, {entity[:40]!r}, that holds itself: write it out")
        if entity not in lengths:
            body = bodies.get(entity, b"")
            inner = (length(found[1], (*above, entity)) for found in _REFERENCE.finditer(body))
            lengths[entity] = len(body) + sum(inner)
        return lengths[entity]

    for entity in bodies:
        if length(entity, ()) > LONGEST_ENTITY:
            raise GraphError(
                f"{name} has an XML entity that expands to {lengths[entity]} characters, "
                "like an entity bomb: write it out if you trust it"
            )
    return lengths


def _deepest(data: bytes) -> int:
    """How deep elements nest, counted from the angle brackets alone."""
    text = np.frombuffer(data, np.uint8)
    if len(text) < 2:
        return 0
    begins = np.flatnonzero(text[:-1] == ord("<"))
    after = text[begins + 1]
    steps = np.where(after == ord("/"), -1, 1)
    steps[(after == ord("!")) | (after == ord("?"))] = 0
    ends = np.flatnonzero((text[:-1] == ord("/")) & (text[1:] == ord(">")))
    where = np.concatenate([begins, ends])
    both = np.concatenate([steps, np.full(len(ends), -1)])
    heights = np.cumsum(both[np.argsort(where, kind="stable")])
    return int(heights.max(initial=0))
