"""Recipes: how a tensor model is taught where nothing else is said.

Those of ComplEx, of the brain, of TNTComplEx on large graphs and of the non-negative Tucker model on small ones were
chosen on valid statements, never on those that are asked; the other models have ComplEx's settings at rank 64, TComplEx
those of TNTComplEx, until they are searched (`experiments.completion --part valid --try`). The order in which a brain
hears a large graph with time is not told apart by valid: it stayed as it was, once the test set had been seen.
"""

import math
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, get_args

from tensorbrain.errors import SettingsError
from tensorbrain.modes.completing import READINGS, First
from tensorbrain.settings import WIDEST

Regulariser = Literal["n3", "dura"]
Optimiser = Literal["adagrad", "muon"]
REGULARISERS, OPTIMISERS = get_args(Regulariser), get_args(Optimiser)
LARGE = 50_000  # statements: from here on a recipe is one for large graphs


@dataclass(frozen=True)
class Recipe:
    """How a model is taught: the weights of -log P of each slot and of the penalty, and how to descend.

    ``rank`` of the embeddings; ``penalty`` weighs the ``regulariser``, the model's `TensorModel.penalty` (n3) or its
    `Dual.duality` (dura); ``predicates`` and ``instants`` weigh log P(p | s, o, t) and log P(t | s, p, o)
    beside log P(o | s, p, t); ``smooth`` holds instants near the next one (Lacroix et al., 2020); ``dropout`` of each
    query's numbers; ``weight_decay`` goes with ``muon``, which is for the maps of a brain and Adam for the rest; a
    batch weighs its own concepts and at least so many ``candidates`` drawn at random, or with 0 all there are; what a
    brain hears ``first`` of a statement, its predicate or one of its concepts. Source: Chen et al. (2021), relation
    prediction.

    >>> Recipe(rank=8).with_(epochs=3).epochs
    3
    """

    rank: int
    epochs: int = 100
    batch: int = 128
    learning_rate: float = 0.1
    penalty: float = 0.01
    regulariser: Regulariser = "n3"
    predicates: float = 0.0
    instants: float = 0.0
    smooth: float = 0.0
    dropout: float = 0.0
    weight_decay: float = 0.0
    optimiser: Optimiser = "adagrad"
    candidates: int = 0
    first: First = "predicate"

    def __post_init__(self) -> None:
        for name, most in (("rank", WIDEST), ("epochs", math.inf), ("batch", math.inf)):
            if not 1 <= getattr(self, name) <= most:
                largest = f" and at most {most:,}" if most < math.inf else ""
                raise SettingsError(f"{name} {getattr(self, name)} must be at least 1{largest}.")
        for name, kinds in (("regulariser", REGULARISERS), ("optimiser", OPTIMISERS), ("first", tuple(READINGS))):
            if getattr(self, name) not in kinds:
                raise SettingsError(f"there is no {name} {getattr(self, name)!r}: choose {' or '.join(kinds)}.")
        for name in ("penalty", "predicates", "instants", "smooth", "weight_decay", "candidates"):
            if not 0 <= getattr(self, name) < float("inf"):
                raise SettingsError(f"{name} {getattr(self, name)} must be a number of 0 or more.")
        if not 0 < self.learning_rate < float("inf"):
            raise SettingsError(f"the learning rate {self.learning_rate} must be above 0, and finite.")
        if not 0 <= self.dropout < 1:
            raise SettingsError(f"dropout {self.dropout} must be a share of at least 0 and below 1, such as 0.1.")

    def with_(self, **changes: Any) -> "Recipe":
        """The same but for what is given and not None.

        >>> Recipe(rank=8).with_(rank=None).rank
        8
        """
        return replace(self, **{name: value for name, value in changes.items() if value is not None})

    def to_json(self) -> dict[str, Any]:
        """As plain values.

        >>> Recipe(rank=8).to_json()["rank"]
        8
        """
        return asdict(self)


_ADAGRAD = Recipe(rank=64, epochs=100, batch=64, learning_rate=0.1, penalty=0.01)
_DUAL = _ADAGRAD.with_(rank=100, epochs=30, batch=512, regulariser="dura", penalty=0.05, predicates=0.1)
_TIMED = _DUAL.with_(rank=156, epochs=24, penalty=0.015, instants=0.1, smooth=0.01)
_MUON = Recipe(
    rank=256, epochs=60, batch=32, learning_rate=4e-3, penalty=0.0, predicates=0.1, dropout=0.3, weight_decay=0.3,
    optimiser="muon",
)  # fmt: skip
_WHOLE = Recipe(rank=32, epochs=400, batch=1024, learning_rate=1.0, penalty=0.003)

USUAL: dict[str, tuple[Recipe, ...]] = {
    "brain": (
        _MUON,
        _MUON.with_(rank=200, epochs=30, batch=512, learning_rate=5e-3, dropout=0.2, weight_decay=0.1),
        _MUON.with_(epochs=24, batch=512, smooth=0.01, first="concept"),
    ),
    "cp": (_ADAGRAD, _ADAGRAD.with_(rank=200, batch=512)),
    "distmult": (_ADAGRAD, _ADAGRAD.with_(rank=200, batch=512)),
    "complex": (_ADAGRAD.with_(rank=256), _DUAL),
    "rescal": (_ADAGRAD, _ADAGRAD.with_(rank=100, batch=512)),
    "tucker": (_ADAGRAD, _ADAGRAD.with_(rank=100, batch=512)),
    "nonnegative-tucker": (_WHOLE, _WHOLE.with_(rank=16, epochs=100)),
    "tcomplex": (_ADAGRAD, _TIMED),
    "tntcomplex": (_ADAGRAD, _TIMED),
    "cont": (_ADAGRAD.with_(rank=16), _ADAGRAD.with_(rank=32, batch=512)),
}
"""Each model's recipe for a small graph and for a large one; that of a brain also for a large one with time."""


def recipe_for(name: str, statements: int, *, temporal: bool = False) -> Recipe:
    """The usual recipe of a model for a graph of so many ``statements``, which are ``temporal`` where they have a time.

    SettingsError for an unknown name.

    >>> recipe_for("complex", 5216).rank
    256
    """
    if name not in USUAL:
        raise SettingsError(f"there is no model {name!r}: choose one of {', '.join(USUAL)}.")
    kinds = USUAL[name]
    return kinds[0] if statements < LARGE else kinds[-1 if temporal else 1]
