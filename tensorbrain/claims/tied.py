"""Claim 21: that one row of A is both read and written costs about one percent."""

from tensorbrain.brain import Brain
from tensorbrain.claims.chart import Chart, series
from tensorbrain.claims.claim import Claim, Config, Dial, Measured, Part, Table, Trials
from tensorbrain.claims.examining import examined
from tensorbrain.claims.seeing import Looks, Sizes, brains_that_see, conditions, drawn, learns_to_see, worlds
from tensorbrain.claims.tables import by_seed, difference, pick
from tensorbrain.learning.fit import fit
from tensorbrain.settings import Settings

SIZES = Sizes(faces=2)
KINDS = {"tied": (1, 0), "untied": (1, 1), "nothing written": (0, 0)}  # (feedback, untied)
DIM = Dial("dim", "units of the blackboard", (16, 32, 64), 64)


def design(config: Config) -> Trials:
    dim = DIM.default if config.dial is None else config.dial
    full = {"dim": int(dim), "steps": 1500, "rate": 3e-3, "scenes": 1000, "noise": 1.0}
    return pick(config, full, {"steps": 300, "scenes": 300})


def run(brain: Brain, trials: Trials, seeds: tuple[int, ...]) -> Table:
    """Teach small brains to read scenes: with one row a concept for both, with a row for each, and without feedback."""
    settings = Settings(dim=trials["dim"], context=trials["dim"], orders=("sop",))
    many = seeds * len(KINDS)
    kinds = [(1, feedback, trials["noise"], untied) for feedback, untied in KINDS.values()]
    lessons, brains = (worlds(SIZES, many), conditions(kinds, seeds)), brains_that_see(SIZES, settings, many)
    brains, _ = fit(
        brains, lessons, Looks(SIZES), many, steps=trials["steps"], rate=trials["rate"], learns=learns_to_see
    )
    right = examined(brains, lessons, drawn(SIZES, many, trials["scenes"]), sizes=SIZES)
    named = [kind for kind in KINDS for _ in seeds]
    return [
        {"seed": seed, "rows": kind, "labels": float(right.trait[n]), "predicates": float(right.predicate[n])}
        for n, (kind, seed) in enumerate(zip(named, many, strict=True))
    ]


def measure(table: Table) -> Measured:
    def cost(kind: str) -> tuple[float, ...]:
        lost = [difference(*(by_seed(table, what, rows=each) for each in ("untied", kind))) for what in WHAT]
        return tuple((labels + predicates) / 2 for labels, predicates in zip(*lost, strict=True))

    about = "about one percent: two at most, and no gain of two"
    return Measured(
        (Part("labels and predicates lost by tying", cost("tied"), about, -0.02, 0.02),),
        Part("lost where nothing is written at all", cost("nothing written"), about, -0.02, 0.02),
    )


WHAT = ("labels", "predicates")


def plot(table: Table) -> Chart:
    shown = [
        series(table, what, "rows", what, role=role) for what, role in zip(WHAT, ("claim", "other"), strict=True)
    ]  # fmt: skip
    return Chart("Reading and writing by the same rows", "rows of A", "right", tuple(shown), kind="bar")


CLAIM = Claim(
    number=21,
    name="tied",
    says="That the same row of A is read bottom-up and written top-down costs about one percent.",
    status="paper",
    source="TB23 (dual representation)",
    tested="Small brains learn to read noisy scenes, with one row a concept or with two, of which one is read and the "
    "other written; labels and predicates of new scenes are compared.",
    control="Indices write nothing: if even that cost nothing, the measure could not see what tying costs.",
    departs="Predicates are never written back and are read by one row in either case.",
    design=design,
    run=run,
    measure=measure,
    plot=plot,
    dial=DIM,
)
