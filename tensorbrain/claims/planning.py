"""Claim 29: actions are indices, and a way to a goal is found by unrolling them in evolve alone."""

from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.claims.chart import Chart, series
from tensorbrain.claims.claim import Claim, Config, Dial, Measured, Part, Table, Trials
from tensorbrain.claims.remembering import beside
from tensorbrain.claims.tables import by_seed, difference, pick
from tensorbrain.datasets.grid_world import ACTIONS, GridWorld, grid_world, steps_to_goal
from tensorbrain.learning.fit import fit, newborn
from tensorbrain.learning.predictive import Events, log_predicted
from tensorbrain.modes.planning import plan
from tensorbrain.settings import Settings
from tensorbrain.typing import Array, Float, Int, PRNGKeyArray

PLANNED, GREEDY, RANDOM, UNLEARNED = "planning", "greedy", "random", "not learned"
KNOWING = "in the world"
ALL, WALLED = "all", "round a wall"
SLACK = 2  # steps more than the shortest way takes
DISCOUNT = 0.98
DIAL = Dial("depth", "how many actions are unrolled", (2, 3, 4, 5), 4)


class Wandered(NamedTuple):
    """Random walks through a world without a goal, and what every cell is worth to each of several goals."""

    walks: Events
    worth: Float[Array, "*many goal cell"]


def design(config: Config) -> Trials:
    full = {"height": 4, "width": 5, "walls": 5, "goals": 6, "walks": 4000, "hops": 4}
    full |= {"dim": 24, "batch": 32, "steps": 1500, "depth": int(config.dial or DIAL.default)}
    return pick(config, full, {"steps": 300, "depth": 3})


@dataclass(frozen=True)
class Foreseeing:
    """The loss of `learning.predictive.Foresight`, over walks that were walked before, a value index for every goal."""

    batch: int
    evolved: float = 0.7

    def __call__(self, brain: TensorBrain, lived: Wandered, key: PRNGKeyArray) -> Float[Array, ""]:
        u = jax.random.uniform(key, (2, self.batch))
        chosen = (u[0] * len(lived.walks.subject)).astype(jnp.int32)
        events = jax.tree.map(lambda leaf: leaf[chosen], lived.walks)
        log_p, gamma = jax.vmap(partial(log_predicted, brain))(events, u[1] >= self.evolved)
        cells = lived.worth.shape[1]
        n = jax.vmap(jax.vmap(lambda gamma: brain.index.scores(gamma, "concept")[cells:]))(gamma)
        worth = jnp.moveaxis(lived.worth[:, events.objects], 0, -1)
        missed = -worth * jax.nn.log_sigmoid(n) - (1 - worth) * jax.nn.log_sigmoid(-n)
        return -log_p[:, 2::2].mean() + missed.sum(axis=-1).mean()


def run(brain: Brain, trials: Trials, seeds: tuple[int, ...]) -> Table:
    """Let brains wander about in a world of their own, then send them from every cell to every goal."""
    lives = [_life(np.random.default_rng(seed), trials) for seed in seeds]
    goals, told, wrong = (jax.tree.map(lambda *each: jnp.stack(each), *parts) for parts in zip(*lives, strict=True))
    settings = Settings(dim=trials["dim"], context=trials["dim"], evolution="feedforward")
    counts = trials["height"] * trials["width"] + trials["goals"], len(ACTIONS), 0
    lessons = jax.tree.map(lambda one, other: jnp.concatenate([one, other]), told, wrong)
    brains, _ = fit(
        beside(newborn(counts, settings, seeds), 2),
        lessons,
        Foreseeing(trials["batch"]),
        seeds * 2,
        steps=trials["steps"],
    )
    first = len(seeds)
    taught, unlearned = (jax.tree.map(lambda leaf, p=p: leaf[p], brains) for p in (slice(first), slice(first, None)))
    depth = trials["depth"]
    actions = {
        PLANNED: chosen(taught, trials["goals"], depth),
        GREEDY: chosen(taught, trials["goals"], 1),
        UNLEARNED: chosen(unlearned, trials["goals"], depth),
        KNOWING: knowing(goals, depth),
    }
    rows = []
    for n, seed in enumerate(seeds):
        worlds = jax.tree.map(lambda leaf, n=n: leaf[n], goals)
        steps, apart = shortest(worlds), straight(worlds, trials["width"])
        for way in (*actions, RANDOM):
            here = None if way == RANDOM else np.asarray(actions[way][n])
            in_time = reached(worlds, here, steps + SLACK, np.random.default_rng((seed, 1)))
            for pairs, which in ((ALL, steps > 0), (WALLED, steps > apart)):
                rows.append({"seed": seed, "way": way, "pairs": pairs, "reached": float(in_time[which].mean())})
    return rows


def _life(random: np.random.Generator, trials: Trials) -> tuple[GridWorld, Wandered, Wandered]:
    """A world with random walls, once for each goal; walks in it; and the same walks with other actions told."""
    height, width = trials["height"], trials["width"]
    while True:
        free = random.permutation(height * width)[trials["walls"] :]
        worlds = [_drawn(free, goal, height, width) for goal in free[: trials["goals"]].tolist()]
        goals = jax.tree.map(lambda *each: jnp.stack(each), *worlds)
        steps = shortest(goals)
        if (steps[:, free] >= 0).all() and (steps > straight(goals, width)).sum() >= 2 * trials["goals"]:
            break  # all can be reached, and of some the way is longer than it seems
    after = np.where(np.arange(height * width)[:, None] == free[0], worlds[1].after, worlds[0].after)  # none stops
    many, hops = trials["walks"], trials["hops"]
    actions, others = random.integers(0, len(ACTIONS), (2, many, hops), dtype=np.int32)
    cells = [random.choice(free, many).astype(np.int32)]
    for i in range(hops):
        cells.append(after[cells[-1], actions[:, i]])
    begun, *led = (jnp.asarray(each) for each in cells)
    told = Events(begun, jnp.asarray(actions), jnp.stack(led, axis=1), jnp.ones((many, hops), bool))
    wrong = told._replace(predicates=jnp.asarray(others))
    return goals, Wandered(told, goals.worth), Wandered(wrong, goals.worth)


def _drawn(free: np.ndarray, goal: int, height: int, width: int) -> GridWorld:
    letters = np.full(height * width, "#")
    letters[free], letters[free[-1]], letters[goal] = ".", "S", "G"
    return grid_world("\n".join("".join(row) for row in letters.reshape(height, width)))


def shortest(goals: GridWorld) -> np.ndarray:
    """The steps from every cell to every goal; -1 from a wall."""
    return np.stack([steps_to_goal(jax.tree.map(lambda leaf, g=g: leaf[g], goals)) for g in range(len(goals.goal))])


def straight(goals: GridWorld, width: int) -> np.ndarray:
    """How many steps it would be from every cell to every goal without walls."""
    row, column = np.divmod(np.arange(goals.open.shape[-1]), width)
    goal = np.asarray(goals.goal)[:, None]
    return np.abs(row - goal // width) + np.abs(column - goal % width)


@partial(jax.jit, static_argnames=("goals", "depth"))
def chosen(brains: TensorBrain, goals: int, depth: int) -> Int[Array, "seed goal cell"]:
    """The first action of the best sequence, for every goal and cell."""

    def one(brain: TensorBrain) -> Int[Array, "goal cell"]:
        cells = brain.index.size("concept") - goals

        def act(goal: Int[Array, ""], here: Int[Array, ""]) -> Int[Array, ""]:
            return plan(brain, here, value=cells + goal, depth=depth, discount=DISCOUNT).actions[0]

        every = jnp.arange(cells, dtype=jnp.int32)
        return jax.lax.map(lambda goal: jax.vmap(partial(act, goal))(every), jnp.arange(goals, dtype=jnp.int32))

    return jax.vmap(one)(brains)


def knowing(goals: GridWorld, depth: int) -> Int[np.ndarray, "seed goal cell"]:
    """As ``chosen`` by one who knows the world: best(cell, action) = max(v, discount best of what comes after it)."""
    after, worth = np.asarray(goals.after), np.asarray(goals.worth)
    worth_of = np.take_along_axis(worth[..., None], after, axis=-2)  # (seed, goal, cell, action)
    best = worth_of
    for _ in range(depth - 1):
        best = np.maximum(worth_of, DISCOUNT * np.take_along_axis(best.max(axis=-1, keepdims=True), after, axis=-2))
    return best.argmax(axis=-1).astype(np.int32)


def reached(
    goals: GridWorld, actions: np.ndarray | None, within: np.ndarray, random: np.random.Generator
) -> np.ndarray:
    """Whether each goal is reached from each cell within so many steps, choosing anew at every one; None: at random."""
    after, goal = np.asarray(goals.after), np.asarray(goals.goal)[:, None]
    which = np.arange(len(after))[:, None]
    cells = np.tile(np.arange(after.shape[1]), (len(after), 1))
    found = cells == goal
    for step in range(1, int(within.max()) + 1):
        act = random.integers(0, len(ACTIONS), cells.shape) if actions is None else actions[which, cells]
        cells = after[which, cells, act]
        found |= (cells == goal) & (step <= within)
    return found


def measure(table: Table) -> Measured:
    def of(way: str, pairs: str = ALL) -> tuple[float, ...]:
        return by_seed(table, "reached", way=way, pairs=pairs)

    most, seen = "four ways of five", "a tenth of the ways can be seen"
    return Measured(
        (
            Part("goals reached by planning", of(PLANNED), most, least=0.8),
            Part("more than by greed, one action ahead", difference(of(PLANNED), of(GREEDY)), seen, least=0.1),
            Part("more than at random", difference(of(PLANNED), of(RANDOM)), seen, least=0.1),
            Part("goals round a wall reached by planning", of(PLANNED, WALLED), "more often than not", least=0.5),
            Part(
                "less than by unrolling the world itself as deep",
                difference(of(KNOWING), of(PLANNED)),
                "what evolve imagines is nearly as good as what happens: a tenth",
                most=0.1,
            ),
        ),
        Part("goals reached by planning, actions not learned", of(UNLEARNED), most, least=0.8),
    )


def plot(table: Table) -> Chart:
    def bars(name: str, pairs: str, role: str, ways: tuple[str, ...]):
        return series(
            table, name, "way", "reached", role=role, where=lambda row: row["pairs"] == pairs and row["way"] in ways
        )

    ways = (PLANNED, KNOWING, GREEDY, RANDOM)
    shown = (
        bars("all pairs", ALL, "claim", ways),
        bars("round a wall", WALLED, "other", ways),
        bars("control, all pairs", ALL, "control", (UNLEARNED,)),
    )
    return Chart("Goals that are reached", "how actions are chosen", "share reached in time", shown, kind="bar",
                 threshold=0.8)  # fmt: skip


CLAIM = Claim(
    number=29,
    name="planning",
    says="Actions are indices: unrolled in evolve without any input, and judged by a value index, they lead to a goal.",
    status="qualitative",
    source="TB24, QTB25 (planning)",
    tested="Brains that wandered about in a world with walls, and never sought anything, are sent from every cell to "
    "every goal. They unroll all sequences of 4 actions, begin the best one, and plan anew; the goal must be reached "
    "within the shortest way and 2 steps.",
    control="The brain wandered as long, but was told other actions than it took: evolve knows the cells, not what "
    "actions do.",
    departs="The papers say planning in words only; sequence and score are ours. A value index is taught the distance "
    "as the crow flies, so that it does not tell of walls.",
    design=design,
    run=run,
    measure=measure,
    plot=plot,
    dial=DIAL,
)
