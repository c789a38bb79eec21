"""How good a brain is: figures beside a count table and chance."""

from tensorbrain.evaluation.evaluate import evaluate
from tensorbrain.evaluation.table import table

__all__ = ["evaluate", "table"]
