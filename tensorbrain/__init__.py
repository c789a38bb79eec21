"""tensorbrain: the Tensor Brain in JAX, from a knowledge graph to recalled statements.

>>> import tensorbrain as tb
>>> brain = tb.load_brain("neighbourhood")
>>> trace = tb.recall(brain, subject="Sparky", statements=3)
>>> len(trace.statements)
3
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tensorbrain.brain import Brain, TensorBrain
    from tensorbrain.checkpoint import load_brain, save_brain
    from tensorbrain.datasets.worlds import WORLDS, load_graph
    from tensorbrain.errors import TensorBrainError
    from tensorbrain.evaluation import evaluate
    from tensorbrain.learning import Holdout, train
    from tensorbrain.memory import Life, consolidate, experience, forget, open_life, remarkable
    from tensorbrain.modes import ask, imagine, intervene, multitask, perceive, reason, recall
    from tensorbrain.presets import PRESETS, preset
    from tensorbrain.settings import Settings
    from tensorbrain.trace import Record, Statement, Trace

__version__ = "0.1.0"

# Where each public name lives: it is imported when it is first used, so that `tensorbrain --help` and
# `tensorbrain info` need not wait for JAX.
_HOME = {
    "Brain": "brain",
    "TensorBrain": "brain",
    "load_brain": "checkpoint",
    "save_brain": "checkpoint",
    "WORLDS": "datasets.worlds",
    "load_graph": "datasets.worlds",
    "TensorBrainError": "errors",
    "evaluate": "evaluation",
    "Holdout": "learning",
    "train": "learning",
    "Life": "memory",
    "consolidate": "memory",
    "experience": "memory",
    "forget": "memory",
    "open_life": "memory",
    "remarkable": "memory",
    "ask": "modes",
    "imagine": "modes",
    "intervene": "modes",
    "multitask": "modes",
    "perceive": "modes",
    "reason": "modes",
    "recall": "modes",
    "PRESETS": "presets",
    "preset": "presets",
    "Settings": "settings",
    "Record": "trace",
    "Statement": "trace",
    "Trace": "trace",
}

__all__ = [
    "PRESETS",
    "WORLDS",
    "Brain",
    "Holdout",
    "Life",
    "Record",
    "Settings",
    "Statement",
    "TensorBrain",
    "TensorBrainError",
    "Trace",
    "ask",
    "consolidate",
    "evaluate",
    "experience",
    "forget",
    "imagine",
    "intervene",
    "load_brain",
    "load_graph",
    "multitask",
    "open_life",
    "perceive",
    "preset",
    "reason",
    "recall",
    "remarkable",
    "save_brain",
    "train",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'tensorbrain' has no attribute '{name}'")
    value = getattr(importlib.import_module(f"tensorbrain.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
