"""Claim 2: without working memory the windows know nothing of each other, and a binary statement needs them all."""

from tensorbrain.brain import Brain
from tensorbrain.claims.chart import Chart, series
from tensorbrain.claims.claim import Claim, Config, Dial, Measured, Part, Table, Trials
from tensorbrain.claims.examining import examined
from tensorbrain.claims.seeing import Looks, Sizes, brains_that_see, conditions, drawn, learns_to_see, worlds
from tensorbrain.claims.tables import by_seed, difference, pick
from tensorbrain.learning.fit import fit
from tensorbrain.settings import Settings

# (working memory, feedback): every rung learns on its own, from the same scenes, for as long.
RUNGS = {"direct": (0, 0), "feedback alone": (0, 1), "context": (1, 0), "context and feedback": (1, 1)}
NOISE = Dial("noise", "standard deviation of a look's noise; prototypes have 1", (0.25, 0.5, 0.75, 1.0, 1.5), 0.75)


def design(config: Config) -> Trials:
    noise = NOISE.default if config.dial is None else config.dial
    full = {"dim": 64, "steps": 1000, "rate": 3e-3, "scenes": 1000, "noise": noise}
    return pick(config, full, {"steps": 300, "scenes": 300})


def run(brain: Brain, trials: Trials, seeds: tuple[int, ...]) -> Table:
    """Teach every rung to read scenes of two things, and ask it for the predicate of new scenes."""
    sizes, settings = Sizes(), Settings(dim=trials["dim"], context=trials["dim"], orders=("sop",))
    many = seeds * len(RUNGS)
    lessons = worlds(sizes, many), conditions([(*gates, trials["noise"], 0) for gates in RUNGS.values()], seeds)
    brains = brains_that_see(sizes, settings, many)
    taught, _ = fit(
        brains, lessons, Looks(sizes), many, steps=trials["steps"], rate=trials["rate"], learns=learns_to_see
    )
    z = drawn(sizes, many, trials["scenes"])
    right = examined(taught, lessons, z, sizes=sizes)
    named = [rung for rung in RUNGS for _ in seeds]
    return [
        {"seed": seed, "rung": rung, **{name: float(share[n]) for name, share in right._asdict().items()}}
        for n, (rung, seed) in enumerate(zip(named, many, strict=True))
    ]


def measure(table: Table) -> Measured:
    direct, alone, context, both = (by_seed(table, "predicate", rung=rung) for rung in RUNGS)
    reason = "a tenth: on videos working memory was found to add 10.8 points"
    return Measured(
        (
            Part("predicates right, what working memory adds to none", difference(context, direct), reason, least=0.1),
            Part("what it adds where indices write back", difference(both, alone), reason, least=0.1),
            Part("what feedback adds to working memory", difference(both, context), "it does no harm", least=0.0),
        ),
        Part("what feedback adds without working memory", difference(alone, direct), reason, least=0.1),
    )


def plot(table: Table) -> Chart:
    return Chart(
        "A statement of two things needs working memory",
        "what takes part",
        "right",
        (
            series(table, "predicate", "rung", "predicate"),
            series(table, "who leads whom", "rung", "lead", role="other"),
        ),
        kind="bar",
        threshold=0.5,
    )


CLAIM = Claim(
    number=2,
    name="context",
    says="Without working memory the predicate that relates two things is not found, however well both are seen.",
    status="paper",
    source="TB23 (ablation P-Direct)",
    tested="Small brains learn to read scenes of two things under Algorithm 1, each rung on its own: with and without "
    "working memory, with and without feedback. Who leads whom and whose trait it is cannot be told from the union.",
    control="Feedback without working memory: the indices write, but nothing of it comes to the predicate.",
    departs="TB23 takes feedback and context away at once, here each stands alone; looks are vectors, not pictures.",
    design=design,
    run=run,
    measure=measure,
    plot=plot,
    dial=NOISE,
)
