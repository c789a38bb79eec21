"""``evaluate --mode stream``: the table, the object for programs, and what is refused."""

import gzip
import json
from pathlib import Path

import pytest

from tensorbrain.experiments import streams
from tensorbrain.settings import Settings

QUICK = ("--mode", "stream", "--steps", "2")


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Brains that are taught in a moment."""
    monkeypatch.setattr(streams, "SETTINGS", Settings(dim=8, context=16))


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seasons of Ada and Bob, who go from the inn to the mill and back."""
    scenes = [
        {"sceneStart": f"0:{n:02}:00", "location": ("Inn", "Mill", "Church")[n % 3],
         "characters": [{"name": name} for name in (("Ada", "Bob"), ("Ada",), ("Bob", "Eve"))[n % 3]]}
        for n in range(24)
    ]  # fmt: skip
    told = {"episodes": [{"seasonNum": season, "episodeNum": 1, "scenes": scenes} for season in (1, 2)]}
    path = tmp_path_factory.mktemp("film") / "film.json.gz"
    path.write_bytes(gzip.compress(json.dumps(told).encode()))
    return path


def test_a_stream_is_learned_and_its_table_printed(tensorbrain, film):
    status, out, err = tensorbrain("evaluate", str(film), *QUICK)
    assert (status, err) == (0, "")
    head, columns, *rows, last = out.splitlines()
    assert head.startswith("film.json.gz: learned 24 events, to season 1 episode 1, 0:23:00 (2 steps, seed 0)")
    assert columns.split() == ["brain", "last", "seen", "most", "frequent", "counts"]
    assert any(row.startswith("where is X next") for row in rows)
    assert last.startswith("Last seen is ")
    answer = json.loads(tensorbrain("evaluate", str(film), *QUICK, "--json", "--split", "0.5").out)
    assert (answer["learned"]["events"], answer["steps"], answer["interrupted"]) == (24, 2, False)
    for figures in (answer, *(answer[name] for name in ("last_seen", "most_frequent", "count_table"))):
        for name in ("place_hits1", "company_mrr", "alike_ndcg10", "future_hits1"):
            assert 0 <= figures[name] <= 1, name
    assert answer["last_seen"]["place_stays_hits1"] in (1.0, None)


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--split", "season 9"), "no instant begins with 'season 9'"),
        (("--split", "0.1"), "too few"),
        (("--split", "1.5"), "no instant begins with '1.5'"),
        (("--steps", "0"), "steps must be at least 1"),
        (("--minutes", "nan"), "minutes more than 0"),
    ],
)
def test_what_cannot_be_split_or_learned_is_refused(refused, film, options, why):
    assert why in refused("evaluate", str(film), "--mode", "stream", *options)


def test_what_is_no_stream_is_refused(refused, tmp_path):
    town = tmp_path / "town.trig"
    town.write_text("<urn:one> { <urn:Ada> <urn:isIn> <urn:Inn> } <urn:two> { <urn:Ada> <urn:isIn> <urn:Mill> }")
    assert "have no time" in refused("evaluate", str(town), "--mode", "stream")
    town.write_text("<urn:Ada> <urn:isIn> <urn:Inn> .")
    assert "no episodes" in refused("evaluate", str(town), "--mode", "stream")
    assert "add --mode stream" in refused("evaluate", "neighbourhood", "--steps", "3")
