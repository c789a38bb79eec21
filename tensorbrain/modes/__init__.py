"""How a brain is used: semantic and episodic recall, and questions with any slots hidden."""

from tensorbrain.modes.ask import Answer, Answers, ask
from tensorbrain.modes.recall import recall

__all__ = ["Answer", "Answers", "ask", "recall"]
