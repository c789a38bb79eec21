"""Readers of pictures, boxes, traces, links and uploads."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

from bad_inputs import pictures

from .readers import Reader, at

LINKS = (b"a=1&b=a&b=b&c=4.5&d=&e=%00%3Cscript%3E", b"seed=1e999&x=-0&y=0.1&z=nan")
BOXES = (b"[[10, 20, 50, 60]]", b'[{"box": [0.1, 0.2, 0.5, 0.6], "name": "Rex"}]')
TABLES = (b"x,y,r,b\n1,2,30,40\n", b"1\t2\t3\t4\n")
UPLOADS = (b"a.ttl\n<urn:a> <urn:p> <urn:b> .", b"a.tsv\na\tp\tb\n", b'../x.jsonld\n{"@id": "urn:a", "urn:p": "b"}')


def picture(data: bytes) -> object:
    from tensorbrain.pictures.reading import picture_size, read_picture

    return picture_size(data), read_picture(data)


def boxes(path: Path) -> object:
    from tensorbrain.pictures.boxes import fit_boxes, read_boxes

    return fit_boxes(read_boxes(path), 256, 128)


def trace(path: Path) -> object:
    from tensorbrain.cli.rerun import _read, differences

    return list(differences(_read(path)[0], {"run": 1, "statements": [{"p": 0.5}]}))


def link(data: bytes) -> object:
    """The query of a link, checked by a rule of each kind."""
    from urllib.parse import parse_qs

    from address import Nearest, OneOf, Within, check

    rules = (
        OneOf(("a", "b")),
        OneOf(("a", "b"), many=True),
        Within(0, 99, whole=True),
        Within(-1.5, 2),
        Nearest((4, 8)),
    )
    for said in parse_qs(data.decode(errors="replace"), keep_blank_values=True).values():
        for rule in rules:
            good, sentence = check("key", said, rule, "a")
            assert sentence.isprintable() and len(sentence) < 300 and "<" not in sentence, sentence
            if isinstance(rule, Within):
                assert all(rule.low <= float(number) <= rule.high for number in good), good
    return None


def upload(data: bytes) -> object:
    """A file as it is brought to the app: its name, a line, its content."""
    from uploading import Brought, read

    name, _, content = data.partition(b"\n")
    return read([Brought(name.decode(errors="replace"), content[: 60 << 10])], "bin")


def seen() -> tuple[bytes, ...]:
    """A picture in every format."""
    from PIL import Image

    from tensorbrain.pictures.reading import FORMATS

    whole, files = Image.open(io.BytesIO(pictures.PAGE)).resize((48, 24)), []
    for form in FORMATS:
        for mode in ("RGB", "L"):
            whole.convert(mode).save(file := io.BytesIO(), form)
            files.append(file.getvalue())
    whole.convert("P").save(film := io.BytesIO(), "GIF", save_all=True, append_images=[whole.convert("P")])
    return (*files, film.getvalue())


def readers(good: Path) -> Iterator[tuple[str, Callable[[], Reader]]]:
    """All of these by name."""
    now = good / "now"
    printed = pictures.trace("recall", "town.brain", "--json", inputs={"town.brain": "0" * 64})
    yield "picture", lambda: Reader(picture, seen())
    yield "boxes", lambda: Reader(at(now / "boxes.json", boxes), BOXES)
    yield "table of boxes", lambda: Reader(at(now / "boxes.csv", boxes), TABLES)
    yield "trace", lambda: Reader(at(now / "a.trace", trace), (printed,))
    yield "link", lambda: Reader(link, LINKS)
    yield "upload", lambda: Reader(upload, UPLOADS)
