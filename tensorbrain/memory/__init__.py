"""How memory changes: one-shot writing, consolidation by replay, forgetting, what is remarkable, a life on disk."""

from tensorbrain.memory.blend import remarkable
from tensorbrain.memory.consolidate import consolidate
from tensorbrain.memory.experience import experience
from tensorbrain.memory.forget import forget
from tensorbrain.memory.store import Life, open_life

__all__ = ["Life", "consolidate", "experience", "forget", "open_life", "remarkable"]
