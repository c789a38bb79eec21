"""Recall from a concept index that stays on the disk: its rows are read a chunk at a time, whatever their number."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.array_file import damaged, filled, rows_of
from tensorbrain.brain import BLOCK_OF, TensorBrain
from tensorbrain.checkpoint import brain_arrays, brain_file, skeleton
from tensorbrain.errors import SettingsError
from tensorbrain.layers import BLOCKS, BrainState, ConceptIndex
from tensorbrain.layers.concept_index import NEVER
from tensorbrain.numerics.running import Ranked, ranked
from tensorbrain.operations import evolve
from tensorbrain.settings import Settings
from tensorbrain.typing import Array, Float, Int

CHUNK = 65_536  # rows that are in memory at once: 32 MB at 128 numbers
ROWS = "index.A"


@dataclass(frozen=True, eq=False)
class MappedBrain:
    """A brain without its concept index: ``small`` has no row, and those of the file at ``path`` are read when needed.

    Made by `open_mapped`. The file must stay as it is. ``in_use`` and ``a0`` have one number a row, and are held.

    >>> from tensorbrain.checkpoint import load_brain
    >>> brain = open_mapped("countries")
    >>> brain.capacity[0] == load_brain("countries").model.index.capacity[0]
    True
    """

    path: Path
    small: TensorBrain
    capacity: tuple[int, int, int]
    in_use: np.ndarray
    a0: np.ndarray
    chunk: int

    def _chunks(self, block: str, temperature: float) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Keys and offsets of a block, chunk by chunk; rows not in use have the offset NEVER."""
        k = BLOCKS.index(block)
        first, count = sum(self.capacity[:k]), self.capacity[k]
        for start in range(first, first + count, self.chunk):
            stop = min(start + self.chunk, first + count)
            A = rows_of(self.path, ROWS, start, stop)
            part = ConceptIndex(
                jnp.asarray(A), jnp.asarray(self.a0[start:stop]), jnp.asarray(self.in_use[start:stop]),
                (stop - start, 0, 0), self.small.index.scoring,
            )  # fmt: skip
            _, a0, _ = part.terms("concept")
            yield A, np.where(self.in_use[start:stop], np.asarray(a0) / temperature, NEVER)

    def read(self, q: Float[Array, "batch dim"], slot: str, *, n: int = 1) -> Ranked:
        """The ``n`` most probable concepts of a window, with log pi = log softmax((a_0 + A (gamma - c)) / T).

        One pass over the rows for the whole batch.

        >>> brain = open_mapped("countries")
        >>> brain.read(brain.small.a_bar[None], "s", n=3).ids.shape
        (1, 3)
        """
        temperature = float(self.small.temperature)
        centre = self.small.index.terms("concept")[2]
        gamma = jax.vmap(self.small.board.gamma)(q)
        return ranked((gamma - centre) / temperature, self._chunks(BLOCK_OF[slot], temperature), n=n)

    def embeddings(self, ks: np.ndarray, block: str) -> Float[Array, "batch dim"]:
        """The embeddings a_k of some rows of a block, read from the file.

        >>> from tensorbrain.checkpoint import load_brain
        >>> whole = load_brain("countries").model.index
        >>> brain = open_mapped("countries")
        >>> bool((brain.embeddings(np.array([4]), "predicate")[0] == whole.embeddings("predicate")[4]).all())
        True
        """
        first = sum(self.capacity[: BLOCKS.index(block)])
        rows = [rows_of(self.path, ROWS, first + k, first + k + 1)[0] for k in ks.tolist()]
        return jnp.asarray(np.stack(rows))

    def recall(
        self, given: Int[np.ndarray, "batch 3"], *, instants: Int[np.ndarray, " batch"] | None = None
    ) -> tuple[Int[np.ndarray, "batch 3"], Float[np.ndarray, "batch 3"]]:
        """Decode a statement for each cue: the most probable index of every window that is not ``given`` (>= 0).

        All cues together, in the brain's first order, from a-bar or from the embeddings of ``instants``. Returns the
        statements (s, p, o) and the log-probability of each slot in its window.

        >>> brain = open_mapped("countries")
        >>> brain.recall(np.array([[0, -1, -1]]))[0].shape
        (1, 3)
        """
        small, order = self.small, self.small.orders[0]
        q = jnp.broadcast_to(small.a_bar, (len(given), small.board.dim))
        if instants is not None:
            q = self.embeddings(instants, "instant")
        state = jax.vmap(lambda q: small.start(q, order))(q)
        step = jax.vmap(lambda state: evolve(small.board, small.memory, state))
        write = jax.vmap(lambda state, a: BrainState(small.alpha * state.q + small.beta * a, state.h))
        statement, log_p = given.copy(), np.zeros(given.shape, np.float32)
        for slot in order:
            state, column = step(state), "spo".index(slot)
            best = self.read(state.q, slot)
            told = given[:, column] >= 0
            statement[:, column] = np.where(told, given[:, column], np.asarray(best.ids[:, 0]))
            a = self.embeddings(statement[:, column], BLOCK_OF[slot])
            own = jax.vmap(lambda q, a: (small.board.gamma(q) - small.index.terms("concept")[2]) @ a)(state.q, a)
            first = sum(self.capacity[: BLOCKS.index(BLOCK_OF[slot])])
            offset = self._offset(a, self.a0[first + statement[:, column]])
            log_p[:, column] = np.asarray((own + offset) / small.temperature - best.log_z)
            state = write(state, a)
        return statement, log_p

    def _offset(self, a: Float[Array, "batch dim"], a0: np.ndarray) -> Float[Array, " batch"]:
        held = jnp.ones(len(a), bool)
        return ConceptIndex(a, jnp.asarray(a0), held, (len(a), 0, 0), self.small.index.scoring).terms("concept")[1]


def open_mapped(path: str | Path, *, chunk: int = CHUNK) -> MappedBrain:
    """Open a brain's file, or a shipped brain, without reading its concept index; errors as in `checkpoint.load_brain`.

    The checksum is over all rows and is not looked at; SettingsError for a chunk without a row.

    >>> open_mapped("no/such.brain.safetensors")
    Traceback (most recent call last):
    tensorbrain.errors.BrainFileError: there is no brain no/such.brain.safetensors: give ...
    """
    if chunk < 1:
        raise SettingsError(f"a chunk of {chunk} rows reads nothing: give 1 or more.")
    header, arrays = brain_arrays(path, leave=(ROWS,))
    try:
        settings = Settings.from_json(header["settings"])
        capacity: tuple[int, int, int] = tuple(int(header["capacity"][block]) for block in BLOCKS)  # pyright: ignore
        none = np.zeros((0, settings.dim), np.float32)
        empty = {ROWS: none, "index.a0": none[:, 0], "index.in_use": np.zeros(0, bool), "p_t": none[:, 0]}
        small = filled(skeleton(settings, (0, 0, 0)), {**arrays, **empty})
        if not sum(capacity) == len(arrays["index.in_use"]) == len(arrays["index.a0"]):
            raise ValueError(f"the blocks have {sum(capacity)} rows and the index {len(arrays['index.in_use'])}")
        return MappedBrain(brain_file(path), small, capacity, arrays["index.in_use"], arrays["index.a0"], chunk)
    except SettingsError:
        raise
    except Exception as error:  # a crafted file can make any part of it fail
        raise damaged(path, str(error)) from error
