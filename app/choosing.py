"""The choice of a picture and of where to look in it; all but an upload stands in the address."""

import random

import streamlit as st
from composing import choose_composition
from pictures import UPLOAD_MEGABYTES, UPLOAD_TYPES, Scene, episode, new_scene, own_scene, stage, uploaded
from scripts import Shown
from session import names
from streamlit.delta_generator import DeltaGenerator

from tensorbrain.datasets.scenes import Dials

SOURCES = ("moment", "new", "compose", "upload")
NOTHING_YET = {
    "compose": "Put somebody or something into the scene: the brain will look at it here.",
    "upload": "Choose a picture in the sidebar: the brain will look at it here.",
}
MOST_SCENES = 9999
MOST_VIEWS = 999
DIALS = {
    "clutter": "Small shapes that mean nothing.",
    "occlusion": "Bushes and boards before the things.",
    "lighting": "Brightness, contrast and cast.",
    "noise": "Noise of every pixel.",
}


def choose_picture(above: DeltaGenerator) -> tuple[Scene | None, Shown]:
    """An episode drawn afresh, a new scene, one composed in ``above``, or an upload; None while there is nothing.

    With it, what it is, so that a script can draw the same.
    """
    source = st.pills("Picture", SOURCES, key="picture", default="moment", required=True, bind="query-params")
    if source == "upload":
        return choose_upload(), Shown("upload")
    number, composition = 0, None
    if source == "compose":
        composition = choose_composition(above)
    elif source == "new":
        with st.container(horizontal=True, vertical_alignment="bottom"):
            number = st.number_input(
                "Scene", 0, MOST_SCENES, 7, key="scene", bind="query-params", help="Every number is another scene."
            )
            st.button("", icon=":material/casino:", help="Another scene, by chance", on_click=throw_dice)
    else:
        moments = list(names(stage().vocabulary, "instant"))
        moment = st.selectbox("Moment", moments, key="moment", bind="query-params", help="What the picture shows.")
        number = moments.index(moment or moments[0])
    view = st.number_input(
        "View",
        0,
        MOST_VIEWS,
        0,
        key="view",
        bind="query-params",
        help="Another view is a second look at the same scene: everything stands a little elsewhere.",
    )
    with st.expander("Make it harder to see"):
        dials = Dials(
            *(
                st.slider(dial.capitalize(), 0.0, 1.0, 0.0, 0.1, key=dial, bind="query-params", help=words)
                for dial, words in DIALS.items()
            )
        )
    if composition:
        place, placements = composition.place, tuple(composition.placements)
        shown = Shown("compose", view=int(view), dials=dials, place=place, placements=placements)
        return (own_scene(*composition, view, dials) if placements else None), shown
    shown = Shown(source or "moment", int(number), int(view), dials)
    return (new_scene(number, view, dials) if source == "new" else episode(number, view, dials)), shown


def throw_dice() -> None:
    """Another scene, and its first view."""
    st.session_state.scene = random.randrange(MOST_SCENES + 1)
    st.session_state.view = 0


def choose_upload() -> Scene | None:
    """A picture of the visitor's own, read once; it stays in this visit."""
    file = st.file_uploader(
        "A picture of your own",
        type=UPLOAD_TYPES,
        max_upload_size=UPLOAD_MEGABYTES,
        key="upload",
        help="It is looked at on this machine, for this visit, and not kept.",
    )
    if file is None:
        st.session_state.pop("uploaded", None)
        return None
    number, scene = st.session_state.get("uploaded", (None, None))
    if scene is None or number != file.file_id:
        scene = uploaded(file.getvalue())
        st.session_state.uploaded = (file.file_id, scene)
    return scene


def choose_boxes(scene: Scene) -> bool:
    """Whether regions are proposed; a picture of one's own comes without boxes."""
    asked = st.toggle(
        "Propose the regions",
        key="propose",
        bind="query-params",
        disabled=scene.boxes is None,
        help="Where to look is proposed by scikit-image from the picture alone, not taken from the drawing.",
    )
    return asked or scene.boxes is None
