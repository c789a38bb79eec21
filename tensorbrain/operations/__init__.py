"""What the layers do: sense, attend and measure within a concept window, evolve between windows."""

from tensorbrain.operations.attend import attend
from tensorbrain.operations.embody import embody
from tensorbrain.operations.evolve import evolve
from tensorbrain.operations.measure import SELECTIONS, Selection, measure, write_back
from tensorbrain.operations.readout import log_probabilities
from tensorbrain.operations.sense import sense

__all__ = [
    "SELECTIONS",
    "Selection",
    "attend",
    "embody",
    "evolve",
    "log_probabilities",
    "measure",
    "sense",
    "write_back",
]
