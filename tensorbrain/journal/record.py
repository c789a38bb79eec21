"""A record: what changed, by a word for its kind, plain values, and arrays to the last bit."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import safetensors.numpy

_ABOUT = "about"


class Record(NamedTuple):
    """One change of a brain: its ``kind`` in a word, plain JSON values about it, and arrays by name.

    >>> record = Record("consolidation", {"rate": 0.5}, {"a_bar": np.zeros(2, np.float32)})
    >>> Record.from_bytes(record.to_bytes())
    Record(kind='consolidation', about={'rate': 0.5}, arrays={'a_bar': array([0., 0.], dtype=float32)})
    """

    kind: str
    about: Mapping[str, Any]
    arrays: Mapping[str, np.ndarray]

    def to_bytes(self) -> bytes:
        """The record as safetensors, the plain values as JSON text in an array of bytes."""
        text = json.dumps({**self.about, "kind": self.kind}, separators=(",", ":"), default=float)
        arrays = {name: np.asarray(array, order="C") for name, array in self.arrays.items()}
        return safetensors.numpy.save({**arrays, _ABOUT: np.frombuffer(text.encode(), np.uint8)})

    @classmethod
    def from_bytes(cls, content: bytes | memoryview) -> "Record":
        """The record that ``to_bytes`` wrote; nothing in it is executed."""
        arrays = safetensors.numpy.load(bytes(content))
        about = json.loads(arrays.pop(_ABOUT).tobytes())
        return cls(str(about.pop("kind")), about, arrays)
