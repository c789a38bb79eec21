"""Settings: every choice that shapes a brain, as one immutable value."""

from dataclasses import asdict, dataclass
from itertools import permutations
from typing import Any, Literal

from tensorbrain.errors import SettingsError
from tensorbrain.layers.blackboard import Activation
from tensorbrain.layers.concept_index import Scoring
from tensorbrain.layers.working_memory import Evolution

Senses = Literal["none", "pictures", "boxes"]
WIDEST = 1 << 16  # units: one matrix of so many by so many takes 17 GB
ORDERS = tuple("".join(letters) for letters in permutations("spo"))


@dataclass(frozen=True)
class Settings:
    """Every choice that shapes a brain; the presets of ``tensorbrain.presets`` are the papers' choices.

    ``dim`` n, blackboard units; ``context`` units of working memory; ``scoring`` a_0 and c of the score;
    ``evolution`` form of g; ``activation`` gamma; ``alpha``, ``beta`` gates of the write-back; ``learn_beta``
    trains the feedback gain; ``temperature`` of the read-out; ``orders`` in which a statement is decoded, each
    of s, p, o: the first is the brain's own, a second one lets it also read statements in another direction;
    ``reserve`` rows of concepts, predicates, instants kept free; ``senses``: none for a brain that only
    remembers, pictures (an eye with ``feature`` numbers a region), or boxes (with evidence for one of ``classes``).

    >>> Settings(dim=8, orders=("sop",)).orders
    ('sop',)
    """

    dim: int = 256
    context: int = 256
    scoring: Scoring = "centered"
    evolution: Evolution = "relu"
    activation: Activation = "sigmoid"
    alpha: float = 1.0
    beta: float = 1.0
    learn_beta: bool = False
    temperature: float = 1.0
    orders: tuple[str, ...] = ("spo",)
    reserve: tuple[int, int, int] = (0, 0, 0)
    senses: Senses = "none"
    feature: int = 192
    classes: int = 0

    def __post_init__(self) -> None:
        wrong = [order for order in self.orders if order not in ORDERS]
        if wrong or not self.orders or len(set(self.orders)) < len(self.orders):
            raise SettingsError(f"decode orders {self.orders} must be distinct ones of {', '.join(ORDERS)}.")
        if not (1 <= self.dim <= WIDEST and 1 <= self.context <= WIDEST) or min(self.reserve) < 0:
            raise SettingsError(f"dim and context must be at least 1 and at most {WIDEST:,}, and reserve at least 0.")
        if self.senses not in ("none", "pictures", "boxes"):
            raise SettingsError(f"senses '{self.senses}' are unknown: use none, pictures or boxes.")
        if self.feature < 1 or self.classes < 0:
            raise SettingsError("feature must be at least 1 and classes at least 0.")
        if self.temperature <= 0:
            raise SettingsError(f"temperature {self.temperature} must be above 0: 1 leaves the scores as they are.")

    def to_json(self) -> dict[str, Any]:
        """The settings as plain JSON types.

        >>> Settings(dim=8).to_json()["dim"]
        8
        """
        return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Settings":
        """The settings written by ``to_json``.

        >>> Settings.from_json(Settings(dim=8).to_json()) == Settings(dim=8)
        True
        """
        fields: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items()}
        return cls(**fields)
