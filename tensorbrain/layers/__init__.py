"""The four layers of the Tensor Brain: sensory buffer, blackboard, concept index, working memory."""

from tensorbrain.layers.blackboard import Blackboard
from tensorbrain.layers.concept_index import BLOCKS, ConceptIndex
from tensorbrain.layers.sensory_buffer import SensoryBuffer
from tensorbrain.layers.state import BrainState
from tensorbrain.layers.working_memory import WorkingMemory

__all__ = ["BLOCKS", "Blackboard", "BrainState", "ConceptIndex", "SensoryBuffer", "WorkingMemory"]
