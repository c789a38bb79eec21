"""Scenes of the neighbourhood: scripts of its episodes and of new scenes, and pictures drawn from them."""

from tensorbrain.datasets.drawing import Dials, draw
from tensorbrain.datasets.episode_scripts import episode_scripts
from tensorbrain.datasets.new_scripts import new_scripts
from tensorbrain.datasets.scripts import Script

__all__ = ["Dials", "Script", "draw", "episode_scripts", "new_scripts"]
