"""The standings of a contest in words: a table of figures, who is ahead and by how much, and single answers."""

from typing import Any

from contest import Contest, Result
from wording import plain

from tensorbrain.evaluation.answers import Guess, ahead
from tensorbrain.evaluation.completion import SLOT_NAMES
from tensorbrain.graph.vocabulary import Vocabulary

TITLES = {
    "brain": "brain",
    "complex": "ComplEx",
    "distmult": "DistMult",
    "cp": "CP",
    "rescal": "RESCAL",
    "tucker": "TuckER",
    "nonnegative-tucker": "non-negative Tucker",
    "tcomplex": "TComplEx",
    "tntcomplex": "TNTComplEx",
    "cont": "ConT",
}
GUESSES = {"counts": "counting alone", "last_seen": "what was seen last"}
NTH = ("First", "Second", "Third")


def table(results: dict[str, Result]) -> list[dict[str, Any]]:
    """A row for each model, the best first, and below them one for each guess that needs no model."""
    if not results:
        return []
    best_first = sorted(results, key=lambda name: -results[name].figures["mrr"])
    rows = [
        _row(TITLES[name], of.figures) | {"Training": of.seconds, "Numbers": of.numbers}
        for name in best_first
        for of in [results[name]]
    ]
    baselines = results[best_first[0]].figures["baseline"]
    return rows + [_row(GUESSES[name], figures) for name, figures in baselines.items()]


def _row(title: str, figures: dict[str, Any]) -> dict[str, Any]:
    by_slot = {slot.capitalize(): figures["by_slot"][slot]["mrr"] for slot in SLOT_NAMES.values()
               if slot in figures["by_slot"]}  # fmt: skip
    hits = {f"Hits@{n}": share for n, share in figures["hits"].items()}
    return {"Model": title, "MRR": figures["mrr"], **hits, **by_slot}


def verdict(results: dict[str, Result]) -> str:
    """Who knows best what was held out, and by how much more than the next and than one who only counts.

    >>> import numpy as np
    >>> def result(mrr, ranks):
    ...     guess = {"counts": {"mrr": 0.25}}
    ...     return Result({"mrr": mrr, "asked": 2, "baseline": guess}, 1.0, 10, 1 / np.array(ranks), [])
    >>> verdict({"brain": result(0.5, [2.0, 2.0, 2.0]), "cp": result(1.0, [1.0, 1.0, 1.0])})
    '**CP** knows best what it was not taught: its MRR is **1.000**, 0.500 above that of the brain. On 2 held-out \
statements such a gap (± 0.000) is more than chance makes. Counting alone, without any model, comes to 0.250.'
    """
    first, *others = sorted(results, key=lambda name: -results[name].figures["mrr"])
    figures, best = results[first].figures, _called(first, bold=True)
    guess, base = max(((name, of["mrr"]) for name, of in figures["baseline"].items()), key=lambda pair: pair[1])
    if others:
        gap, about = ahead(results[first].reciprocal, results[others[0]].reciprocal)
        how = "knows best what it was not taught" if gap > about else "is first, and hardly ahead"
        said = (
            f"{best} {how}: its MRR is **{figures['mrr']:.3f}**, {gap:.3f} above that of {_called(others[0])}. On "
            f"{figures['asked']:,} held-out statements such a gap (± {about:.3f}) "
            f"{'is more than chance makes' if gap > about else 'may be chance'}."
        )
    else:
        said = (
            f"{best} has an MRR of **{figures['mrr']:.3f}** on {figures['asked']:,} statements that it was not taught."
        )
    beaten = "" if figures["mrr"] > base else ": **more than any model that was taught here**"
    return f"{said} {GUESSES[guess].capitalize()}, without any model, comes to {base:.3f}{beaten}."


def _called(name: str, bold: bool = False) -> str:
    title = f"**{TITLES[name]}**" if bold else TITLES[name]
    return f"{'The' if bold else 'the'} {title}" if name == "brain" else title


def question(words: Vocabulary, row: list[int]) -> str:
    """A held-out statement as the question for its object, as plain text."""
    s, p, _, t = row
    when = f" ({words.label('instant', t)})" if t >= 0 else ""
    return f"{words.label('subject', s)} · {words.label('predicate', p)} · ?{when}"


def questions(contest: Contest) -> dict[str, int]:
    """The questions that are kept, those first in which the models believe most differently in the true answer."""
    assert contest.splits is not None
    words, belief = contest.splits.graph.vocabulary, {}
    for k, row in enumerate(contest.questions.tolist()):
        of = [
            sum(guess.probability for guess in result.guesses[k] if guess.right) for result in contest.results.values()
        ]
        belief.setdefault(question(words, row), (max(of) - min(of), k))
    return {text: k for text, (_, k) in sorted(belief.items(), key=lambda item: -item[1][0])}


def answers(contest: Contest, k: int) -> list[dict[str, str]]:
    """What each model answers to one question: its three best, each with its probability, the true one marked."""
    assert contest.splits is not None
    words = contest.splits.graph.vocabulary
    return [
        {"Model": TITLES[name], **{nth: cell(words, guess) for nth, guess in zip(NTH, result.guesses[k], strict=False)}}
        for name, result in contest.results.items()
    ]


def cell(words: Vocabulary, guess: Guess) -> str:
    """An answer in the table.

    >>> from tensorbrain.graph.vocabulary import Concept
    >>> cell(Vocabulary(concepts=(Concept("urn:x:Oslo", "Oslo", "entity"),)), Guess(0, 0.5, True))
    '✓ Oslo 0.50'
    """
    return f"{'✓ ' if guess.right else ''}{words.label('object', guess.candidate)} {guess.probability:.2f}"


def why(contest: Contest, k: int) -> str:
    """The true answer of a question, who finds it, and in what the others believe."""
    assert contest.splits is not None
    words = contest.splits.graph.vocabulary
    true = plain(words.label("object", int(contest.questions[k, 2])))
    right = [name for name, result in contest.results.items() if result.guesses[k][0].right]
    wrong = {name: result.guesses[k][0] for name, result in contest.results.items() if not result.guesses[k][0].right}
    said = f"The graph says **{true}**. "
    said += f"{_listed(right)} put{'s' if len(right) == 1 else ''} it first. " if right else "No model puts it first. "
    told = [
        f"{_called(name)} believes rather in {plain(words.label('object', guess.candidate))} ({guess.probability:.0%})"
        for name, guess in wrong.items()
    ]
    text = "; ".join(told)
    return said + (f"{text[:1].upper()}{text[1:]}." if text else "")


def _listed(names: list[str]) -> str:
    called = [_called(name) for name in names]
    text = " and ".join(filter(None, [", ".join(called[:-1]), called[-1]]))
    return text[:1].upper() + text[1:]
