"""How a brain is used: perception, recall, questions, reasoning, multitasking, imagination, interventions."""

from tensorbrain.modes.ask import Answer, Answers, ask
from tensorbrain.modes.imagine import imagine
from tensorbrain.modes.interventions import intervene
from tensorbrain.modes.multitasking import multitask
from tensorbrain.modes.perception import perceive
from tensorbrain.modes.reasoning import reason
from tensorbrain.modes.recall import recall

__all__ = ["Answer", "Answers", "ask", "imagine", "intervene", "multitask", "perceive", "reason", "recall"]
