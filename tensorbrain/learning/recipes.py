"""Recipes: how a tensor model is taught, found by search on valid statements, never on those that are asked."""

from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from tensorbrain.errors import SettingsError

LARGE = 50_000  # statements: from here on a recipe is one for large graphs


@dataclass(frozen=True)
class Recipe:
    """How a model is taught: the weights of -log P of each slot and of the penalty, and how to descend.

    ``rank`` of the embeddings; ``penalty`` of the model's `TensorModel.penalty`; ``predicates`` and ``instants`` weigh
    log P(p | s, o, t) and log P(t | s, p, o) beside log P(o | s, p, t); ``smooth`` holds instants near the next one
    (Lacroix et al., 2020); ``dropout`` of each query's numbers. Source: Chen et al. (2021), relation prediction.

    >>> Recipe(rank=8).with_(epochs=3).epochs
    3
    """

    rank: int
    epochs: int = 100
    batch: int = 128
    learning_rate: float = 0.1
    penalty: float = 0.01
    predicates: float = 0.0
    instants: float = 0.0
    smooth: float = 0.0
    dropout: float = 0.0
    optimiser: Literal["adagrad", "adam"] = "adagrad"

    def __post_init__(self) -> None:
        for name in ("rank", "epochs", "batch"):
            if getattr(self, name) < 1:
                raise SettingsError(f"{name} {getattr(self, name)} must be at least 1.")
        for name in ("penalty", "predicates", "instants", "smooth"):
            if not 0 <= getattr(self, name) < float("inf"):
                raise SettingsError(f"{name} {getattr(self, name)} must be a number of 0 or more.")
        if not 0 < self.learning_rate < float("inf") or not 0 <= self.dropout < 1:
            raise SettingsError("the learning rate must be above 0, and dropout a share below 1.")

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
