"""Presets: the papers' choices by name, and the library's own.

>>> sorted(PRESETS)
['btn2023', 'default', 'qtb2025', 'tb2023']
"""

from tensorbrain.errors import SettingsError
from tensorbrain.settings import Settings

# Blackboard and context sizes are the library's own in every preset: the papers' n = 4096, h = 500 are for pictures.
PRESETS: dict[str, Settings] = {
    # Chosen by measurement, see docs/decisions.md: ReLU working memory, centred scores, order s-p-o.
    "default": Settings(),
    # TB23 as printed: sigmoids, recurrent working memory, no score offset, order s-o-p.
    "tb2023": Settings(scoring="direct", evolution="recurrent", orders=("sop",)),
    # The authors' released code: ReLU working memory, LeakyReLU blackboard, a learned feedback gain.
    "btn2023": Settings(scoring="direct", evolution="relu", activation="leaky_relu", learn_beta=True, orders=("sop",)),
    # QTB25: feed-forward context and the softplus offset a_0.
    "qtb2025": Settings(scoring="softplus", evolution="feedforward", orders=("sop",)),
}
"""The settings of the papers by name: ``default`` the library's own, ``tb2023`` TB23 as printed, ``btn2023`` the code
that its authors released, ``qtb2025`` QTB25."""


def preset(name: str) -> Settings:
    """The settings of a preset by name; SettingsError names the known ones.

    >>> preset("tb2023").evolution
    'recurrent'
    """
    if name not in PRESETS:
        raise SettingsError(f"preset '{name}' is unknown: use {', '.join(PRESETS)}.")
    return PRESETS[name]
