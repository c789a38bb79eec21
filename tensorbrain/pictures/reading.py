"""From a file, bytes, an image or an array to pixels: one sentence says what cannot be read, and why."""

import contextlib
import io
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from tensorbrain.errors import PictureError
from tensorbrain.pictures.files import opened, shown
from tensorbrain.typing import UInt8

Picture = str | Path | bytes | Image.Image | np.ndarray
"""What is taken for a picture: a path, the bytes of a file, an image of Pillow, or an array."""

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
"""The formats that are read. Pillow knows some forty more, seldom used and seldom tested."""
_BEGINNINGS = (b"\x89PNG", b"\xff\xd8\xff", b"RIFF", b"GIF8", b"BM")

MOST_PIXELS = 40_000_000
"""A larger picture is refused before it is decoded: few cameras make one, and decoding takes 16 bytes a pixel."""

MOST_BYTES = 100_000_000
"""A larger file is refused: pictures of 40 megapixels are smaller, unless they are noise."""

LARGEST_SIDE = 1024
"""A larger picture is scaled down while it is read: a region of it then still has more pixels than a brain senses."""

SMALLEST_SIDE = 8
"""A picture with a shorter side is refused, as nothing is to be seen in it."""

_ORIENTATION = 0x0112  # the EXIF tag; what brings a picture with each value upright
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def read_picture(source: Picture) -> UInt8[np.ndarray, "height width 3"]:
    """The pixels of a picture, upright, as RGB; of several frames the first.

    ``source`` is the path or the bytes of a PNG, JPEG, WebP, GIF or BMP file, an image of Pillow, or an array:
    (height, width), (height, width, 3) or (height, width, 4), uint8 or floats from 0 to 1. What is transparent
    shows white, the EXIF orientation is applied, and no side is left longer than ``LARGEST_SIDE`` (``picture_size``
    has the size before that). Raises PictureError for whatever else, and for a picture that is damaged, too large or
    too small.

    >>> read_picture(np.full((20, 30), 0.5)).shape
    (20, 30, 3)
    >>> read_picture("no/such/dog.png")
    Traceback (most recent call last):
    tensorbrain.errors.PictureError: no/such/dog.png does not exist: check the path
    """
    with _image(source) as (image, name), _decoding(name):
        orientation = _orientation(image)
        scale = min(1.0, LARGEST_SIDE / max(image.size))
        width, height = (max(round(side * scale), min(side, SMALLEST_SIDE)) for side in image.size)
        if scale < 1 and isinstance(source, str | Path | bytes):
            image.draft("RGB", (width, height))  # a JPEG is then decoded at an eighth, a quarter or a half
        image = _eight_bits(image)
        if (width, height) != image.size:
            image = image.resize((width, height), Image.Resampling.BILINEAR, reducing_gap=2.0)
        if "A" in image.mode:
            white = Image.new("RGBA", image.size, "white")
            image = Image.alpha_composite(white, image)
        image = image.convert("RGB")
        return np.array(image.transpose(_UPRIGHT[orientation]) if orientation in _UPRIGHT else image)


def picture_size(source: Picture) -> tuple[int, int]:
    """Width and height of a picture in pixels of its own, upright and before any scaling; errors as read_picture.

    >>> picture_size(np.zeros((2000, 3000), np.uint8))
    (3000, 2000)
    """
    with _image(source) as (image, name), _decoding(name):
        width, height = image.size
        return (height, width) if _orientation(image) >= 5 else (width, height)


@contextmanager
def _image(source: object) -> Generator[tuple[Image.Image, str], None, None]:
    """An image of Pillow of a size that can be used, not yet decoded, and its name for errors."""
    with contextlib.ExitStack() as open_things:
        if isinstance(source, Image.Image):
            image, name = source, "the image"
        elif isinstance(source, np.ndarray):
            image, name = _of_array(source), "the array"
        elif isinstance(source, bytes):
            name = "the picture in memory"
            if not 0 < len(source) <= MOST_BYTES:
                raise PictureError(f"{name} has {len(source):,} bytes: give all of a file, {MOST_BYTES:,} at most")
            image = open_things.enter_context(_of_file(io.BytesIO(source), name))
        elif isinstance(source, str | Path):
            name = shown(source)
            file = open_things.enter_context(opened(source, MOST_BYTES))
            image = open_things.enter_context(_of_file(file, name))
        else:
            kind = type(source).__name__
            raise PictureError(f"a {kind} is no picture: give a path, the bytes of a file, an image or an array")
        _check_size(*image.size, name)
        yield image, name


def _of_file(file: io.BytesIO | io.BufferedReader, name: str) -> Image.Image:
    """What is in a file by its header alone, whatever its name says."""
    beginning = file.read(512)
    file.seek(0)
    try:
        with _decoding(name):
            return Image.open(file, formats=FORMATS)
    except UnidentifiedImageError as error:
        if beginning.startswith(_BEGINNINGS):
            raise _damaged(name, "its header is not readable") from error
        reason = "is an SVG drawing" if b"<svg" in beginning else "holds no PNG, JPEG, WebP, GIF or BMP picture"
        raise PictureError(f"{name} {reason}: save it as PNG, and give that") from error


def _of_array(array: np.ndarray) -> Image.Image:
    """An array as an image; floats from 0 to 1 become whole numbers from 0 to 255."""
    if array.ndim not in (2, 3) or array.shape[2:] not in ((), (3,), (4,)):
        raise PictureError(
            f"an array of shape {array.shape} is no picture: give (height, width), (height, width, 3) or "
            "(height, width, 4)"
        )
    height, width = array.shape[:2]
    _check_size(width, height, "the array")
    if array.dtype.kind == "f":
        if not (array.min() >= 0 and array.max() <= 1):  # not a number is neither
            between = f"{array.min():.3g} to {array.max():.3g}"
            raise PictureError(f"the array has values from {between}: scale them so that they lie from 0 to 1")
        array = np.rint(array.astype(np.float32) * 255).astype(np.uint8)
    if array.dtype != np.uint8:
        raise PictureError(f"an array of {array.dtype} is no picture: give uint8, or floats from 0 to 1")
    return Image.fromarray(np.ascontiguousarray(array))


def _eight_bits(image: Image.Image) -> Image.Image:
    """An image in RGB, or in RGBA where part of it is transparent."""
    if image.mode.startswith("I"):  # grey in sixteen bits, which Pillow would cut off rather than scale
        image = Image.fromarray((np.clip(np.asarray(image), 0, 65535) / 257).round().astype(np.uint8))
    elif image.mode == "F":
        image = _of_array(np.asarray(image))
    mode = "RGBA" if image.has_transparency_data else "RGB"
    return image if image.mode == mode else image.convert(mode)


def _orientation(image: Image.Image) -> int:
    """How the camera was held, by EXIF; 1, upright, where nothing readable says so."""
    try:
        return image.getexif().get(_ORIENTATION, 1)
    except Exception:  # damage there does not matter to the pixels
        return 1


def _check_size(width: int, height: int, name: str) -> None:
    if width * height > MOST_PIXELS:
        raise _too_large(name)
    if min(width, height) < SMALLEST_SIDE:
        raise PictureError(
            f"{name} has {width} x {height} pixels, too few to see anything: give one of at least {SMALLEST_SIDE} "
            f"x {SMALLEST_SIDE}"
        )


@contextmanager
def _decoding(name: str) -> Generator[None, None, None]:
    """Whatever a crafted or cut-off file makes fail in a decoder becomes one sentence."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # such as on a broken EXIF block, which does not matter here
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield
    except (PictureError, UnidentifiedImageError, MemoryError):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large(name) from error
    except Exception as error:
        raise _damaged(name, str(error)) from error


def _too_large(name: str) -> PictureError:
    return PictureError(f"{name} has more than {MOST_PIXELS // 1_000_000} megapixels: scale it down first")


def _damaged(name: str, reason: str) -> PictureError:
    reason = " ".join(reason.split())[:200]
    return PictureError(f"{name} is damaged or cut off ({reason}): fetch it or save it again")
