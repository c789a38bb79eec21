"""How memory changes: one-shot writing of new indices, and the experience that writes them."""

from tensorbrain.memory.experience import experience

__all__ = ["experience"]
