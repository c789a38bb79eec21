"""The Python script that repeats a contest: the same graph, split, recipes and seed, and so the same figures."""

import dataclasses
from collections.abc import Sequence

from contest import MOST_ASKED, Contest, recipe_of, statements
from scripts import laid_out, titled, written

from tensorbrain.learning.recipes import Recipe

IMPORTS = [
    "import tensorbrain as tb",
    "from tensorbrain.evaluation.link_prediction import link_figures, scorer_of",
    "from tensorbrain.graph.splitting import split_graph",
    "from tensorbrain.learning.recipes import Recipe",
    "from tensorbrain.learning.taught import teach_completion",
]
RUN = [
    "for name, recipe in recipes.items():",
    "    taught = teach_completion(name, splits, recipe=recipe, seed=SEED)",
    "    figures = link_figures(scorer_of(taught), splits)",
    """    print(f"{figures['mrr']:.3f}  {name}")""",
]
GUESSED = [
    'for guess, of in figures["baseline"].items():',
    """    print(f"{of['mrr']:.3f}  {guess}")""",
]


def contest_script(job: Contest, literals: str | None = None) -> str:
    """The program that repeats what was measured; models that were stopped are not in it.

    A graph of the visitor's own is read from a path on the command line, its ``literals`` as they were read here.
    """
    plan, own = job.plan, literals is not None
    source = "sys.argv[1]" if own else written(job.name)
    how = f", literals={written(literals)}" if own and literals != "drop" else ""
    share = min(plan.held, MOST_ASKED / statements(job.graph, plan.timed))
    rows = 0 if job.splits is None else len(job.splits.train)
    inputs = [("GRAPH", "the file of the graph, which you first download from the app")] if own else []
    return "\n".join(
        [
            *titled(f"Models compared on {job.name}: the MRR of each on held-out statements.", inputs, IMPORTS),
            f"SEED = {plan.seed}",
            f"graph = tb.load_graph({source}{how})",
            f"splits = split_graph(graph, valid=0.0, test={share!r}, time={plan.timed}, seed=SEED)",
            "recipes = {",
            *(line for name in job.results for line in entry(name, recipe_of(name, rows, plan))),
            "}",
            *RUN,
            *GUESSED,
            "",
        ]
    )


def entry(name: str, recipe: Recipe) -> list[str]:
    """A model and its recipe as they are written in a program, with what differs from a recipe's defaults.

    >>> entry("cp", Recipe(rank=8, epochs=3, optimiser="muon"))
    ['    "cp": Recipe(rank=8, epochs=3, optimiser="muon"),']
    """
    fields: Sequence[dataclasses.Field] = dataclasses.fields(Recipe)
    told = {field.name: getattr(recipe, field.name) for field in fields if getattr(recipe, field.name) != field.default}
    lines = laid_out(f"{written(name)}: Recipe", [f"{field}={written(value)}" for field, value in told.items()])
    return [*(f"    {line}" for line in lines[:-1]), f"    {lines[-1]},"]
