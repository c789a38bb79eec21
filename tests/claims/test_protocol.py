"""The protocol of the claims: verdicts from figures, results that are kept and found again, and the page they write."""

import json
import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from tensorbrain.checkpoint import load_brain
from tensorbrain.claims import NUMBERS, claim
from tensorbrain.claims.board import read_board, write_board
from tensorbrain.claims.chart import to_plotly, to_svg
from tensorbrain.claims.claim import Claim, Config, Measured, Part
from tensorbrain.claims.page import write_page
from tensorbrain.claims.results import Kept, ResultsError, fingerprint
from tensorbrain.claims.scoreboard import score, scores, together
from tensorbrain.claims.verdict import PARTLY, REPRODUCED, UNTESTABLE, fails, holds, interval, leans, verdict
from tensorbrain.cli import main

QUICK = Config(quick=True)


@pytest.fixture(scope="module")
def brain():
    return load_brain("countries")


@pytest.fixture
def counted(monkeypatch):
    """The claim about Bayes, and for which seeds it was run."""
    from tensorbrain.claims import bayes

    ran: list[int] = []

    def run(brain, trials, seeds):
        ran.extend(seeds)
        return bayes.run(brain, trials, seeds)

    return Claim(**{**vars(bayes.CLAIM), "run": run}), ran


@given(some.lists(some.floats(-1e3, 1e3), min_size=2, max_size=9))
def test_an_interval_lies_around_its_mean_and_moves_with_it(effects):
    mean, low, high = interval(tuple(effects))
    assert low <= mean <= high
    moved = interval(tuple(effect + 5.0 for effect in effects))
    np.testing.assert_allclose(moved, (mean + 5, low + 5, high + 5), atol=1e-6)


@given(some.lists(some.floats(-1, 1), min_size=2, max_size=6), some.floats(-1, 1))
def test_what_holds_also_leans_and_does_not_fail(effects, least):
    part = Part("", tuple(effects), "", least=least)
    assert leans(part) or not holds(part)
    assert not (holds(part) and fails(part))


def test_a_verdict_needs_every_part_and_a_control_that_fails():
    good, bad = Part("", (0.9, 0.91), "", least=0.5), Part("", (0.1, 0.11), "", least=0.5)
    assert verdict(Measured((good,), bad)) == REPRODUCED
    assert verdict(Measured((good, bad), bad)) == PARTLY
    assert verdict(Measured((good,), good)) == UNTESTABLE
    unsure = bad._replace(effects=(0.0, 0.9))  # its interval reaches into the range
    assert verdict(Measured((good,), unsure)) == PARTLY
    assert verdict(Measured((good._replace(effects=(0.9,)),), bad)) == PARTLY  # one seed proves nothing


def test_seeds_on_disk_are_not_run_again_and_change_nothing(counted, brain, tmp_path):
    bayes, ran = counted
    first = score(bayes, brain, seeds=(0, 1), config=QUICK, folder=tmp_path)
    again = score(bayes, brain, seeds=(0, 1, 2), config=QUICK, folder=tmp_path)
    assert ran == [0, 1, 2]
    assert again.table[: len(first.table)] == first.table
    assert score(bayes, brain, seeds=(2,), config=QUICK).table == again.table[len(first.table) :]
    assert together(first, score(bayes, brain, seeds=(2,), config=QUICK)).measured == again.measured


def test_another_version_is_left_alone_and_a_torn_file_is_computed_again(counted, brain, tmp_path, monkeypatch):
    bayes, ran = counted
    score(bayes, brain, seeds=(0,), config=QUICK, folder=tmp_path)
    mark = fingerprint(bayes, bayes.design(QUICK), brain)
    file = Kept(tmp_path, "bayes", mark).path(0)
    whole = file.read_text()
    file.write_text(whole[: len(whole) // 2])
    score(bayes, brain, seeds=(0,), config=QUICK, folder=tmp_path)
    assert ran == [0, 0] and json.loads(file.read_text())["rows"] == json.loads(whole)["rows"]
    monkeypatch.setattr("importlib.metadata.version", lambda name: "9.9.9")
    assert fingerprint(bayes, bayes.design(QUICK), brain) != mark
    score(bayes, brain, seeds=(0,), config=QUICK, folder=tmp_path)
    assert ran == [0, 0, 0] and file.exists()


def test_a_full_disk_is_one_sentence_and_keeps_what_was_there(counted, brain, tmp_path, monkeypatch):
    bayes, _ = counted
    score(bayes, brain, seeds=(0,), config=QUICK, folder=tmp_path)

    def full(handle):
        raise OSError(28, os.strerror(28))

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(ResultsError, match=r"No space left.*run again"):
            score(bayes, brain, seeds=(0, 1), config=QUICK, folder=tmp_path)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["seed-0.json"]


def test_the_page_says_what_the_board_holds(brain, tmp_path):
    scored = [score(claim("bayes"), brain, seeds=(0, 1), config=QUICK)]
    write_page(scored, tmp_path / "claims.md")
    text = (tmp_path / "claims.md").read_text()
    assert scored[0].verdict in text and "(claims/bayes.svg)" in text
    assert (tmp_path / "claims" / "bayes.svg").read_text() == to_svg(scored[0].claim.plot(scored[0].table))
    write_board(scored, tmp_path / "board.json.gz")
    assert [each.row() for each in read_board(tmp_path / "board.json.gz")] == [each.row() for each in scored]
    assert to_plotly(scored[0].claim.plot(scored[0].table)).data


def test_every_name_is_a_claim_with_its_number():
    for number, name in NUMBERS.items():
        one = claim(name)
        assert (one.number, one.name) == (number, name)
        assert all(text.endswith((".", "?")) for text in (one.says, one.tested, one.control))
        assert one.dial is None or one.dial.default in one.dial.values


def test_the_command_prints_json_and_refuses_kindly(tmp_path, capsys):
    asked = ["claims", "bayes", "--quick", "--seeds", "2", "--results", str(tmp_path)]
    assert main([*asked, "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert set(row) == {
        "id", "claim", "status", "effect", "low", "high", "seeds", "control", "control_failed", "verdict", "seconds",
    }  # fmt: skip
    wrong = (["claims", "bias"], ["claims", "bayes", "--seeds", "0"], ["claims", "--dial", "3"])
    for arguments in wrong:
        assert main(arguments) == 2
        assert capsys.readouterr().err.count("\n") == 1
    (tmp_path / "file").write_text("")
    assert main([*asked[:-1], str(tmp_path / "file")]) == 2
    assert "another folder" in capsys.readouterr().err


@pytest.mark.thorough
def test_two_at_a_time_are_the_same_two_in_order(tmp_path):
    shipped, names = load_brain("neighbourhood"), ("stability", "bayes")

    def rows(jobs: int) -> list[dict]:
        folder = tmp_path / str(jobs)
        return [each.row() for each in scores(shipped, names, seeds=(0, 1), config=QUICK, folder=folder, jobs=jobs)]

    one, two = rows(1), rows(2)
    assert [row["claim"] for row in two] == list(names)
    for name in ("effect", "low", "high", "control"):
        np.testing.assert_allclose([row[name] for row in two], [row[name] for row in one], rtol=1e-5, atol=1e-12)
