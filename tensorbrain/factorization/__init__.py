"""Tensor models of a knowledge graph: what the brain's memory is measured against, by one protocol."""

from tensorbrain.errors import SettingsError
from tensorbrain.factorization.complex import ComplEx
from tensorbrain.factorization.contextual import ConT
from tensorbrain.factorization.cp import CP, DistMult
from tensorbrain.factorization.probable import ProbableTucker
from tensorbrain.factorization.protocol import TensorModel, scores
from tensorbrain.factorization.rescal import RESCAL
from tensorbrain.factorization.temporal import TComplEx, TNTComplEx
from tensorbrain.factorization.tucker import TuckER
from tensorbrain.typing import PRNGKeyArray

MODELS = {
    "cp": CP,
    "distmult": DistMult,
    "complex": ComplEx,
    "rescal": RESCAL,
    "tucker": TuckER,
    "nonnegative-tucker": ProbableTucker,
    "tcomplex": TComplEx,
    "tntcomplex": TNTComplEx,
    "cont": ConT,
}
"""The models by the names that the command line takes."""


def create_model(name: str, counts: tuple[int, int, int], *, rank: int, key: PRNGKeyArray) -> TensorModel:
    """A random model of ``counts`` concepts, predicates and instants; SettingsError for an unknown name or no rank.

    >>> import jax
    >>> create_model("complex", (5, 3, 0), rank=4, key=jax.random.key(0)).keys("o").shape
    (5, 8)
    """
    if name not in MODELS:
        raise SettingsError(f"there is no tensor model {name!r}: choose one of {', '.join(MODELS)}.")
    if rank < 1:
        raise SettingsError(f"a model of rank {rank} holds nothing: give 1 or more.")
    return MODELS[name].create(counts, rank=rank, key=key)


__all__ = ["CP", "MODELS", "RESCAL", "ComplEx", "ConT", "DistMult", "ProbableTucker", "TComplEx", "TNTComplEx",
           "TensorModel", "TuckER", "create_model", "scores"]  # fmt: skip
