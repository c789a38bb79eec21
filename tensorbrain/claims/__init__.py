"""What is claimed of the Tensor Brain, one file a claim: its trials, its measure, its control, its verdict."""

import importlib
from difflib import get_close_matches

from tensorbrain.claims.claim import Claim
from tensorbrain.errors import UnknownConceptError

# In the order of the papers; each is the name of its file.
NUMBERS = {
    1: "identity_feedback", 2: "context", 3: "role_order", 4: "unseen_facts", 5: "time_summed_out", 6: "rank",
    7: "current_state", 8: "generalised", 9: "chaining", 10: "entity_indices", 11: "one_shot", 12: "consolidation",
    13: "reclaiming", 14: "novelty", 15: "recency", 16: "permanence", 17: "sluggish", 18: "noise", 19: "workspace",
    20: "sparsity", 21: "tied", 22: "gates", 23: "bayes", 24: "embodiment", 25: "self_supervision", 26: "remarkable",
    27: "multimodality", 28: "multiplexing", 29: "planning", 30: "future", 31: "stability", 32: "human_memory",
}  # fmt: skip
NAMES = tuple(NUMBERS.values())
"""The names of all claims, in the order of their numbers."""


def claim(name: str) -> Claim:
    """The claim of a name, or of a number as text; UnknownConceptError offers the nearest names.

    >>> claim("23").name
    'bayes'
    >>> claim("bias")
    Traceback (most recent call last):
    tensorbrain.errors.UnknownConceptError: there is no claim 'bias': did you mean bayes? ...
    """
    if name.isdecimal():
        name = NUMBERS.get(int(name), name)
    plain = name.replace("-", "_").replace(" ", "_").lower()
    if plain not in NAMES:
        near = get_close_matches(plain, NAMES, n=3, cutoff=0.5)
        hint = f"did you mean {' or '.join(near)}? " if near else ""
        raise UnknownConceptError(f"there is no claim '{name}': {hint}`tensorbrain claims --list` names all of them.")
    return importlib.import_module(f"tensorbrain.claims.{plain}").CLAIM
