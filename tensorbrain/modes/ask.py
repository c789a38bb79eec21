"""Ask: given any of instant, subject, predicate, object, rank what fills the rest."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from tensorbrain.brain import Brain
from tensorbrain.errors import SettingsError
from tensorbrain.modes.cue import SLOTS, Cue, find_statements, instant_posterior, read_cue, starts
from tensorbrain.typing import Float64, Int64

MOST = 4096  # the most statements that are summed when only some of the hidden slots are asked for


@dataclass(frozen=True)
class Answer:
    """One answer: the labels of the asked slots and P(answer | what was told)."""

    labels: tuple[str, ...]
    ids: tuple[int, ...]
    probability: float


@dataclass(frozen=True)
class Answers:
    """Ranked answers, best first; ``exact`` is False when the candidates were too many to enumerate.

    >>> str(Answers(("object",), (Answer(("Mary",), (3,), 0.9),), "semantic", True))
    '0.900  Mary'
    """

    slots: tuple[str, ...]
    answers: tuple[Answer, ...]
    mode: str
    exact: bool

    def __iter__(self):
        return iter(self.answers)

    def __len__(self) -> int:
        return len(self.answers)

    def __getitem__(self, k: int) -> Answer:
        return self.answers[k]

    def __str__(self) -> str:
        return "\n".join(f"{a.probability:.3f}  {'  '.join(a.labels)}" for a in self.answers)

    def to_json(self) -> dict[str, Any]:
        """The answers as plain JSON types, each with one key per slot."""
        return {
            "mode": self.mode,
            "slots": list(self.slots),
            "exact": self.exact,
            "answers": [
                {**dict(zip(self.slots, a.labels, strict=True)), "probability": a.probability} for a in self.answers
            ],
        }


def ask(
    brain: Brain,
    *,
    subject: str | None = None,
    predicate: str | None = None,
    object: str | None = None,
    instant: str | None = None,
    answer: tuple[str, ...] | str | None = None,
    mode: str | None = None,
    order: str | None = None,
    a_bar: str = "learned",
    recency: float = 0.0,
    top: int = 10,
) -> Answers:
    """Rank what fills the slots not told: P(answer | told) proportional to P(s, p, o | start), the rest summed out.

    ``answer`` names the asked slots; by default all hidden ones of subject, predicate and object, or the
    instant when these three are told. The mode is episodic when an instant is told or asked for, else semantic,
    with ``a_bar`` learned, mean or mixture (theory of TB23). Names are labels, IRIs or time stamps; errors as
    in ``read_cue``.

    >>> from tensorbrain.checkpoint import load_brain
    >>> brain = load_brain("neighbourhood")
    >>> ask(brain, subject="Dog", predicate="is a kind of", top=1)[0].labels
    ('mammal',)
    """
    asked = (answer,) if isinstance(answer, str) else tuple(answer) if answer else None
    names = {"subject": subject, "predicate": predicate, "object": object, "instant": instant}
    if asked is None:
        asked = tuple(slot for slot in SLOTS if names[slot] is None) or ("instant",)
    wrong = [slot for slot in asked if slot not in names or names[slot] is not None]
    if wrong or not asked or ("instant" in asked and len(asked) > 1):
        raise SettingsError(
            f"cannot answer {' and '.join(asked)}: ask for slots that are not told, and for the instant alone."
        )
    if top < 1:
        raise SettingsError(f"the top {top} answers are none: ask for at least 1.")
    if asked == ("instant",):
        mode = mode or "episodic"
    cue = read_cue(brain, **names, mode=mode, order=order, a_bar=a_bar)
    if asked == ("instant",):
        if cue.mode != "episodic":
            raise SettingsError("semantic memory knows no instant: ask for it in mode episodic.")
        return _which_instant(brain, cue, recency, top)
    columns = [SLOTS.index(slot) for slot in asked]
    ids, probability, exact = answer_distribution(brain, cue, columns, recency=recency, top=top)
    best = np.argsort(-probability, kind="stable")[:top]
    answers = tuple(
        Answer(
            tuple(brain.vocabulary.label(slot, int(k)) for slot, k in zip(asked, ids[row], strict=True)),
            tuple(int(k) for k in ids[row]),
            float(probability[row]),
        )
        for row in best
    )
    return Answers(asked, answers, cue.mode, exact)


def answer_distribution(
    brain: Brain, cue: Cue, columns: list[int], *, recency: float = 0.0, top: int = 10
) -> tuple[Int64[np.ndarray, "answer slot"], Float64[np.ndarray, " answer"], bool]:
    """Distinct fillings of the asked columns of (s, p, o) and their probabilities given the cue; True when exact."""
    q, log_weight = starts(brain, cue, recency=recency)
    sizes = (brain.model.index.capacity[0], brain.model.index.capacity[1], brain.model.index.capacity[0])
    hidden = [c for c in range(3) if cue.given[c] < 0]
    possible = int(np.prod([sizes[c] for c in hidden], dtype=np.float64))
    whole = len(q) == 1 and columns == hidden  # nothing is summed: the best few are enough
    found, proven = find_statements(brain, cue, q, n=min(possible, top if whole else MOST))
    log_joint = found.log_p + log_weight[:, None]
    if cue.mode == "episodic" and cue.instant < 0:
        log_joint = log_joint - found.log_given[:, None]  # the weights are P(t | cue) already
        log_total = 0.0
    else:
        log_total = float(np.logaddexp.reduce(found.log_given + log_weight))
    probability = np.exp(log_joint.reshape(-1) - log_total)
    real = probability > 0
    rows, place = np.unique(found.statements.reshape(-1, 3)[real][:, columns], axis=0, return_inverse=True)
    summed = np.bincount(place.reshape(-1), weights=probability[real], minlength=len(rows))
    covered = whole or bool(summed.sum() > 1 - 1e-4)
    return rows.astype(np.int64), summed, proven and covered


def _which_instant(brain: Brain, cue: Cue, recency: float, top: int) -> Answers:
    probability = np.exp(np.asarray(instant_posterior(brain, cue, recency=recency)))
    best = np.argsort(-probability, kind="stable")[: min(top, len(brain.vocabulary.instants))]
    answers = tuple(
        Answer((brain.vocabulary.label("instant", int(t)),), (int(t),), float(probability[t])) for t in best
    )
    return Answers(("instant",), answers, cue.mode, True)
