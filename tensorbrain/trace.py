"""The trace: what was recorded of a run, in NumPy, with the words that belong to the numbers."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.special import expit

from tensorbrain.errors import SettingsError
from tensorbrain.graph.vocabulary import Vocabulary
from tensorbrain.layers.blackboard import LEAK
from tensorbrain.typing import Float32, Int32

if TYPE_CHECKING:
    import plotly.graph_objects
    import rdflib
    import xarray

SLOT_OF = {"t": "instant", "s": "subject", "p": "predicate", "o": "object"}
WINDOWS = 4  # the instant, then three windows in decode order


@dataclass(frozen=True)
class Record:
    """What a run keeps: the ``top`` most probable candidates of each window, and the ``states`` q and h if asked for.

    A statement costs 4 x (8 top + 4 (2 dim + context)) bytes.

    >>> Record(top=5).states
    True
    """

    top: int = 12
    states: bool = True

    def __post_init__(self) -> None:
        if self.top < 1:
            raise SettingsError(f"a record of the top {self.top} candidates holds nothing: keep at least 1.")


class Statement(NamedTuple):
    """One decoded statement by its labels, with P(statement | cue)."""

    subject: str
    predicate: str
    object: str
    probability: float


@dataclass(frozen=True, eq=False)
class Sight:
    """What was seen in a picture, region by region; region 0 is the whole picture.

    ``boxes`` are left, top, right, bottom as shares of the picture; ``things`` the most probable concept of each
    region with ``thing_probability``, ``familiarity`` the probability that it is any known individual; ``labels``
    the most probable label of each group with ``label_probability``, ``groups`` the names of the groups; ``regions``
    the region numbers of subject and object of each statement of the trace.
    """

    boxes: Float32[np.ndarray, "region 4"]
    things: Int32[np.ndarray, " region"]
    thing_probability: Float32[np.ndarray, " region"]
    familiarity: Float32[np.ndarray, " region"]
    labels: Int32[np.ndarray, "region group"]
    label_probability: Float32[np.ndarray, "region group"]
    groups: tuple[str, ...]
    regions: Int32[np.ndarray, "statement 2"]


@dataclass(frozen=True, eq=False)
class Trace:
    """The recording of a run: statements, and per statement four windows (instant, then the decode order).

    Leading axes of the recorded arrays: (statement, window). ``chosen`` is an id within the window's slot (-1: none);
    ``entropy`` in nats; ``feedback`` is |beta a_k| / |q|, the relative strength of the write-back; ``q_before``
    and ``q_after`` are the blackboard before and after it, ``h`` the working memory. Ids and labels follow
    ``vocabulary``. A trace of perception has also what was seen (``sight``). In one of reasoning (``how`` is chain,
    symbolic or embedded) each statement is a hop, and its probability that of its object given the hops before.
    """

    mode: str
    order: str
    selection: str
    a_bar: str
    seed: int
    cue: dict[str, str]
    vocabulary: Vocabulary
    settings: dict[str, Any]
    ids: Int32[np.ndarray, "statement 3"]
    probability: Float32[np.ndarray, " statement"]
    instant: Int32[np.ndarray, " statement"]
    chosen: Int32[np.ndarray, "statement window"]
    chosen_probability: Float32[np.ndarray, "statement window"]
    entropy: Float32[np.ndarray, "statement window"]
    feedback: Float32[np.ndarray, "statement window"]
    top_ids: Int32[np.ndarray, "statement window top"]
    top_probability: Float32[np.ndarray, "statement window top"]
    q_before: Float32[np.ndarray, "statement window dim"] | None = None
    q_after: Float32[np.ndarray, "statement window dim"] | None = None
    h: Float32[np.ndarray, "statement window context"] | None = None
    exact: bool = True
    notes: tuple[str, ...] = field(default=())
    sight: "Sight | None" = None
    how: str = ""

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def slots(self) -> tuple[str, ...]:
        """The slot each window decodes: instant, then subject, predicate and object in decode order."""
        return tuple(SLOT_OF[letter] for letter in "t" + self.order)

    @property
    def regions(self) -> Int32[np.ndarray, "statement 2"]:
        """The regions of subject and object of each statement; SettingsError where nothing was seen."""
        return self._seen().regions

    @property
    def boxes(self) -> Float32[np.ndarray, "region 4"]:
        """The boxes of the regions, as shares of the picture; SettingsError where nothing was seen."""
        return self._seen().boxes

    def _seen(self) -> Sight:
        if self.sight is None:
            raise SettingsError("this trace is of memory and has no regions: only what is perceived has them.")
        return self.sight

    def label(self, slot: str, index: int | np.integer) -> str:
        """The label of an id in a slot, or "" for -1 (nothing was chosen)."""
        return "" if index < 0 else self.vocabulary.label(slot, int(index))

    @property
    def statements(self) -> list[Statement]:
        """The decoded statements by label, in the order in which they were recalled."""
        return [
            Statement(self.label("subject", s), self.label("predicate", p), self.label("object", o), float(prob))
            for (s, p, o), prob in zip(self.ids, self.probability, strict=True)
        ]

    def gamma(self, q: np.ndarray) -> np.ndarray:
        """The cognitive brain state gamma of recorded blackboards q, with the activation of this brain's settings."""
        if self.settings.get("activation") == "leaky_relu":
            return np.where(q > 0, q, LEAK * q)
        return expit(q)

    def top(self, statement: int, window: int, most: int | None = None) -> list[tuple[str, float]]:
        """The candidates of one window as (label, probability), best first: all that were kept, or ``most`` of them."""
        slot = self.slots[window]
        ids, probability = self.top_ids[statement, window, :most], self.top_probability[statement, window, :most]
        return [(self.label(slot, k), p) for k, p in zip(ids.tolist(), probability.tolist(), strict=True) if k >= 0]

    def to_json(self) -> dict[str, Any]:
        """The statements, the windows with their candidates, and how the run was made, as plain JSON types."""
        instants = [self.label("instant", t) for t in self.instant]
        return {
            "mode": self.mode,
            **({"how": self.how} if self.how else {}),
            "seed": self.seed,
            "order": self.order,
            "selection": self.selection,
            "a_bar": self.a_bar,
            "cue": self.cue,
            "exact": self.exact,
            "notes": list(self.notes),
            "statements": [
                {**statement._asdict(), **({"instant": instant} if instant else {})}
                for statement, instant in zip(self.statements, instants, strict=True)
            ],
            "windows": [
                [
                    {
                        "slot": slot,
                        "chosen": self.label(slot, self.chosen[n, w]),
                        "probability": float(self.chosen_probability[n, w]),
                        "entropy": float(self.entropy[n, w]),
                        "feedback": float(self.feedback[n, w]),
                        "top": [{"label": label, "probability": prob} for label, prob in self.top(n, w)],
                    }
                    for w, slot in enumerate(self.slots)
                ]
                for n in range(len(self))
            ],
            "settings": self.settings,
        }

    def to_rows(self) -> list[dict[str, Any]]:
        """The candidates of all windows as a table of plain values, to be written as CSV or Parquet.

        One row for each statement (from 1), window and candidate that was kept, best first, with the statement's
        probability and the window's entropy; what was ``chosen`` has its row also where it is not among the kept.
        """
        rows = []
        for n, w in np.ndindex(self.chosen.shape):
            slot, chosen = self.slots[w], int(self.chosen[n, w])
            kept = zip(self.top_ids[n, w].tolist(), self.top_probability[n, w].tolist(), strict=True)
            candidates = {k: p for k, p in kept if k >= 0}
            if chosen >= 0:
                candidates.setdefault(chosen, float(self.chosen_probability[n, w]))
            for k, p in candidates.items():
                concept = self.vocabulary.slot(slot)[k]
                rows.append(
                    {
                        "statement": n + 1,
                        "statement_probability": float(self.probability[n]),
                        "slot": slot,
                        "entropy": float(self.entropy[n, w]),
                        "candidate": concept.label,
                        "iri": concept.iri,
                        "group": concept.group,
                        "probability": p,
                        "chosen": k == chosen,
                    }
                )
        return rows

    def to_rdf(self, form: str = "reification") -> "rdflib.Dataset":
        """The statements as RDF with their probabilities, by ``reification`` or as ``named graphs``."""
        from tensorbrain.graph.rdf_out import to_rdf

        words = self.vocabulary
        rows = [
            (words.concepts[s].iri, words.predicates[p].iri, words.concepts[o].iri, float(prob))
            for (s, p, o), prob in zip(self.ids.tolist(), self.probability, strict=True)
        ]
        return to_rdf(rows, form=form)

    def to_xarray(self) -> "xarray.Dataset":
        """The recorded arrays with named axes and labels (needs the extra ``trace``)."""
        from tensorbrain.plotting import trace_dataset

        return trace_dataset(self)

    def plot(self) -> "plotly.graph_objects.Figure":
        """A figure of the run: the candidates of each window of the first statements (needs the extra ``plot``)."""
        from tensorbrain.plotting import trace_figure

        return trace_figure(self)
