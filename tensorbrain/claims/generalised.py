"""Claim 8: what is true of a class emerges where its index stands in for its members now and then."""

import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.claims.chart import Chart, series
from tensorbrain.claims.claim import Claim, Config, Dial, Measured, Part, Table, Trials
from tensorbrain.claims.remembering import beside, divergence, last_window
from tensorbrain.claims.tables import by_seed, pick
from tensorbrain.learning.batches import SEMANTIC, generalise
from tensorbrain.learning.fit import SampledStatements, fit, newborn
from tensorbrain.settings import Settings
from tensorbrain.typing import Array, Float, Float32, Int, Int32

IS_A, LIKES = 0, 1
STANDS_IN, NEVER_SO = "the class stands in", "it never does"
COPIES = 200  # of every statement: so many that chance does not say what the class is told of
DIAL = Dial(
    "share", "share of the statements in which a class stands in for its member", (0.005, 0.01, 0.02, 0.05), 0.02
)


def design(config: Config) -> Trials:
    share = float(config.dial or DIAL.default)
    full = {"classes": 8, "parents": 4, "members": 6, "things": 12, "told": 24, "share": share, "dim": 48}
    return pick(config, full | {"steps": 1500}, {"steps": 400})


def run(brain: Brain, trials: Trials, seeds: tuple[int, ...]) -> Table:
    """Brains are told of members only. Of every class: its parent, and what it likes beside what its members like."""
    classes, parents, members, things = (trials[name] for name in ("classes", "parents", "members", "things"))
    first = classes * members  # concepts: members, then classes, then parents, then things
    concepts = first + classes + parents + things
    class_of = np.full(concepts, -1, np.int32)
    class_of[:first] = first + np.arange(first) // members
    worlds = [_world(np.random.default_rng(seed), trials, class_of) for seed in seeds]
    # A share of 0 leaves them as they are.
    lessons = [
        generalise(np.tile(rows, (COPIES, 1)), class_of, share=share, random=np.random.default_rng(seed))
        for share in (trials["share"], 0.0)
        for seed, (rows, _, _) in zip(seeds, worlds, strict=True)
    ]
    brains = newborn((concepts, 2, 0), Settings(dim=trials["dim"], context=trials["dim"]), seeds)
    loss = SampledStatements(128)
    taught, _ = fit(
        beside(brains, 2), jnp.asarray(np.stack(lessons)), loss, seeds * 2, steps=trials["steps"], rate=5e-3
    )
    is_a, likes = jax.jit(jax.vmap(lambda brain: _of_classes(brain, first, classes)))(taught)
    own = jnp.arange(concepts)[None] == first + jnp.arange(classes)[:, None]  # (Dog, is a, Dog) is no answer
    named = np.asarray(jnp.where(own[None], -jnp.inf, is_a).argmax(axis=-1))
    table = []
    for n, how in enumerate((STANDS_IN, NEVER_SO)):
        for k, (seed, (_, parent, liked)) in enumerate(zip(seeds, worlds, strict=True)):
            said = likes[n * len(seeds) + k]
            kl = jax.vmap(divergence)(jnp.log(jnp.maximum(liked, 1e-38)), said).mean()
            right = (named[n * len(seeds) + k] == parent).mean()
            table.append({"seed": seed, "how": how, "parent": float(right), "kl": float(kl)})
    return table


def _world(
    random: np.random.Generator, trials: Trials, class_of: np.ndarray
) -> tuple[Int32[np.ndarray, "row 4"], Int32[np.ndarray, " class"], Float32[np.ndarray, "class concept"]]:
    """Rows about members, the parent of every class, and how often its members like what."""
    classes, parents, members, things = (trials[name] for name in ("classes", "parents", "members", "things"))
    first = classes * members
    parent = first + classes + random.permutation(np.arange(classes) % parents)
    tastes = random.dirichlet(np.full(things, 0.5), size=classes)
    rows, liked = [], np.zeros((classes, len(class_of)), np.float32)
    for x in range(first):
        c = class_of[x] - first
        objects = len(class_of) - things + random.choice(things, size=trials["told"], p=tastes[c])
        liked[c] += np.bincount(objects, minlength=len(class_of))
        rows += [(x, IS_A, class_of[x], SEMANTIC), (x, IS_A, parent[c], SEMANTIC)] * 2
        rows += [(x, LIKES, o, SEMANTIC) for o in objects]
    return np.asarray(rows, np.int32), parent.astype(np.int32), liked / liked.sum(axis=1, keepdims=True)


def _of_classes(brain: TensorBrain, first: int, classes: int) -> tuple[Float[Array, "class concept"], ...]:
    """log P(. | class, is a) and log P(. | class, likes), from semantic memory."""

    def asked(c: Int[Array, ""], p: int) -> Float[Array, " concept"]:
        return last_window(brain, brain.a_bar, jnp.stack([c, jnp.full_like(c, p), c]), "spo")

    every = first + jnp.arange(classes)
    return tuple(jax.vmap(lambda c, p=p: asked(c, p))(every) for p in (IS_A, LIKES))


def measure(table: Table) -> Measured:
    nearly = "nearly all classes; chance is one of all concepts"
    alike = "probabilities that differ by less than a tenth on average are the same to a reader"
    parent, without = (by_seed(table, "parent", how=how) for how in (STANDS_IN, NEVER_SO))
    return Measured(
        (
            Part("classes whose parent is the best answer", parent, nearly, least=0.9),
            Part("KL(what members like || what the class likes)", by_seed(table, "kl", how=STANDS_IN), alike, most=0.1),
        ),
        Part("classes whose parent is the best answer", without, nearly, least=0.9),
    )


def plot(table: Table) -> Chart:
    lines = (
        series(table, "the parent is the best answer", "how", "parent"),
        series(table, "KL to the members [nats]", "how", "kl", role="other"),
    )
    return Chart("Generalised statements", "index of the class", "share of classes; nats", lines, kind="bar",
                 threshold=0.9)  # fmt: skip


CLAIM = Claim(
    number=8,
    name="generalised",
    says="Generalised statements (Dog, is a, Mammal) emerge from the indices of classes; only members were told.",
    status="paper",
    source="TB23; the authors' code",
    tested="Brains are told of every member its class, the parent of that, and what it likes; in a small share of the "
    "statements the class stands in for the member. Then the classes are asked.",
    control="The class never stands in for a member, and is known as what members are.",
    design=design,
    run=run,
    measure=measure,
    plot=plot,
    dial=DIAL,
    departs="Only the basic class stands in, not other labels, as everywhere in this project.",
)
