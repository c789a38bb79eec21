"""The pictures that may be perceived: the neighbourhood's episodes and new scenes, drawn afresh, and uploads."""

import base64
import io
from typing import NamedTuple

import numpy as np
import streamlit as st
from components.film import Picture
from PIL import Image
from session import graph_of

from tensorbrain.datasets.composing import Placement, composed
from tensorbrain.datasets.scenes import Dials, Script, draw, episode_scripts, new_scripts
from tensorbrain.graph.knowledge_graph import KnowledgeGraph
from tensorbrain.pictures.reading import read_picture

STAGE = "neighbourhood"  # the only world with sprites
LARGE, NOISY = 384, 128  # pixels a side of a drawing; the eye shrinks it to 128
FRESH = 100_000  # added to the numbers of scenes and views: nobody was taught with these
MOST_SHOWN, MOST_CROPPED = 640, 160  # pixels a side of what travels: the whole picture, a region of it
UPLOAD_TYPES = ("png", "jpg", "jpeg", "webp", "gif", "bmp")
UPLOAD_MEGABYTES = 10


class Scene(NamedTuple):
    """A picture to be perceived: its pixels, its boxes if any, as shares, and its title.

    ``instant`` is the id of the episode that it shows, or -1.
    """

    pixels: np.ndarray
    boxes: np.ndarray | None
    title: str
    instant: int = -1

    def picture(self) -> Picture:
        """The picture as it travels to the browser."""
        image = Image.fromarray(self.pixels)
        image.thumbnail((MOST_SHOWN, MOST_SHOWN))
        return Picture(encoded(image), "image/webp", image.size, self.title)

    def crop(self, box: np.ndarray) -> np.ndarray:
        """The part of the picture that lies in a box, given as shares."""
        height, width = self.pixels.shape[:2]
        left, right = int(box[0] * width), max(int(box[0] * width) + 1, round(float(box[2]) * width))
        top, bottom = int(box[1] * height), max(int(box[1] * height) + 1, round(float(box[3]) * height))
        return self.pixels[top:bottom, left:right]


def stage() -> KnowledgeGraph:
    """The graph whose scenes are drawn."""
    graph = graph_of(STAGE)
    assert graph is not None, "the stage is a world that ships"
    return graph


# Drawings are never changed, so that all visits may share them.
@st.cache_resource(max_entries=64, show_spinner=False)
def episode(instant: int, view: int, dials: Dials) -> Scene:
    """An episode of the neighbourhood drawn afresh; another ``view`` is a second look at the same scene."""
    script = episode_scripts(stage(), [instant], seed=0)[0]
    return _drawn(script, view, dials, stage().vocabulary.instants[instant].label)


@st.cache_resource(max_entries=64, show_spinner=False)
def new_scene(number: int, view: int, dials: Dials) -> Scene:
    """A scene that is no episode, made up from its number."""
    return _drawn(new_scripts(stage(), 1, seed=FRESH + number)[0], view, dials, f"new scene {number}")


@st.cache_resource(max_entries=64, show_spinner=False)
def own_scene(place: str, placements: tuple[Placement, ...], view: int, dials: Dials) -> Scene:
    """A scene in which individuals stand where a visitor put them."""
    return _drawn(composed(stage(), place, placements), view, dials, "a scene of your own")


def backdrop(place: str) -> np.ndarray:
    """The pixels of a place without anybody in it, as the first view of a scene shows it."""
    return _drawn(composed(stage(), place, ()), 0, Dials(), place).pixels


def _drawn(script: Script, view: int, dials: Dials, title: str) -> Scene:
    """A script drawn large, as people see more than the eye; with noise as the eye gets it, which would shrink away."""
    size = NOISY if dials.noise else LARGE
    scenes = draw([script], stage(), seed=FRESH + view, dials=dials, size=size)
    return Scene(scenes.pixels[0], scenes.boxes[0, 1 : 1 + len(script.things)], title, int(scenes.instant[0]))


def uploaded(content: bytes) -> Scene:
    """A picture that a visitor brought; PictureError says in a sentence why it cannot be read."""
    return Scene(read_picture(content), None, "a picture of your own")


def encoded(image: Image.Image) -> bytes:
    """An image as a small file, in WebP."""
    file = io.BytesIO()
    image.save(file, "WEBP", quality=90)
    return file.getvalue()


def address(pixels: np.ndarray) -> str:
    """Pixels as a data URI, for a page that shows many small pictures."""
    image = Image.fromarray(pixels)
    image.thumbnail((MOST_CROPPED, MOST_CROPPED))
    return "data:image/webp;base64," + base64.b64encode(encoded(image)).decode()
