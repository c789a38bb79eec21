"""Pictures and boxes that are wrong, and what `tensorbrain rerun` is given."""

import io
import json
import zlib

from PIL import Image

from .case import File
from .graphs import NOISE, zipped


def encoded(width: int, height: int, form: str = "PNG") -> bytes:
    """A picture of one colour."""
    Image.new("RGB", (width, height), "white").save(file := io.BytesIO(), form)
    return file.getvalue()


def says_to_be(side: int) -> bytes:
    """A small PNG whose header says that it is large."""
    whole = bytearray(encoded(64, 64))
    whole[16:24] = side.to_bytes(4, "big") * 2
    whole[29:33] = zlib.crc32(whole[12:29]).to_bytes(4, "big")
    return bytes(whole)


def page() -> bytes:
    """A picture with two things in it."""
    image = Image.new("RGB", (256, 128), (230, 230, 230))
    image.paste((200, 30, 30), (20, 40, 60, 80))
    image.paste((20, 60, 160), (150, 50, 220, 110))
    image.save(file := io.BytesIO(), "PNG")
    return file.getvalue()


PAGE = page()
PICTURES = (
    File("an empty file", "empty.png", b"", "empty"),
    File("prose", "prose.png", b"Once upon a time", "no PNG"),
    File("a zip archive", "zip.png", zipped(), "no PNG"),
    File("random bytes", "noise.png", NOISE, "no PNG"),
    File("a drawing, not a picture", "drawing.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
    File("a picture that was cut off", "cut.png", PAGE[: len(PAGE) // 2], "damaged or cut off"),
    File("a picture bomb", "bomb.png", says_to_be(60_000), "megapixels"),
    File("a picture with nothing to see", "dot.png", encoded(1, 1), "too few"),
)
BOXES = (
    File("an empty file", "empty.json", b"", "empty"),
    File("prose", "prose.json", b"Once upon a time", "is not JSON"),
    File("random bytes", "noise.boxes", NOISE, "not UTF-8"),
    File("JSON nested too deep", "deep.json", b"[" * 100_000, "deep.json"),
    File("JSON with a number too long to read", "digits.json", b"[[" + b"9" * 10_000 + b",1,2,3]]", "digits.json"),
    File("boxes that are words", "words.json", b'[["a", "b", "c", "d"]]', "is not four numbers"),
    File("boxes of three numbers", "three.csv", b"1,2,3\n", "is not four numbers"),
    File("no boxes at all", "none-in.json", b"[]", "holds no boxes"),
    File("boxes that are no list", "table.json", b'{"box": [1, 2, 3, 4]}', "no list"),
    File("boxes outside the picture", "outside.json", b"[[1000, 1000, 2000, 2000]]", "outside the picture"),
    File("boxes that are not finite", "nan.json", b"[[NaN, 0, 10, Infinity]]", "not finite"),
    File("boxes the wrong way round", "wrong.json", b"[[50, 50, 10, 10]]", "right before its left"),
    File("a million boxes", "million.csv", b"1,2,30,40\n" * 1_000_000, "make it smaller"),
)


def trace(*arguments: str, inputs: object = None) -> bytes:
    """What a command printed, as far as `rerun` reads it."""
    return json.dumps({"run": {"arguments": arguments, "inputs": {} if inputs is None else inputs}}).encode()


EVIL = "\x1b]0;owned\x07\x1b[31m\u202e"
TRACES = (
    File("an empty file", "empty.trace", b"", "no JSON"),
    File("prose", "prose.trace", b"Once upon a time", "no JSON"),
    File("random bytes", "noise.trace", NOISE, "no JSON"),
    File("JSON nested too deep", "deep.trace", b"[" * 100_000, "no JSON"),
    File("JSON with a number too long to read", "digits.trace", b"9" * 10_000, "no JSON"),
    File("other JSON", "other.trace", b'{"colour": "red"}', "by which arguments"),
    File("a trace without what was read", "inputs.trace", trace("info", "x", "--json", inputs=[1]), "what was read"),
    File("a trace of a command that writes", "train.trace", trace("train", "town.trig", "--json"), "only what reads"),
    File("a trace of a command that writes", "store.trace",
         trace("perceive", "town.brain", "page.png", "--store=x", "--json"), "only what reads"),
    File("a trace of a trace", "again.trace", trace("rerun", "again.trace", "--json"), "only what reads"),
    File("a trace that asks the network", "network.trace", trace("info", "sparql:http://127.0.0.1:1/query", "--json"),
         "network"),
    File("a trace of what is gone", "gone.trace", trace("recall", "none.brain", "--json"), "there is no brain"),
    File("a trace with an unknown option", "option.trace", trace("recall", "town.brain", "--json", "--bogus"), "bogus"),
    File("a trace with escapes of a terminal", "escapes.trace",
         trace("recall", "town.brain", "--json", f"--{EVIL}"), "--help"),
    File("a trace with a path that is none", "nul.trace", trace("recall", "a\0b", "--json"), "a b"),
)  # fmt: skip
