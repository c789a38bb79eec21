"""Pictures of every kind come out as the same pixels, and whatever cannot be read ends in one sentence."""

import io
import os
import socket
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tensorbrain.errors import PictureError
from tensorbrain.pictures import reading
from tensorbrain.pictures.reading import FORMATS, LARGEST_SIDE, SMALLEST_SIDE, picture_size, read_picture

LOSSLESS = ("PNG", "BMP")


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object, **__: object):
        raise AssertionError("the network was asked for")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture(scope="module")
def pixels() -> np.ndarray:
    """A picture that tells left from right and top from bottom: red, green, blue and grey quarters."""
    picture = np.zeros((40, 60, 3), np.uint8)
    picture[:20, :30], picture[:20, 30:] = (255, 0, 0), (0, 255, 0)
    picture[20:, :30], picture[20:, 30:] = (0, 0, 255), (90, 90, 90)
    return picture


def encoded(image: Image.Image | np.ndarray, form: str = "PNG", **options: object) -> bytes:
    image = image if isinstance(image, Image.Image) else Image.fromarray(image)
    image.save(file := io.BytesIO(), form, **options)
    return file.getvalue()


def refusal(source: object) -> str:
    """The sentence with which a picture is refused, soon and by both functions."""
    said = []
    for function in (read_picture, picture_size):
        start = time.perf_counter()
        with pytest.raises(PictureError) as failure:
            function(source)  # pyright: ignore
        assert time.perf_counter() - start < 5
        said.append(str(failure.value))
    assert said[0] == said[1]
    assert "\n" not in said[0] and len(said[0]) < 500 and ": " in said[0]
    return said[0]


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_gives_the_same_picture(form: str, pixels: np.ndarray, tmp_path: Path):
    file = tmp_path / "picture"  # the contents say what it is, not the name
    file.write_bytes(encoded(pixels, form))
    for source in (file, str(file), file.read_bytes(), Image.open(file)):
        read = read_picture(source)
        assert (read.shape, read.dtype) == (pixels.shape, np.uint8)
        close = np.abs(read.astype(int) - pixels).mean()
        assert close == 0 if form in LOSSLESS else close < 8
        assert picture_size(source) == (60, 40)


def test_arrays(pixels: np.ndarray):
    grey = pixels[..., 0]
    for dtype in (np.float16, np.float32, np.float64):
        assert (read_picture((pixels / 255).astype(dtype)) == pixels).all()
    assert (read_picture(grey) == grey[..., None]).all()
    assert (read_picture(np.asfortranarray(pixels[::-1])) == pixels[::-1]).all()
    assert (read_picture(np.dstack([pixels, np.full_like(grey, 255)])) == pixels).all()
    read_picture(pixels)[:] = 0  # the result is the caller's own
    assert pixels.any()


def test_what_is_transparent_shows_white(pixels: np.ndarray):
    alpha = np.zeros((40, 60), np.uint8)
    alpha[:20], alpha[20:, :30] = 255, 102
    see_through = Image.fromarray(np.dstack([pixels, alpha]))
    expected = pixels.astype(float)
    expected[20:] = 255
    expected[20:, :30] = (153, 153, 255)
    for source in (see_through, np.asarray(see_through), encoded(see_through)):
        assert np.abs(read_picture(source) - expected).max() <= 1
    palette = Image.fromarray(pixels).convert("P", palette=Image.Palette.ADAPTIVE, colors=8)
    clear = palette.getpixel((0, 0))
    for form in ("PNG", "GIF"):
        read = read_picture(encoded(palette, form, transparency=clear))
        assert (read[:20, :30] == 255).all()
        assert np.abs(read[:20, 30:].astype(int) - pixels[:20, 30:]).max() < 10


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGBX", "CMYK", "YCbCr", "HSV", "LAB", "I", "F", "I;16"])
def test_every_mode_of_pillow_can_be_seen(mode: str):
    read = read_picture(Image.new(mode, (20, 10)))
    assert read.shape == (10, 20, 3)


def test_grey_in_sixteen_bits_is_scaled_not_cut_off():
    ramp = np.linspace(0, 65535, 64).astype(np.uint16)
    read = read_picture(encoded(Image.fromarray(np.tile(ramp, (16, 1)))))
    assert np.abs(read[0, :, 0] - ramp / 257).max() <= 1


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_the_camera_may_have_been_held_in_any_way(orientation: int, form: str, pixels: np.ndarray):
    upright = Image.fromarray(pixels)
    undo = {6: 8, 8: 6}.get(orientation, orientation)
    stored = upright.transpose(reading._UPRIGHT[undo]) if undo > 1 else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = encoded(stored, form, exif=exif)
    assert np.abs(read_picture(picture).astype(int) - pixels).mean() < 8
    assert picture_size(picture) == (60, 40)


@pytest.mark.filterwarnings("error")
def test_an_orientation_that_is_nonsense_is_passed_over(pixels: np.ndarray):
    exif = Image.Exif()
    exif[0x0112] = 77
    for block in (exif, b"Exif\0\0MM\0*broken"):
        assert read_picture(encoded(pixels, exif=block)).shape == pixels.shape


def test_of_several_frames_the_first_is_read(pixels: np.ndarray):
    frames = [Image.fromarray(pixels), Image.fromarray(255 - pixels)]
    for form in ("GIF", "WEBP", "PNG"):
        film = encoded(frames[0], form, save_all=True, append_images=frames[1:])
        assert np.abs(read_picture(film).astype(int) - pixels).mean() < 10


@pytest.mark.parametrize("form", FORMATS)
def test_large_pictures_are_scaled_down(form: str):
    large = np.zeros((600, 3000, 3), np.uint8)
    large[:, 1500:] = 255
    read = read_picture(encoded(large, form))
    assert read.shape == (round(600 * LARGEST_SIDE / 3000), LARGEST_SIDE, 3)
    assert read[:, : LARGEST_SIDE // 2 - 8].max() < 8 and read[:, LARGEST_SIDE // 2 + 8 :].min() > 247
    assert picture_size(encoded(large, form)) == (3000, 600)
    assert read_picture(large).shape == read.shape


def test_a_thin_picture_keeps_its_short_side():
    assert read_picture(np.zeros((9000, SMALLEST_SIDE, 3), np.uint8)).shape == (LARGEST_SIDE, SMALLEST_SIDE, 3)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"Once upon a time", "no PNG, JPEG, WebP, GIF or BMP"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', "SVG"),
        (b'<?xml version="1.0"?>\n<!-- drawn --><svg><image href="http://example.org/"/></svg>', "SVG"),
        (b"\x89PNG\r\n\x1a\n", "damaged"),
        (b"\xff\xd8\xff\xe0", "damaged"),
        (b"GIF89a", "damaged"),
        (b"BM", "damaged"),
        (b"%PDF-1.7", "no PNG"),
        (b"II*\0\x08\0\0\0\0\0", "no PNG"),
    ],
)
def test_other_files_are_refused(content: bytes, words: str, tmp_path: Path):
    file = tmp_path / "dog.png"
    file.write_bytes(content)
    assert words in (said := refusal(file))
    assert str(file) in said
    assert refusal(content).startswith("the picture in memory")


@pytest.mark.parametrize("form", FORMATS)
def test_a_picture_cut_off_is_refused(form: str, tmp_path: Path):
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)
    whole = encoded(noise, form)
    for length in (3, 20, 40, len(whole) // 4, len(whole) // 2, len(whole) * 3 // 4):
        (tmp_path / "cut").write_bytes(whole[:length])
        with pytest.raises(PictureError, match=r"cut is damaged or cut off|holds no PNG"):
            read_picture(tmp_path / "cut")


def test_what_is_no_file_is_refused(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "loop.png").symlink_to(tmp_path / "loop.png")
    assert "is a folder" in refusal(tmp_path)
    assert "not a regular file" in refusal(tmp_path / "pipe.png")
    assert "not a regular file" in refusal("/dev/zero")
    assert "does not exist" in refusal(tmp_path / "none.png")
    assert "cannot be opened" in refusal(tmp_path / "loop.png")
    assert "cannot be opened" in refusal("a\0b.png")
    assert "cannot be opened" in refusal("x" * 100_000)
    assert "does not exist" in refusal("a\nb\x1b[31m.png")
    assert "nothing is fetched" in refusal("https://example.org/dog.png")
    assert "nothing is fetched" in refusal("file:///etc/passwd")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_of_somebody_else_is_refused(tmp_path: Path, pixels: np.ndarray):
    file = tmp_path / "dog.png"
    file.write_bytes(encoded(pixels))
    file.chmod(0)
    assert "Permission denied" in refusal(file)


@pytest.mark.parametrize("source", [None, 3, ["dog.png"], io.BytesIO(b"x")])
def test_other_things_are_refused(source: object):
    with pytest.raises(PictureError, match="is no picture: give a path"), reading._image(source):
        pass


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.zeros((3, 20, 30), np.uint8), "shape (3, 20, 30)"),
        (np.zeros((20, 30, 2), np.uint8), "shape (20, 30, 2)"),
        (np.zeros(20, np.uint8), "shape (20,)"),
        (np.zeros((2, 20, 30, 3), np.uint8), "shape (2, 20, 30, 3)"),
        (np.zeros((20, 30, 3), np.int64), "int64"),
        (np.zeros((20, 30), bool), "bool"),
        (np.full((20, 30, 3), 255.0), "from 255 to 255"),
        (np.full((20, 30, 3), -0.1), "from -0.1 to -0.1"),
        (np.full((20, 30, 3), np.nan), "nan"),
        (np.zeros((0, 0, 3), np.uint8), "0 x 0 pixels"),
        (np.zeros((0, 30), np.float32), "30 x 0 pixels"),
        (np.zeros((1, 1, 3), np.uint8), "1 x 1 pixels"),
    ],
)
def test_arrays_that_are_no_pictures_are_refused(array: np.ndarray, words: str):
    assert words in refusal(array)


@pytest.mark.parametrize("form", FORMATS)
def test_too_small_a_picture_is_refused(form: str):
    assert "too few to see anything" in refusal(encoded(Image.new("RGB", (1, 1)), form))
    assert read_picture(encoded(Image.new("RGB", (SMALLEST_SIDE, SMALLEST_SIDE)), form)).shape[0] == SMALLEST_SIDE


# Bombs ----------------------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("size", [(20_000, 20_000), (10_000, 10_000), (8_000, 5_001)])
def test_a_bomb_is_refused_by_its_header(size: tuple[int, int], tmp_path: Path):
    bomb = bytearray(encoded(Image.new("1", (SMALLEST_SIDE, SMALLEST_SIDE)), "BMP"))
    bomb[18:26] = b"".join(side.to_bytes(4, "little") for side in size)
    (tmp_path / "bomb.bmp").write_bytes(bomb)
    assert "bomb.bmp has more than 40 megapixels" in refusal(tmp_path / "bomb.bmp")


def test_a_large_array_or_image_is_refused_too():
    broad = np.broadcast_to(np.zeros((1, 1), np.float64), (9000, 9000))
    assert "more than 40 megapixels" in refusal(broad)
    assert "more than 40 megapixels" in refusal(Image.new("1", (9000, 9000)))


def test_a_large_file_is_refused(tmp_path: Path):
    with (tmp_path / "dog.png").open("wb") as file:
        file.truncate(reading.MOST_BYTES + 1)
    assert "is a file of 100 MB" in refusal(tmp_path / "dog.png")


def test_a_text_bomb_is_refused():
    from PIL.PngImagePlugin import PngInfo

    words = PngInfo()
    words.add_text("poem", "la " * 40_000_000, zip=True)
    with pytest.raises(PictureError, match="damaged"):
        read_picture(encoded(Image.new("L", (20, 20)), pnginfo=words))


@settings(max_examples=200, deadline=None)
@given(form=st.sampled_from(FORMATS), places=st.lists(st.tuples(st.integers(0, 999), st.integers(0, 255)), min_size=1))
def test_whatever_is_damaged_there_is_a_picture_or_a_sentence(form: str, places: list[tuple[int, int]]):
    noise = np.random.default_rng(1).integers(0, 255, (16, 16, 3), np.uint8)
    content = bytearray(encoded(noise, form))
    for place, value in places:
        content[place % len(content)] = value
    try:
        read = read_picture(bytes(content))
    except PictureError as error:
        assert "\n" not in str(error)
    else:
        assert read.ndim == 3 and max(read.shape) <= LARGEST_SIDE
