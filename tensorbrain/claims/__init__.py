"""What is claimed of the Tensor Brain, one file a claim: its trials, its measure, its control, its verdict."""

import importlib
from difflib import get_close_matches

from tensorbrain.claims.claim import Claim
from tensorbrain.errors import UnknownConceptError

# In the order of their numbers; each is the name of its file.
NAMES = (
    "identity_feedback", "context", "role_order", "unseen_facts", "time_summed_out", "rank", "current_state",
    "generalised", "chaining", "entity_indices", "one_shot", "consolidation", "reclaiming", "novelty", "recency",
    "permanence", "sluggish", "noise", "workspace", "sparsity", "tied", "gates", "bayes", "embodiment",
    "self_supervision", "remarkable", "multimodality", "multiplexing", "planning", "future", "stability",
    "human_memory",
)  # fmt: skip


def claim(name: str) -> Claim:
    """The claim of a name, or of a number as text; UnknownConceptError offers the nearest names.

    >>> claim("23").name
    'bayes'
    >>> claim("bias")
    Traceback (most recent call last):
    tensorbrain.errors.UnknownConceptError: there is no claim 'bias': did you mean bayes? ...
    """
    if name.isdecimal() and 1 <= int(name) <= len(NAMES):
        name = NAMES[int(name) - 1]
    plain = name.replace("-", "_").replace(" ", "_").lower()
    if plain not in NAMES:
        near = get_close_matches(plain, NAMES, n=3, cutoff=0.5)
        hint = f"did you mean {' or '.join(near)}? " if near else ""
        raise UnknownConceptError(f"there is no claim '{name}': {hint}`tensorbrain claims --list` names all of them.")
    return importlib.import_module(f"tensorbrain.claims.{plain}").CLAIM
