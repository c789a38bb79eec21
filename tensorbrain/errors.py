"""The errors a user can mend: one sentence that names the thing, the reason and the mend."""


class TensorBrainError(Exception):
    """Base of every error that bad input can cause; its message is one sentence for the user.

    >>> raise TensorBrainError("world.ttl is empty: give a file with at least one statement")
    Traceback (most recent call last):
    tensorbrain.errors.TensorBrainError: world.ttl is empty: give a file with at least one statement
    """


class GraphError(TensorBrainError):
    """A knowledge graph could not be read: missing, malformed, unsafe or without usable statements."""


class UnknownConceptError(TensorBrainError):
    """A name is not in the vocabulary; the message offers the nearest labels."""


class AmbiguousConceptError(TensorBrainError):
    """A label belongs to several concepts; the message shows their IRIs."""


class SettingsError(TensorBrainError):
    """An argument has a value that the library cannot act on."""


class BrainFileError(TensorBrainError):
    """A brain file is damaged, foreign, or from a newer format."""


class PictureError(TensorBrainError):
    """A picture or its boxes cannot be used."""


class TrainingWarning(UserWarning):
    """Training ended early, and what it had learned until then was kept."""
