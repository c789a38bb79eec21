"""Figures of episodic memory: what is recalled of an instant, questions about it, and who did what to whom."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import BLOCK_OF, Brain, TensorBrain
from tensorbrain.evaluation.conditionals import statement_log_probabilities
from tensorbrain.evaluation.questions import LIMIT, best_answers, best_instants, questions, share_true
from tensorbrain.graph.knowledge_graph import KnowledgeGraph
from tensorbrain.modes.decoder import decode_statement
from tensorbrain.modes.search import search_many
from tensorbrain.typing import Array, Float, Int, Int32, Key, PRNGKeyArray

BEAM = 64
WORK = 300_000_000  # scores that the questions about one slot may cost; on small worlds all of them are asked
FEWEST = 50
INSTANT_QUESTIONS = 300  # "when was this?" costs a run per instant, so that many are drawn


def episodic_figures(brain: Brain, graph: KnowledgeGraph, *, samples: int, seed: int) -> dict[str, Any]:
    """Episodic recall, episodic ask with each slot hidden, and the divergences of the three definitions of a-bar.

    ``episodic_recall_at_n``: for each instant with n statements, the share of them among the n most probable of
    all possible statements (mean over instants); ``episodic_recall_certified`` the share of instants where the
    search proves that list. ``episodic_ask_hits1``: mean over the four hidden slots of the share of questions
    whose top answer is true. Each has a ``count_table_`` and a ``chance_`` twin.
    """
    episodes = graph.episodes.coordinates
    if len(episodes) == 0:
        return {}
    figures = recall_figures(brain, graph, seed) | _ask_figures(brain, graph, seed)
    return figures | a_bar_divergences(brain, samples=samples, seed=seed)


def recall_figures(brain: Brain, graph: KnowledgeGraph, seed: int = 0) -> dict[str, Any]:
    """``episodic_recall_at_n`` with its twins, and how many of the lists are proven; see `episodic_figures`."""
    episodes, (concepts, predicates, *_) = graph.episodes.coordinates, graph.episodes.shape
    starts = brain.model.index.embeddings("instant")
    sizes = np.bincount(episodes[:, 3], minlength=len(graph.vocabulary.instants))
    most = int(sizes.max())
    asked = np.flatnonzero(sizes)
    affordable = max(FEWEST, WORK // (concepts * int(sizes.max()) * 100))
    if len(asked) > affordable:
        asked = np.sort(np.random.default_rng(seed).permutation(asked)[:affordable])
    free = jnp.full((len(asked), 3), -1, jnp.int32)
    found = jax.device_get(
        search_many(brain.model, starts[asked], free, order=brain.model.orders[0], n=most, beam=max(BEAM, 4 * most))
    )
    common = graph.episodes.marginal("instant")
    frequent = common.coordinates[np.argsort(-common.values, kind="stable")[:most]]
    share, by_count, certified = [], [], []
    for row, t in enumerate(asked):
        n = int(sizes[t])
        true = {tuple(x) for x in episodes[episodes[:, 3] == t][:, :3].tolist()}
        share.append(len(true & {tuple(x) for x in found.statements[row, :n].tolist()}) / n)
        by_count.append(len(true & {tuple(x) for x in frequent[:n].tolist()}) / n)
        certified.append(bool(found.log_p[row, n - 1] >= found.log_bound[row]))
    return {
        "episodic_recall_at_n": float(np.mean(share)),
        "count_table_episodic_recall_at_n": float(np.mean(by_count)),
        "chance_episodic_recall_at_n": float(sizes[asked].mean() / (concepts * predicates * concepts)),
        "episodic_recall_certified": float(np.mean(certified)),
        "episodic_recall_instants": len(asked),
    }


def _ask_figures(brain: Brain, graph: KnowledgeGraph, seed: int) -> dict[str, Any]:
    episodes = graph.episodes.coordinates
    starts = brain.model.index.embeddings("instant")
    figures: dict[str, Any] = {}
    for hidden, (slot, name) in enumerate(zip("spot", ("subject", "predicate", "object", "instant"), strict=True)):
        asked = questions(episodes, hidden, limit=_limit(brain, slot), seed=seed)
        if slot == "t":
            answers = best_instants(brain, asked.told)
        else:
            answers = best_answers(brain, starts[asked.told[:, 3]], asked.told[:, :3], slot)
        figures[f"episodic_ask_{name}_hits1"] = share_true(answers, asked)
        figures[f"count_table_episodic_ask_{name}_hits1"] = share_true(_counted(episodes, asked.told, hidden), asked)
        figures[f"chance_episodic_ask_{name}_hits1"] = float(
            np.mean([len(true) for true in asked.true]) / graph.episodes.shape[hidden]
        )
        figures[f"episodic_ask_{name}_questions"] = len(asked)
    for prefix in ("", "count_table_", "chance_"):
        each = [figures[f"{prefix}episodic_ask_{name}_hits1"] for name in ("subject", "predicate", "object", "instant")]
        figures[f"{prefix}episodic_ask_hits1"] = float(np.mean(each))
    return figures


def _limit(brain: Brain, slot: str) -> int:
    """How many questions that hide ``slot`` are asked: where it is not decoded last, each costs a run per candidate."""
    if any(order[2] == slot for order in brain.model.orders):
        return LIMIT
    concepts, candidates = brain.model.index.size("concept"), brain.model.index.size(BLOCK_OF[slot])
    most = INSTANT_QUESTIONS if slot == "t" else LIMIT
    return min(most, max(FEWEST, WORK // (concepts * candidates)))


def _counted(
    episodes: Int32[np.ndarray, "statement 4"], told: Int32[np.ndarray, "question 4"], hidden: int
) -> Int32[np.ndarray, " question"]:
    """The most frequent filling of the hidden slot, whatever the instant; for the instant itself the fullest one."""
    if hidden == 3:
        return np.full(len(told), np.bincount(episodes[:, 3]).argmax(), np.int32)
    others = [c for c in range(3) if c != hidden]
    counts: dict[tuple[int, ...], dict[int, int]] = {}
    for row in episodes.tolist():
        of_pair = counts.setdefault(tuple(row[c] for c in others), {})
        of_pair[row[hidden]] = of_pair.get(row[hidden], 0) + 1
    best = [
        max(of_pair.items(), key=lambda kv: kv[1])[0]
        for row in told.tolist()
        if (of_pair := counts[tuple(row[c] for c in others)])
    ]
    return np.asarray(best, np.int32)


def a_bar_divergences(brain: Brain, *, samples: int, seed: int) -> dict[str, float]:
    """KL(mixture || learned) and KL(mixture || mean) of P(s, p, o) in nats, from statements drawn from the mixture.

    The mixture sum_t P(t) P(. | t) is what episodic memory says with time summed out (TM17: all three agree
    when everything is linear and non-negative).
    """
    model, order = brain.model, brain.model.orders[0]
    instants = model.index.embeddings("instant")
    k_t, k_s = jax.random.split(jax.random.key(seed))
    log_prior = jnp.log(jnp.maximum(model.p_t, 1e-30))
    t = jax.random.categorical(k_t, log_prior, shape=(samples,))
    free = jnp.full(3, -1, jnp.int32)

    @jax.jit
    def draw(model: TensorBrain, q: Float[Array, "sample dim"], keys: Key[Array, " sample"]) -> Int[Array, "sample 3"]:
        def one(q: Float[Array, " dim"], key: PRNGKeyArray) -> Int[Array, "3"]:
            return decode_statement(model, q, free, order, selection="sample", key=key)[0]

        return jax.vmap(one)(q, keys)

    statements = draw(model, instants[t], jax.random.split(k_s, samples)).astype(jnp.int32)
    mixed = []
    for statement in statements:
        each = statement_log_probabilities(
            model, instants, jnp.broadcast_to(statement, (len(instants), 3)), order=order
        )
        mixed.append(float(jax.nn.logsumexp(each + log_prior)))
    start = {"learned": model.a_bar, "mean": model.p_t @ instants}
    figures = {}
    for name, q in start.items():
        log_p = statement_log_probabilities(model, jnp.broadcast_to(q, (samples, len(q))), statements, order=order)
        figures[f"kl_mixture_{name}"] = float(np.mean(np.asarray(mixed) - np.asarray(log_p)))
    return figures
