"""Boxes around the things in a picture: read from a file, and fitted to the picture that they belong to."""

import contextlib
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from tensorbrain.errors import PictureError
from tensorbrain.pictures.files import opened, shown
from tensorbrain.typing import Float32, Float64

MOST = 24
"""So many boxes of a picture are used, and no more: what a brain says of each pair grows with their square."""

MOST_BYTES = 1_000_000
"""A larger file of boxes is refused: it is something else."""

_HOW = "give left, top, right, bottom"


def read_boxes(path: str | Path) -> Float64[np.ndarray, "box 4"]:
    """The boxes in a file, as they stand there: left, top, right, bottom, in pixels or as shares (``fit_boxes``).

    A JSON file holds a list, each box a list of four numbers or ``{"box": [four numbers], ...}``, in which other
    keys are passed over. Any other file is a table of four columns between tabs or commas; a first line of words is
    its heading. Raises PictureError, naming the box or line, for whatever else.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "boxes.json")
    ...     _ = file.write_text('[[10, 20, 50, 60], {"box": [70, 5, 90, 60], "name": "Sparky"}]')
    ...     read_boxes(file)
    array([[10., 20., 50., 60.],
           [70.,  5., 90., 60.]])
    """
    name = shown(path)
    with opened(path, MOST_BYTES) as file:
        content = file.read()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PictureError(f"{name} is not UTF-8 text: give boxes as JSON or as a table") from error
    json_like = str(path).lower().endswith(".json") or text.lstrip().startswith(("[", "{"))
    boxes = _of_json(text, name) if json_like else _of_table(text, name)
    if not boxes:
        raise PictureError(f"{name} holds no boxes: add one, or leave the file away")
    return np.array(boxes, np.float64)


def fit_boxes(boxes: ArrayLike, width: int, height: int) -> tuple[Float32[np.ndarray, "region 4"], tuple[str, ...]]:
    """Boxes as shares of a picture of ``width`` x ``height`` pixels, and notes on those that had to be changed.

    Where no number of any box is more than 1, all are shares of the picture already; else all are in pixels.
    What lies outside the picture is cut off. A box is left out where it is not finite, has its sides the wrong way
    round, lies outside, or is less than a pixel wide or high; so are those after the first ``MOST``. Raises
    PictureError where none is left.

    >>> fit_boxes([[10, 20, 50, 60], [90, 50, 120, 75]], 100, 100)
    (array([[0.1 , 0.2 , 0.5 , 0.6 ],
           [0.9 , 0.5 , 1.  , 0.75]], dtype=float32), ('box 2 is partly outside the picture: it was cut to it',))
    """
    given = _checked(boxes)
    finite = given[np.isfinite(given)]
    size = np.array([width, height, width, height], np.float64)
    shares = given if (finite <= 1).all() else given / size
    kept, notes, left_out = [], [], []
    for number, share in enumerate(shares, 1):
        if reason := _unusable(share, width, height):
            left_out.append(f"box {number} {reason}")
            continue
        clipped = np.clip(share, 0, 1)
        if (clipped != share).any():
            notes.append(f"box {number} is partly outside the picture: it was cut to it")
        kept.append(clipped)
    if not kept:
        raise PictureError(f"no box of {len(given)} can be used ({left_out[0]}): {_HOW} in pixels of the picture")
    notes = [f"{each}: it was left out" for each in left_out] + notes
    if len(notes) > MOST:
        notes[MOST:] = [f"{len(notes) - MOST} more boxes were left out or cut"]
    if len(kept) > MOST:
        notes.append(f"of {len(kept)} boxes the first {MOST} are used: give the others in a second run")
    return np.stack(kept[:MOST]).astype(np.float32), tuple(notes)


def _unusable(share: np.ndarray, width: int, height: int) -> str | None:
    """Why a box cannot be used, or None."""
    left, top, right, bottom = share.tolist()
    if not np.isfinite(share).all():
        return "has a number that is not finite"
    if right < left or bottom < top:
        return "has its right before its left, or its bottom above its top"
    if right <= 0 or bottom <= 0 or left >= 1 or top >= 1:
        return "is outside the picture"
    left, top, right, bottom = np.clip(share, 0, 1).astype(np.float32).tolist()
    if (right - left) * width < 0.99 or (bottom - top) * height < 0.99:  # a share of one pixel may be rounded down
        return "is less than a pixel wide or high in the picture"
    return None


def _checked(boxes: ArrayLike) -> Float64[np.ndarray, "box 4"]:
    try:
        given = np.asarray(boxes, np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise PictureError(f"the boxes are not rows of four numbers ({error}): {_HOW} for each") from error
    if given.size == 0:
        raise PictureError("there are no boxes in what was given: add one, or give none at all")
    if given.ndim != 2 or given.shape[1] != 4:
        raise PictureError(f"the boxes have the shape {given.shape}, not (box, 4): {_HOW} for each")
    return given


def _of_json(text: str, name: str) -> list[list[float]]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PictureError(f"{name} is not JSON ({error}): give a list of boxes") from error
    if not isinstance(data, list):
        raise PictureError(f"{name} holds no list: give [[left, top, right, bottom], ...]")
    return [_four(each, f"{name}, box {number},") for number, each in enumerate(data, 1)]


def _four(each: Any, where: str) -> list[float]:
    box = each.get("box") if isinstance(each, dict) else each
    if isinstance(box, list) and len(box) == 4 and all(type(number) in (int, float) for number in box):
        with contextlib.suppress(OverflowError):
            return [float(number) for number in box]
    raise _no_box(where)


def _of_table(text: str, name: str) -> list[list[float]]:
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    boxes = []
    for place, (number, line) in enumerate(lines):
        cells = line.split("\t" if "\t" in line else ",")
        try:
            boxes.append([float(cell) for cell in cells])
        except ValueError:
            if place > 0 or any(_is_number(cell) for cell in cells):
                raise _no_box(f"{name}, line {number},") from None
            continue
        if len(cells) != 4:
            raise _no_box(f"{name}, line {number},")
    return boxes


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _no_box(where: str) -> PictureError:
    return PictureError(f"{where} is not four numbers: {_HOW}")
