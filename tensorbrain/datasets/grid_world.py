"""A grid world: cells, walls, a goal and four actions, as indices and a table, for brains that are to act."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.errors import SettingsError
from tensorbrain.graph.vocabulary import Concept, Vocabulary
from tensorbrain.learning.predictive import Events
from tensorbrain.typing import Array, Bool, Float, Int, PRNGKeyArray

ACTIONS = ("go north", "go east", "go south", "go west")
MOVES = np.array([[-1, 0], [0, 1], [1, 0], [0, -1]])
TRAP = """
......
...#..
.S.#G.
...#..
......
"""
"""A world in which the way that seems shortest ends at a wall: S where one begins, G the goal."""


class GridWorld(NamedTuple):
    """A world as arrays: a pure function of them, and of a key, is all that happens in it.

    ``after`` (cell, action) is the cell to which an action leads, the same one against a wall or the edge; ``open``
    (cell,) says where one can be; ``start`` and ``goal`` are cells, and at the goal one stays. ``worth`` (cell,) is 1
    at the goal and falls to 0 with the distance as the crow flies, walls or not. With probability ``slip`` an action
    becomes one of the two at right angles to it. Cells are numbered row by row, walls among them.
    """

    after: Int[Array, "cell action"]
    open: Bool[Array, " cell"]
    start: Int[Array, ""]
    goal: Int[Array, ""]
    worth: Float[Array, " cell"]
    slip: Float[Array, ""]


def grid_world(picture: str = TRAP, *, slip: float = 0.0) -> GridWorld:
    """The world of a picture made of ``.``, ``#``, one ``S`` and one ``G``; SettingsError for another picture.

    >>> world = grid_world("S.G")
    >>> world.after.tolist(), world.worth.tolist()
    ([[0, 1, 0, 0], [1, 2, 1, 0], [2, 2, 2, 2]], [0.0, 0.5, 1.0])
    """
    rows = [line.strip() for line in picture.split()]
    if not rows or len({len(row) for row in rows}) > 1 or not set("".join(rows)) <= set(".#SG"):
        raise SettingsError("a grid world is drawn with . # S and G in lines of one length.")
    if "".join(rows).count("S") != 1 or "".join(rows).count("G") != 1:
        raise SettingsError("a grid world has one S, where one begins, and one G, the goal.")
    if not 0 <= slip < 1:
        raise SettingsError(f"slip {slip} must be a probability below 1.")
    drawn = np.array([list(row) for row in rows])
    height, width = drawn.shape
    places = np.stack(np.unravel_index(np.arange(drawn.size), drawn.shape), axis=1)
    there = places[:, None] + MOVES[None]
    inside = ((there >= 0) & (there < [height, width])).all(axis=2)
    reached = np.where(inside, there[..., 0] * width + there[..., 1], 0)
    free = drawn.reshape(-1) != "#"
    here = np.arange(drawn.size)[:, None]
    start, goal = (int(np.flatnonzero(drawn.reshape(-1) == letter)[0]) for letter in "SG")
    after = np.where(inside & free[reached] & free[:, None] & (here != goal), reached, here)
    away = np.abs(places - places[goal]).sum(axis=1)
    return GridWorld(
        jnp.asarray(after, jnp.int32),
        jnp.asarray(free),
        jnp.asarray(start, jnp.int32),
        jnp.asarray(goal, jnp.int32),
        jnp.asarray(1 - away / max(1, away.max()), jnp.float32),
        jnp.asarray(slip, jnp.float32),
    )


def happens(world: GridWorld, cell: Int[Array, ""], action: Int[Array, ""], key: PRNGKeyArray) -> Int[Array, ""]:
    """The cell in which an action ends, slips included.

    >>> world = grid_world("S.G")
    >>> int(happens(world, world.start, jnp.asarray(1), jax.random.key(0)))
    1
    """
    u = jax.random.uniform(key)
    turn = jnp.where(u < world.slip / 2, 1, jnp.where(u < world.slip, 3, 0)).astype(action.dtype)
    return world.after[cell, (action + turn) % len(ACTIONS)]


def wander(world: GridWorld, key: PRNGKeyArray, hops: int) -> tuple[Events, Float[Array, " hop"]]:
    """A random walk from a random open cell, and the worth of every cell it comes to: what a brain learns from.

    >>> events, worth = wander(grid_world("S.G"), jax.random.key(0), 5)
    >>> events.predicates.shape, worth.shape
    ((5,), (5,))
    """
    k_cell, k_act, k_slip = jax.random.split(key, 3)
    begun = jax.random.categorical(k_cell, jnp.where(world.open, 0.0, -jnp.inf)).astype(jnp.int32)
    actions = jax.random.randint(k_act, (hops,), 0, len(ACTIONS), jnp.int32)

    def step(cell: Int[Array, ""], each: tuple[Int[Array, ""], PRNGKeyArray]) -> tuple[Int[Array, ""], Int[Array, ""]]:
        cell = happens(world, cell, *each)
        return cell, cell

    _, cells = jax.lax.scan(step, begun, (actions, jax.random.split(k_slip, hops)))
    return Events(begun, actions, cells, jnp.ones(hops, bool)), world.worth[cells]


def steps_to_goal(world: GridWorld) -> Int[np.ndarray, " cell"]:
    """How many actions it takes at least from every cell, without slips; -1 where there is no way.

    >>> steps_to_goal(grid_world("S.#G")).tolist()
    [-1, -1, -1, 0]
    """
    after = np.asarray(world.after)
    steps = np.full(len(after), -1)
    steps[int(world.goal)] = 0
    for n in range(len(after)):
        nearer = (steps[after] == n).any(axis=1) & (steps < 0)
        steps[nearer] = n + 1
    return steps


def words_of(world: GridWorld, width: int) -> Vocabulary:
    """The indices of a brain that lives in a world ``width`` cells wide: cells, what is good, and the actions.

    >>> words_of(grid_world("S.G"), 3).concepts[-1].label
    'what is good'
    """
    cells = [f"row {k // width + 1}, column {k % width + 1}" for k in range(len(world.after))]
    concepts = [Concept(f"urn:tensorbrain:cell:{k}", label, "entity") for k, label in enumerate(cells)]
    good = Concept("urn:tensorbrain:good", "what is good", "attribute")
    actions = (Concept(f"urn:tensorbrain:action:{k}", label, "predicate") for k, label in enumerate(ACTIONS))
    return Vocabulary((*concepts, good), tuple(actions))
