"""A trace as a Dataset and as a figure: the same numbers and words, readable on light and dark pages."""

import dataclasses
import json
import re
import subprocess
import sys

import numpy as np
import pytest

import tensorbrain as tb
from tensorbrain.errors import SettingsError
from tensorbrain.plotting import CHOSEN, OTHER, trace_dataset, trace_figure


@pytest.fixture(scope="module")
def semantic() -> tb.Trace:
    return tb.recall(tb.load_brain("neighbourhood"), subject="Sparky", statements=4, seed=3)


@pytest.fixture(scope="module")
def episodic() -> tb.Trace:
    brain = tb.load_brain("neighbourhood")
    return tb.recall(brain, instant="2026-05-03T08:10", statements=2, record=tb.Record(top=5, states=False))


def bars(figure) -> dict[tuple[str, str], dict[str, float]]:
    """Panel and kind of bar -> probability of each label, as a reader sees them."""
    return {(bar.yaxis, bar.name): dict(zip(bar.customdata or (), bar.x or (), strict=True)) for bar in figure.data}


def test_the_dataset_holds_what_the_trace_holds(semantic):
    data = semantic.to_xarray()
    assert dict(data.sizes) == {
        "statement": 4, "window": 4, "top": 12, "slot": 3, "dim": 384, "context": 512,
    }  # fmt: skip
    for name in ("ids", "probability", "chosen", "entropy", "feedback", "top_probability", "q_before", "q_after", "h"):
        np.testing.assert_array_equal(data[name].values, getattr(semantic, name))
    assert list(data.window.values) == ["instant", "subject", "predicate", "object"]
    said = [tuple(row) for row in data.label.values.tolist()]
    assert said == [statement[:3] for statement in semantic.statements]
    assert set(data.instant_label.values) == {""}  # semantic memory knows no instant
    best = data.sel(window="predicate").isel(statement=0)
    assert list(zip(best.top_label.values, best.top_probability.values, strict=True)) == semantic.top(0, 2)


def test_the_dataset_says_how_the_run_was_made(semantic):
    attributes = semantic.to_xarray().attrs
    assert json.loads(attributes["cue"]) == {"subject": "Sparky"}
    assert json.loads(attributes["settings"]) == semantic.settings
    assert (attributes["memory"], attributes["seed"], attributes["order"]) == ("semantic", 3, semantic.order)
    assert all(isinstance(value, str | int) for value in attributes.values())  # what a netCDF file can hold


def test_states_that_were_not_recorded_are_left_out(episodic):
    data = trace_dataset(episodic)
    assert not {"q_before", "q_after", "h", "dim", "context"} & (set(data) | set(data.dims))
    assert data.instant_label.values[0].startswith("Sunday 3 May 2026")


def test_the_windows_stand_in_decode_order():
    trace = tb.recall(tb.load_brain("countries"), object="Euro", order="ops", statements=1)
    assert list(trace.to_xarray().window.values) == ["instant", "object", "predicate", "subject"]


def test_the_figure_draws_the_candidates_and_marks_the_chosen(semantic):
    figure = semantic.plot()
    drawn = bars(figure)
    chosen = {axis: labels for (axis, name), labels in drawn.items() if name == "chosen"}
    assert len(chosen) == 3 * 3  # three statements, and no window for an instant that was not chosen
    first = semantic.statements[0]
    assert [list(chosen[axis]) for axis in ("y", "y2", "y3")] == [[first.subject], [first.predicate], [first.object]]
    assert chosen["y3"][first.object] == pytest.approx(float(semantic.chosen_probability[0, 3]))
    together = drawn["y2", "chosen"] | drawn["y2", "other candidates"]
    assert together == pytest.approx(dict(semantic.top(0, 2)[:6]))
    assert f"<b>{first.predicate}</b>" in figure.layout.yaxis2.ticktext


def test_the_figure_says_in_words_what_it_shows(semantic, episodic):
    title = semantic.plot().layout.title.text.replace("<br>", " ")
    s = semantic.statements[0]
    assert f"“{s.subject} {s.predicate} {s.object}” comes first (probability {s.probability:.2f})" in title
    words = [note.text for note in episodic.plot().layout.annotations]
    assert words[:4] == ["instant (told)", "subject", "predicate", "object"]
    assert words[4].startswith("<b>1. ")


def test_a_chosen_candidate_is_drawn_even_when_it_is_not_among_the_best(semantic):
    brain = tb.load_brain("neighbourhood")
    trace = tb.recall(brain, subject="Comet", predicate="has colour", statements=1, record=tb.Record(top=3))
    assert trace.statements[0].subject not in [label for label, _ in trace.top(0, 1)]
    assert list(bars(trace.plot())["y", "chosen"]) == ["Comet"]


def test_labels_are_text_and_never_markup(semantic):
    words = semantic.vocabulary
    s = int(semantic.ids[0, 0])
    concepts = list(words.concepts)
    concepts[s] = dataclasses.replace(concepts[s], label="<a href='x'>Sparky</a>")
    renamed = dataclasses.replace(semantic, vocabulary=dataclasses.replace(words, concepts=tuple(concepts)))
    figure = renamed.plot()
    text = [figure.layout.title.text, *figure.layout.yaxis.ticktext, *(note.text for note in figure.layout.annotations)]
    assert not any("<a" in words for words in text)


def test_bars_stand_out_from_light_and_dark_pages(semantic):
    def luminance(colour: str) -> float:
        channels = [int(part, 16) / 255 for part in re.findall("[0-9a-f]{2}", colour)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))

    for page in ("#ffffff", "#111111"):
        for colour in (CHOSEN, OTHER):
            light, dark = sorted((luminance(page), luminance(colour)), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 3  # what WCAG asks of graphics
    layout = semantic.plot().layout
    assert layout.paper_bgcolor is None and layout.font.color is None  # left to the page's own template


def test_figures_of_nothing_are_refused(semantic):
    with pytest.raises(SettingsError, match="at least 1"):
        trace_figure(semantic, statements=0)


@pytest.mark.parametrize(("library", "method", "extra"), [("xarray", "to_xarray", "trace"), ("plotly", "plot", "plot")])
def test_a_missing_library_is_named_with_its_extra(semantic, monkeypatch, library, method, extra):
    monkeypatch.setitem(sys.modules, library, None)  # as Python itself marks what cannot be imported
    with pytest.raises(SettingsError, match=rf"{library} is not installed.*tensorbrain\[{extra}\]"):
        getattr(semantic, method)()


def test_plotting_imports_neither_library_until_it_is_asked():
    code = "import sys, tensorbrain.plotting; print(*{'plotly', 'xarray', 'pandas'} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.stdout.split() == [], done.stderr
