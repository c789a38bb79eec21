"""tensorbrain: the Tensor Brain in JAX, from a knowledge graph to recalled statements.

>>> import tensorbrain as tb
>>> brain = tb.load_brain("neighbourhood")
>>> trace = tb.recall(brain, subject="Sparky", statements=3)
>>> len(trace.statements)
3
"""

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.checkpoint import load_brain, save_brain
from tensorbrain.datasets.worlds import WORLDS, load_graph
from tensorbrain.errors import TensorBrainError
from tensorbrain.evaluation import evaluate
from tensorbrain.learning import Holdout, train
from tensorbrain.modes import ask, recall
from tensorbrain.presets import PRESETS, preset
from tensorbrain.settings import Settings
from tensorbrain.trace import Record, Statement, Trace

__version__ = "0.1.0"

__all__ = [
    "PRESETS",
    "WORLDS",
    "Brain",
    "Holdout",
    "Record",
    "Settings",
    "Statement",
    "TensorBrain",
    "TensorBrainError",
    "Trace",
    "ask",
    "evaluate",
    "load_brain",
    "load_graph",
    "preset",
    "recall",
    "save_brain",
    "train",
]
