"""Regions proposed in a picture that comes without boxes: what is printed strongly before a paler background."""

import numpy as np
from PIL import Image
from scipy import ndimage
from skimage.measure import label, regionprops
from skimage.morphology import closing, dilation, disk, h_maxima, opening
from skimage.segmentation import watershed

from tensorbrain.typing import Bool, Float32, Int32, UInt8

SIDE = 128
"""The longer side at which a picture is looked at; things of fewer than ``SMALLEST`` pixels are then too small."""
SMALLEST = 80

INK = 175
"""The ink (255 less the darkest channel) from which a pixel is part of a thing: backgrounds are printed paler."""
DEVIATION = 25
"""How much a channel must differ from the background of its row for a pixel not to be part of it."""
REACH = 2
"""How many pixels beyond its ink a thing may reach, where its edges are pale."""
NECK = 3.0
"""Two things that touch are cut apart where they are so many pixels thinner than on either side."""


def propose_boxes(picture: UInt8[np.ndarray, "height width 3"], most: int = 8) -> Float32[np.ndarray, "region 4"]:
    """The boxes of up to ``most`` things that stand out from their background, the largest first, as shares.

    Made for the pages of a picture book, with things before sky and ground: the commonest colour of every row is its
    background, and things are what differs from it in full ink, closed and opened, filled, cut apart at their necks by
    a watershed of the distance to the edge (``skimage.segmentation.watershed``), and measured
    (``skimage.measure.regionprops``). A uniform picture has none. Of the things in new scenes of the neighbourhood it
    finds six in ten of those that stand free, but three in ten of those that overlap others, which mostly count as one
    with them, and nearly half of its boxes fit no thing: where it matters, and for photographs, give boxes.

    >>> page = np.full((128, 128, 3), 230, np.uint8)
    >>> page[32:64, 64:96] = (200, 30, 30)
    >>> propose_boxes(page)
    array([[0.5 , 0.25, 0.75, 0.5 ]], dtype=float32)
    """
    small = _small(picture)
    height, width = small.shape[:2]
    things = regionprops(_apart(_standing_out(small)))
    things = sorted((thing for thing in things if thing.area >= SMALLEST), key=lambda thing: -thing.area)
    sides = [[left, top, right, bottom] for top, left, bottom, right in (thing.bbox for thing in things[:most])]
    return (np.array(sides).reshape(-1, 4) / [width, height, width, height]).astype(np.float32)


def _small(picture: UInt8[np.ndarray, "height width 3"]) -> UInt8[np.ndarray, "h w 3"]:
    height, width = picture.shape[:2]
    scale = SIDE / max(height, width)
    if scale == 1:
        return picture
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BOX, reducing_gap=2.0))


def _standing_out(picture: UInt8[np.ndarray, "h w 3"]) -> Bool[np.ndarray, "h w"]:
    """The pixels of things: in full ink, or near that and different from the background."""
    differs = np.abs(picture - _background(picture)[:, None]).max(axis=2) > DEVIATION
    inked = closing(differs & (255 - picture.min(axis=2) > INK), disk(1))
    if not inked.any():  # a page in pale colours alone: whatever differs is a thing
        inked = differs
    near = dilation(inked, disk(REACH))
    return np.asarray(ndimage.binary_fill_holes(opening(inked | (differs & near), disk(1))), bool)


def _background(picture: UInt8[np.ndarray, "h w 3"]) -> Float32[np.ndarray, "h 3"]:
    """The commonest colour of every row, of sixteen shades a channel, smoothed over five rows."""
    height = len(picture)
    coarse = (picture >> 4).astype(np.int32) @ np.array([256, 16, 1], np.int32)
    rows = np.arange(height)[:, None]
    counts = np.bincount((rows * 4096 + coarse).ravel(), minlength=height * 4096).reshape(height, 4096)
    common = coarse == counts.argmax(axis=1)[:, None]
    colour = (picture * common[..., None]).sum(axis=1) / common.sum(axis=1)[:, None]
    return ndimage.median_filter(colour, size=(5, 1)).astype(np.float32)


def _apart(mask: Bool[np.ndarray, "h w"]) -> Int32[np.ndarray, "h w"]:
    """Every connected part of a mask has a number of its own, and what only touches is cut apart."""
    depth = ndimage.gaussian_filter(ndimage.distance_transform_edt(mask), 1)
    return watershed(-depth, label(h_maxima(depth, NECK)), mask=mask).astype(np.int32)
