"""Claim 32: what is known of human memory, sought in brains of facts; by margins in nats, never by milliseconds."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.claims.chart import Chart, series
from tensorbrain.claims.claim import Claim, Config, Measured, Part, Table, Trials
from tensorbrain.claims.remembering import beside, last_window
from tensorbrain.claims.tables import by_seed, pick
from tensorbrain.layers import BrainState
from tensorbrain.layers.concept_index import NEVER
from tensorbrain.learning.fit import SampledStatements, fit, newborn
from tensorbrain.modes.decoder import close_window
from tensorbrain.operations import evolve, log_probabilities
from tensorbrain.settings import Settings
from tensorbrain.typing import Array, Bool, Float, Int, Int32

CLASSES, EACH, FEATURES, PLACES = 6, 6, 3, 16  # classes, things in a class, features of a class, places
THINGS = CLASSES * EACH
CLASS, FEATURE, PLACE = np.cumsum([THINGS, CLASSES, CLASSES * FEATURES]).tolist()  # where each kind of concept begins
IS_A, HAS, AT, GOES_WITH = range(4)
FANS, PAIRS, ITEMS = 4, 9, 8
WEAK = 0.5  # of the target's embedding comes in when it is primed
RIDGE = 1.0
FAN, NO_FAN, PRIMING, INTERFERENCE, UNLEARNING, LURE, RECENCY, PRIMACY, KNOWN = (
    "fan effect", "other's fan", "priming", "interference", "unlearning", "false lure", "recency", "primacy",
    "pairs known before",
)  # fmt: skip
PRACTISED = 4  # times as often as other facts the pairs are told


def design(config: Config) -> Trials:
    full = {"dim": 48, "evolution": "feedforward", "steps": 3000, "later": 30, "later rate": 2e-3, "lists": 900}
    return pick(config, full, {"steps": 300, "lists": 300})


def run(brain: Brain, trials: Trials, seeds: tuple[int, ...]) -> Table:
    """Teach brains of random worlds, and look for each effect: how much more or less is what should be so."""
    worlds = [_world(np.random.default_rng(seed)) for seed in seeds]
    facts, first, again, others = (jnp.asarray(np.stack(each)) for each in zip(*worlds, strict=True))
    settings = Settings(dim=trials["dim"], context=trials["dim"], evolution=trials["evolution"])
    loss = SampledStatements(64)
    brains = newborn((PLACE + PLACES, 4, 0), settings, seeds)
    told = jnp.concatenate([facts] + [first] * PRACTISED, axis=1)
    taught, _ = fit(brains, told, loss, seeds, steps=trials["steps"])
    rows = jnp.concatenate([again, others])
    later, _ = fit(beside(taught, 2), rows, loss, seeds * 2, steps=trials["later"], rate=trials["later rate"])
    margins, primed, lured = (np.asarray(each) for each in _looked_at(taught, facts))
    known, _, _ = _recalled(taught, first, again)
    _, log_p, margin = _recalled(later, jnp.concatenate([first, first]), jnp.concatenate([again, again]))
    cued, free = (np.asarray(each[len(seeds) :] - each[: len(seeds)]) for each in (log_p, margin))
    table = []
    for n, seed in enumerate(seeds):
        random = np.random.default_rng((seed, 1))
        fan = np.bincount(np.asarray(facts[n])[np.asarray(facts[n])[:, 1] == AT, 0], minlength=THINGS)
        lists = random.permuted(np.tile(np.arange(THINGS, dtype=np.int32), (trials["lists"], 1)), axis=1)[:, :ITEMS]
        A = np.asarray(taught.index.A[n], float)[:THINGS]
        boards = np.asarray(heard(jax.tree.map(lambda leaf, n=n: leaf[n], taught), jnp.asarray(lists)), float)
        places = at_place(boards, A, lists)
        middle = places[2:-2].mean()
        found = {
            FAN: fan_effect(margins[n], fan),
            NO_FAN: fan_effect(margins[n], random.permutation(fan)),
            PRIMING: primed[n],
            INTERFERENCE: cued[n],
            UNLEARNING: free[n],
            LURE: lured[n],
            RECENCY: places[-1] - middle,
            PRIMACY: places[0] - middle,
            KNOWN: known[n],
        }
        table += [{"seed": seed, "effect": effect, "size": float(size)} for effect, size in found.items()]
    return table


def _world(random: np.random.Generator) -> tuple[Int32[np.ndarray, "row 4"], ...]:
    """Facts about things of several classes, each at 1 to 4 places; pairs A-B; and what comes later, A-C or D-C."""
    things = np.arange(THINGS)
    kind = things // EACH
    rows = [np.c_[things, np.full(THINGS, IS_A), CLASS + kind]]
    left_out = random.integers(FEATURES, size=THINGS)
    for step in range(1, FEATURES):  # all other features of its class
        rows.append(np.c_[things, np.full(THINGS, HAS), FEATURE + kind * FEATURES + (left_out + step) % FEATURES])
    for thing, fan in zip(random.permutation(THINGS), np.resize(np.arange(1, FANS + 1), THINGS), strict=True):
        rows.append(np.c_[np.full(fan, thing), np.full(fan, AT), PLACE + random.permutation(PLACES)[:fan]])
    A, D, B, C = random.permutation(THINGS)[: 4 * PAIRS].reshape(4, PAIRS)
    pairs = [np.c_[s, np.full(len(s), GOES_WITH), o] for s, o in ((A, B), (A, C), (D, C))]
    return tuple(np.c_[each, np.full(len(each), -1)].astype(np.int32) for each in (np.concatenate(rows), *pairs))


@jax.jit
def _looked_at(brains: TensorBrain, facts: Int[Array, "seed fact 4"]) -> tuple[Array, Array, Array]:
    """Margins of the things, priming, and false memory of every brain."""
    return jax.vmap(lambda brain, facts: (_margins(brain, facts), _priming(brain), _false_memory(brain)))(brains, facts)


def _margins(brain: TensorBrain, facts: Int[Array, "fact 4"]) -> Float[Array, " thing"]:
    """For every thing: log P(o | s, at) of where it is, the mean, less that of the likeliest place where it is not."""
    s, p, o, _ = facts.T
    where = jnp.zeros((THINGS, PLACES), bool).at[jnp.where(p == AT, s, THINGS), o - PLACE].set(True, mode="drop")

    def one(s: Int[Array, ""], true: Bool[Array, " place"]) -> Float[Array, ""]:
        log_p = last_window(brain, brain.a_bar, jnp.stack([s, jnp.full_like(s, AT), s]), "spo")[PLACE:]
        return log_p.mean(where=true) - jnp.where(true, NEVER, log_p).max()

    return jax.vmap(one)(jnp.arange(THINGS, dtype=jnp.int32), where)


def fan_effect(margin: Float[np.ndarray, " thing"], fan: Int[np.ndarray, " thing"]) -> float:
    """By how much the margin of things with one fact is above that of those with the most.

    >>> fan_effect(np.array([5.0, 3.0, 1.0]), np.array([1, 2, 4]))
    4.0
    """
    return float(margin[fan == 1].mean() - margin[fan == fan.max()].mean())


def _pairs(
    brain: TensorBrain, pairs: Int[Array, "pair 4"], later: Int[Array, "pair 4"]
) -> tuple[Float[Array, ""], Float[Array, ""], Float[Array, ""]]:
    """Of pairs A-B: the share that is known, the mean log P(B | A), and its mean margin, where C does not compete."""

    def one(pair: Int[Array, "4"], new: Int[Array, ""]) -> tuple[Array, Array, Array]:
        log_p = last_window(brain, brain.a_bar, pair[:3], "spo")
        B = pair[2]
        return log_p.argmax() == B, log_p[B], log_p[B] - log_p.at[B].set(NEVER).at[new].set(NEVER).max()

    right, log_p, margin = jax.vmap(one)(pairs, later[:, 2])
    return right.mean(), log_p.mean(), margin.mean()


_recalled = jax.jit(jax.vmap(_pairs))


def _priming(brain: TensorBrain) -> Float[Array, ""]:
    """log P of a thing that comes in weakly, after one of its class less after one of another class."""
    A, things = brain.index.embeddings("concept"), jnp.arange(brain.index.size("concept"))

    def one(target: Int[Array, ""], prime: Int[Array, ""]) -> Float[Array, ""]:
        gamma = brain.board.gamma(A[prime] + WEAK * A[target])
        others = (things < THINGS) & (things != prime)
        return log_probabilities(brain.index, gamma, "concept", candidates=others)[target]

    every = jnp.arange(THINGS)
    log_p = jax.vmap(lambda t: jax.vmap(partial(one, t))(every))(every)
    alike = every[:, None] // EACH == every[None] // EACH
    related = alike & (every[:, None] != every[None])
    return log_p.mean(where=related) - log_p.mean(where=~alike)


def _false_memory(brain: TensorBrain) -> Float[Array, ""]:
    """The score of a thing that was not there when all others of its class were added up, less one of other classes."""
    A, every = brain.index.embeddings("concept")[:THINGS], jnp.arange(THINGS)

    def one(lure: Int[Array, ""]) -> Float[Array, ""]:
        alike = every // EACH == lure // EACH
        heard = jnp.where((alike & (every != lure))[:, None], A, 0.0).sum(axis=0)
        n = brain.index.scores(brain.board.gamma(heard), "concept")[:THINGS]
        return n[lure] - n.mean(where=~alike)

    return jax.vmap(one)(every).mean()


@jax.jit
def heard(brain: TensorBrain, lists: Int[Array, "list item"]) -> Float[Array, "list dim"]:
    """The blackboard gamma after the things of each list were measured one a window, each writing back.

    >>> from tensorbrain.checkpoint import load_brain
    >>> heard(load_brain("countries").model, jnp.array([[0, 1], [2, 3], [4, 5]])).shape
    (3, 256)
    """

    def one(ks: Int[Array, " item"]) -> Float[Array, " dim"]:
        def window(state: BrainState, k: Int[Array, ""]) -> tuple[BrainState, None]:
            return close_window(brain, evolve(brain.board, brain.memory, state), k, "s"), None

        return brain.board.gamma(jax.lax.scan(window, brain.start(brain.board.blank(), "spo"), ks)[0].q)

    return jax.vmap(one)(lists)


def at_place(
    gamma: Float[np.ndarray, "list unit"], A: Float[np.ndarray, "thing dim"], lists: Int32[np.ndarray, "list item"]
) -> Float[np.ndarray, " item"]:
    """Of every place in a list: how often its thing is nearest to what the best linear map from gamma gives.

    One map a place, learned by ridge regression on two thirds of the lists; the others are read.

    >>> A, lists = np.eye(3), np.array([[0, 1], [1, 2], [2, 0]] * 6, np.int32)
    >>> at_place(np.hstack([A[lists[:, 0]], 0 * A[lists[:, 0]]]), A, lists).tolist()
    [1.0, 1.0]
    """
    taught = 2 * len(gamma) // 3
    x = gamma - gamma[:taught].mean(axis=0)
    square = x[:taught].T @ x[:taught] + RIDGE * np.eye(x.shape[1])
    right = []
    for k in lists.T:
        mean = A[k[:taught]].mean(axis=0)
        said = x[taught:] @ np.linalg.solve(square, x[:taught].T @ (A[k[:taught]] - mean)) + mean
        right.append(((said @ A.T - 0.5 * (A**2).sum(axis=1)).argmax(axis=1) == k[taught:]).mean())
    return np.asarray(right)


def measure(table: Table) -> Measured:
    def size(effect: str) -> tuple[float, ...]:
        return by_seed(table, "size", effect=effect)

    twice, seen, nats = "odds of two to one", "a tenth of the lists can be seen", float(np.log(2))
    return Measured(
        (
            Part(f"{FAN}: margin of one fact, more than of {FANS} of a thing [nats]", size(FAN), twice, least=nats),
            Part(f"{PRIMING}: log P after a prime of its class, more than after another [nats]", size(PRIMING), twice,
                 least=nats),
            Part(f"{INTERFERENCE}: log P(B | A) after D-C, more than after A-C [nats]", size(INTERFERENCE), twice,
                 least=nats),
            Part(f"{UNLEARNING}: margin of B after D-C, more than after A-C, where C may not be said [nats]",
                 size(UNLEARNING), twice, least=nats),
            Part(f"{LURE}: score of the lure, more than of what is unrelated [nats]", size(LURE), twice, least=nats),
            Part(f"{RECENCY}: the last thing of a list, oftener than the middle", size(RECENCY), seen, least=0.1),
            Part(f"{PRIMACY}: the first thing of a list, oftener than the middle", size(PRIMACY), seen, least=0.1),
            Part(f"{KNOWN} anything else came", size(KNOWN), "else there is nothing to interfere with", least=0.9),
        ),
        Part("fan effect, where the fan is that of another thing [nats]", size(NO_FAN), twice, least=nats),
    )  # fmt: skip


def plot(table: Table) -> Chart:
    in_nats = (FAN, PRIMING, INTERFERENCE, UNLEARNING, LURE)
    return Chart(
        "Effects of human memory",
        "effect",
        "size [nats]",
        (
            series(table, "effect", "effect", "size", where=lambda row: row["effect"] in in_nats),
            series(table, "control", "effect", "size", role="control", where=lambda row: row["effect"] == NO_FAN),
        ),
        kind="bar",
        threshold=float(np.log(2)),
    )


CLAIM = Claim(
    number=32,
    name="human_memory",
    says="Fan effect, priming, interference, serial position and false memories appear without being built in.",
    status="extension",
    source="no paper; effects of Anderson 1974, Meyer and Schvaneveldt 1971, Murdock 1962, Roediger and McDermott 1995",
    tested="Brains learn facts about things of six classes, at one to four places each. Margins are read: of a fact by "
    "how many others there are, of a weak thing after a prime, of a pair after other pairs, of a lure after its class, "
    "and of the places in a list of eight.",
    control="The fan of another thing tells nothing of the margin.",
    departs="Claimed by no paper of the Tensor Brain. People are timed; a brain that reads all by one product is not: "
    "margins stand for times.",
    design=design,
    run=run,
    measure=measure,
    plot=plot,
)
