"""How a brain is taught: objectives, batches, held-out statements, the training loop."""

from tensorbrain.learning.batches import Holdout, hold_out
from tensorbrain.learning.train import train

__all__ = ["Holdout", "hold_out", "train"]
