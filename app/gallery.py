"""Small pictures beside words: the regions that were seen, and what the brain imagines of what it took them for."""

from html import escape
from pathlib import Path

import numpy as np
import streamlit as st
from components.film import chance
from looking import Look, patch, visible
from pictures import address

from tensorbrain.brain import Brain
from tensorbrain.trace import Sight

STYLE = f"<style>{(Path(__file__).parent / 'components' / 'gallery.css').read_text(encoding='utf-8')}</style>"


def show_regions(look: Look) -> None:
    """Per region: its picture, what it was taken for, its labels, and what the brain imagines of that."""
    sight = look.trace.sight
    if sight is None:
        return
    order = [*range(1, len(sight.boxes)), 0]
    st.html(f'{STYLE}<ul class="gallery">{"".join(_region(look, sight, region) for region in order)}</ul>')


def show_thoughts(brain: Brain, concepts: list[int]) -> None:
    """What a brain imagines of some concepts, from their embeddings alone."""
    cards = [
        f"<li>{_imagined(brain, k, '')}<div><p class='name'>{escape(brain.vocabulary.label('concept', k))}</p>"
        f"<p>{_origin(brain, k)}</p></div></li>"
        for k in concepts
    ]
    st.html(f'{STYLE}<ul class="gallery">{"".join(cards)}</ul>')


def _region(look: Look, sight: Sight, region: int) -> str:
    words = look.trace.vocabulary
    thing = int(sight.things[region])
    name = words.label("concept", thing)
    where = f"region {region}" if region else "the whole picture"
    crop = _image(look.scene.crop(sight.boxes[region]), f"What lies in {where}")
    seen = f"<figure>{crop}<figcaption>{where}</figcaption></figure>"
    labels = [
        f"{escape(group)} <b>{escape(words.label('concept', int(k)))}</b> {chance(p)}"
        for group, k, p in zip(sight.groups, sight.labels[region], sight.label_probability[region], strict=True)
    ]
    told = f"probability {chance(sight.thing_probability[region])}"
    if region:
        told += f"; somebody or something known {chance(sight.familiarity[region])}"
    told = f"<p class='name'>{escape(name)}</p><p>{told}</p>" + (f"<p>{' · '.join(labels)}</p>" if region else "")
    return f"<li>{seen}<div>{told}</div>{_imagined(look.brain, thing, 'imagined, g<sup>+</sup>')}</li>"


def _imagined(brain: Brain, concept: int, caption: str) -> str:
    if not visible(brain, concept):
        return ""
    name = brain.vocabulary.label("concept", concept)
    image = _image(patch(brain, concept), f"What the brain imagines of {name}", "patch")
    return f"<figure>{image}<figcaption>{caption}</figcaption></figure>" if caption else image


def _origin(brain: Brain, concept: int) -> str:
    known = brain.vocabulary.concepts[concept]
    if known.iri.startswith("urn:tensorbrain:"):
        return "an index written in this experience: the senses, as this one look left them"
    kind = {"entity": "an individual", "class": "a kind of thing"}.get(known.group, known.group)
    return f"{kind}, as its embedding alone brings it back to the senses"


def _image(pixels: np.ndarray, words: str, kind: str = "crop") -> str:
    return f'<img class="{kind}" src="{address(pixels)}" alt="{escape(words)}">'
