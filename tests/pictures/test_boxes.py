"""Boxes from files, and boxes fitted to a picture: always inside it, never empty, and with a note on each change."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorbrain.errors import PictureError
from tensorbrain.pictures.boxes import MOST, MOST_BYTES, fit_boxes, read_boxes

TWO = [[10, 20, 50, 60], [70.5, 5, 90, 60]]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", json.dumps(TWO)),
        ("a.txt", " \n" + json.dumps(TWO)),
        ("a.JSON", '[{"box": [10, 20, 50, 60], "name": "Sparky", "score": 0.3}, [70.5, 5, 90, 60]]'),
        ("a.tsv", "10\t20\t50\t60\n\n70.5\t5\t90\t60\n"),
        ("a.csv", "left, top, right, bottom\r\n10,20,50,60\r\n70.5,5,90,60\r\n"),
        ("a.csv", "\ufeff10,20,50,60\n70.5,5,90,60"),
    ],
)
def test_boxes_are_read(name: str, content: str, tmp_path: Path):
    (tmp_path / name).write_text(content, encoding="utf-8")
    assert read_boxes(tmp_path / name).tolist() == TWO
    assert read_boxes(str(tmp_path / name)).dtype == np.float64


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.json", "", "empty"),
        ("a.json", "[]", "holds no boxes"),
        ("a.csv", "left,top,right,bottom\n", "holds no boxes"),
        ("a.csv", "\n\n", "holds no boxes"),
        ("a.json", "{}", "holds no list"),
        ("a.json", "[[1, 2, 3, 4]", "is not JSON"),
        ("a.json", "[" * 100_000, "is not JSON"),
        ("a.json", "1,2,3,4", "is not JSON"),
        ("a.json", "[[1, 2, 3, 4], [1, 2, 3]]", "box 2, is not four numbers"),
        ("a.json", "[[1, 2, 3, true]]", "box 1, is not four numbers"),
        ("a.json", '[["1", "2", "3", "4"]]', "box 1, is not four numbers"),
        ("a.json", f"[[1, 2, 3, 1{'0' * 400}]]", "box 1, is not four numbers"),
        ("a.json", '[{"bbox": [1, 2, 3, 4]}]', "box 1, is not four numbers"),
        ("a.json", "[1, 2, 3, 4]", "box 1, is not four numbers"),
        ("a.csv", "1,2,3,4\n\n1,2,3\n", "line 3, is not four numbers"),
        ("a.csv", "1,2,3,4,5\n", "line 1, is not four numbers"),
        ("a.csv", "1,2,3,four\n", "line 1, is not four numbers"),
        ("a.csv", "1,2,3,4\nleft,top,right,bottom\n", "line 2, is not four numbers"),
        ("a.csv", "Once upon a time\n", "holds no boxes"),
        ("a.csv", b"\xff\xfe\x00", "not UTF-8"),
    ],
)
def test_other_files_are_refused(name: str, content: str | bytes, words: str, tmp_path: Path):
    file = tmp_path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(PictureError) as failure:
        read_boxes(file)
    assert words in str(failure.value) and str(file) in str(failure.value)
    assert "\n" not in str(failure.value)


def test_what_is_no_file_is_refused(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    with (tmp_path / "large.json").open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    for name, words in (("none", "does not exist"), ("", "folder"), ("pipe", "regular"), ("large.json", "smaller")):
        with pytest.raises(PictureError, match=words):
            read_boxes(tmp_path / name)


def test_pixels_become_shares():
    boxes, notes = fit_boxes(TWO, 100, 200)
    assert boxes.dtype == np.float32
    np.testing.assert_allclose(boxes, [[0.1, 0.1, 0.5, 0.3], [0.705, 0.025, 0.9, 0.3]], rtol=1e-6)
    assert notes == ()


def test_numbers_up_to_one_are_shares_already():
    shares = [[0, 0.25, 0.5, 1], [-0.5, 0, 0.5, 1]]
    boxes, notes = fit_boxes(shares, 640, 480)
    assert boxes.tolist() == [[0, 0.25, 0.5, 1], [0, 0, 0.5, 1]]
    assert notes == ("box 2 is partly outside the picture: it was cut to it",)
    assert fit_boxes([*shares, [0, 0, 2, 2]], 640, 480)[0][-1, 2] == np.float32(2 / 640)  # one more makes all pixels


@pytest.mark.parametrize(
    ("box", "words"),
    [
        ([30, 10, 20, 40], "right before its left"),
        ([10, 40, 20, 30], "bottom above its top"),
        ([110, 10, 120, 40], "outside"),
        ([-20, 10, 0, 40], "outside"),
        ([10, -9, 20, -1], "outside"),
        ([10, 100, 20, 140], "outside"),
        ([10, 10, 10, 40], "less than a pixel"),
        ([10, 10, 10.5, 40], "less than a pixel"),
        ([99.9, 10, 200, 40], "less than a pixel"),
        ([10, 10, np.nan, 40], "not finite"),
        ([10, 10, np.inf, 40], "not finite"),
        ([1e308, -1e308, -1e308, 1e308], "right before its left"),
    ],
)
def test_what_cannot_be_used_is_left_out(box: list[float], words: str):
    boxes, notes = fit_boxes([TWO[0], box], 100, 100)
    assert len(boxes) == 1
    assert len(notes) == 1 and words in notes[0] and notes[0].startswith("box 2 ")
    with pytest.raises(PictureError, match=f"no box of 2 can be used.*{words}"):
        fit_boxes([box, [500, 500, 600, 600]], 100, 100)


def test_more_than_so_many_are_cut():
    many = np.tile(TWO[0], (MOST + 3, 1))
    boxes, notes = fit_boxes(many, 100, 100)
    assert boxes.shape == (MOST, 4)
    assert notes == (f"of {MOST + 3} boxes the first {MOST} are used: give the others in a second run",)
    assert fit_boxes(many[:MOST], 100, 100)[1] == ()
    boxes, notes = fit_boxes([TWO[0], *[[-9, 0, -5, 9]] * 50_000], 100, 100)
    assert (len(boxes), len(notes)) == (1, MOST + 1)
    assert notes[-1] == f"{50_000 - MOST} more boxes were left out or cut"


@pytest.mark.parametrize("boxes", [[], [1, 2, 3, 4], [[1, 2, 3]], [[1, 2, 3, 4], [1, 2]], [["a", 1, 2, 3]], "boxes"])
def test_other_things_are_refused(boxes: object):
    with pytest.raises(PictureError, match="boxes"):
        fit_boxes(boxes, 100, 100)  # pyright: ignore


NUMBERS = st.floats(-300, 300) | st.floats() | st.integers(-5, 5)
SIDES = st.integers(8, 5000)


@given(st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS), min_size=1, max_size=40), SIDES, SIDES)
def test_what_is_fitted_is_inside_and_not_empty(given_boxes: list, width: int, height: int):
    try:
        boxes, notes = fit_boxes(given_boxes, width, height)
    except PictureError as error:
        assert "can be used" in str(error)
        return
    assert boxes.dtype == np.float32 and boxes.ndim == 2 and 1 <= len(boxes) <= MOST
    assert (boxes >= 0).all() and (boxes <= 1).all()
    assert (boxes[:, 0] < boxes[:, 2]).all() and (boxes[:, 1] < boxes[:, 3]).all()
    assert len(notes) <= MOST + 2
    if len(given_boxes) <= MOST:
        assert len(boxes) == len(given_boxes) - sum("left out" in note for note in notes)


@given(st.integers(8, 5000), st.integers(8, 5000), st.data())
def test_a_box_inside_is_not_changed(width: int, height: int, data: st.DataObject):
    left, top = data.draw(st.integers(0, width - 2)), data.draw(st.integers(0, height - 2))
    right, bottom = data.draw(st.integers(left + 2, width)), data.draw(st.integers(top + 2, height))
    boxes, notes = fit_boxes([[left, top, right, bottom]], width, height)
    np.testing.assert_allclose(boxes[0] * [width, height, width, height], [left, top, right, bottom], rtol=1e-6)
    assert notes == ()
