"""The perceive page without a browser: what it chooses, perceives, remembers and says."""

import io

import numpy as np
import pytest

pytest.importorskip("streamlit", reason="streamlit is not installed: pip install '.[app]'")

import living
import pictures
import session
from PIL import Image
from streamlit.testing.v1 import AppTest

from tensorbrain.datasets.scenes import Dials


@pytest.fixture
def page(script, newborn_file):
    """The page with a brain that has eyes, before it has run."""

    def opened(**query: str) -> AppTest:
        at = AppTest.from_file(script, default_timeout=120)
        at.query_params.update({"world": session.OWN_FILE, "statements": "4", **query})
        at.switch_page("views/perceive.py").run()
        return at.sidebar.text_input(key="own").set_value(str(newborn_file)).run()

    return opened


def texts(page) -> str:
    return " ".join(block.value for block in page.markdown)


def table(page, column: str) -> list:
    return next(frame.value for frame in page.dataframe if column in frame.value.columns)[column].tolist()


def press(page, label: str):
    return next(button for button in page.button if button.label == label).click().run()


def png(pixels: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def test_a_brain_without_eyes_says_so_in_one_sentence(script):
    at = AppTest.from_file(script, default_timeout=60)
    at.query_params["world"] = "countries"
    at.switch_page("views/perceive.py").run()
    assert not at.exception and not at.error
    assert "no eyes" in at.info[0].value


def test_an_episode_is_drawn_and_perceived(page):
    at = page()
    assert not at.exception and not at.error
    assert at.sidebar.selectbox(key="moment").value.startswith("Monday 20 April 2026")
    assert len(table(at, "regions")) == 4
    assert "The scene reminds of" in texts(at)


def test_a_link_sets_the_picture(page):
    at = page(picture="new", scene="12", view="3", noise="0.4", propose="true")
    assert not at.exception and not at.error
    assert (at.sidebar.number_input(key="scene").value, at.sidebar.number_input(key="view").value) == (12, 3)
    assert at.sidebar.slider(key="noise").value == 0.4 and at.sidebar.toggle(key="propose").value
    assert any("were proposed" in caption.value for caption in at.caption)


def test_shut_senses_see_something_else(page):
    def things(at) -> list[tuple]:
        frame = next(frame.value for frame in at.dataframe if "regions" in frame.value.columns)
        return [tuple(row) for row in frame[["subject", "predicate", "object"]].to_numpy()]

    at = page(picture="new", scene="3")
    seen = things(at)
    at.sidebar.slider(key="mu").set_value(0.0).run()
    assert not at.exception and things(at) != seen
    at.sidebar.slider(key="mu").set_value(1.0).run()
    assert things(at) == seen


def test_nonsense_in_a_link_is_ignored(page):
    at = page(picture="x", scene="-3", view="1e9", noise="7", propose="perhaps", moment="Doomsday", rule="none")
    assert not at.exception and not at.error
    assert at.sidebar.number_input(key="view").value == 0 and at.sidebar.slider(key="noise").value == 0


def test_the_dice_throw_another_scene(page):
    at = page(picture="new", scene="12", view="3")
    next(button for button in at.sidebar.button if not button.label).click().run()
    assert not at.exception and at.sidebar.number_input(key="view").value == 0


@pytest.mark.parametrize("rule", living.RULES)
def test_a_picture_is_remembered_recalled_looked_at_again_and_forgotten(page, rule):
    at = page(picture="new", scene="3", rule=rule)
    before = table(at, "regions")
    press(at, "Remember this picture")
    assert not at.exception and not at.error
    label = next(s.value for s in at.subheader if s.value.startswith("What comes back of")).removeprefix(
        "What comes back of "
    )
    assert label.startswith("experience") and f"by the rule **{rule}**" in texts(at)
    assert set(table(at, "back")) <= {"yes", "no", "not seen"}
    assert at.session_state.film == "recall"
    press(at, "Look again")
    assert not at.exception and at.sidebar.number_input(key="view").value == 1
    assert at.session_state.film == "perception" and label in texts(at)
    at.sidebar.number_input(key="view").set_value(0).run()
    press(at, "Forget")
    assert not at.exception and "lived" not in at.session_state
    assert table(at, "regions") == before


def test_an_experience_belongs_to_its_visit_alone(page, newborn_file):
    press(page(), "Remember this picture")
    shared = session.mind_of(session.OWN_FILE, str(newborn_file)).brain
    assert len(shared.vocabulary.instants) == 694
    assert not any(button.label == "Forget" for button in page().button)


def test_an_upload_is_perceived_with_proposed_regions(page):
    at = page(picture="upload")
    assert "Choose a picture" in at.info[0].value
    at.file_uploader[0].upload("mine.png", png(pictures.new_scene(3, 0, Dials()).pixels), "image/png").run()
    assert not at.exception and not at.error
    assert at.sidebar.toggle(key="propose").disabled and len(table(at, "regions")) == 4


@pytest.mark.parametrize("content", [b"", b"no picture", png(np.zeros((64, 64, 3), np.uint8))[:60]])
def test_an_upload_that_is_no_picture_is_refused_in_one_sentence(page, content):
    at = page(picture="upload")
    at.file_uploader[0].upload("mine.png", content, "image/png").run()
    assert not at.exception and len(at.error) == 1 and "\n" not in at.error[0].value


def test_a_drawing_is_large_unless_its_noise_would_shrink_away():
    clean, noisy = (pictures.new_scene(3, 0, Dials(noise=noise)) for noise in (0.0, 0.5))
    assert clean.pixels.shape == (384, 384, 3) and noisy.pixels.shape == (128, 128, 3)


def test_a_crop_is_never_empty():
    scene = pictures.new_scene(3, 0, Dials())
    assert min(scene.crop(np.array([0.5, 0.5, 0.5001, 0.5001])).shape) > 0
