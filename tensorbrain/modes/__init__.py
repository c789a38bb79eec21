"""How a brain is used: perception, semantic and episodic recall, questions with any slots hidden, imagination."""

from tensorbrain.modes.ask import Answer, Answers, ask
from tensorbrain.modes.imagine import imagine
from tensorbrain.modes.perception import perceive
from tensorbrain.modes.recall import recall

__all__ = ["Answer", "Answers", "ask", "imagine", "perceive", "recall"]
