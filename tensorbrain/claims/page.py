"""The page of the documentation that the claims write themselves: one table, then a section and a figure a claim."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tensorbrain.claims.chart import to_svg
from tensorbrain.claims.claim import Part
from tensorbrain.claims.results import whole
from tensorbrain.claims.scoreboard import Scored
from tensorbrain.claims.verdict import fails, holds, interval, leans

HEAD = """# What is claimed of the Tensor Brain, and what becomes of it

Every line is a small experiment that runs from the code of this repository; nothing on this page is written by hand.
`tensorbrain claims` writes it anew, and `tensorbrain claims NAME --seeds 10` repeats one claim.

*Effect* is the mean over {seeds} seeds with Student's 95 % interval. A claim is **reproduced** where the whole interval
of each of its parts lies in the range that its file fixes, and its control fails; **partly** where a part does, or does
on average; it **cannot be tested as stated** where the control does what the claim says. Status: *paper* is claimed
with figures or equations, *qualitative* asserted only, *extension* claimed by no paper.

"""


def sentence(measured_parts: Sequence[Part]) -> list[str]:
    """Each part of a claim in words: what it comes to, what range was fixed for it and why, and whether it holds.

    >>> sentence([Part("better", (0.2, 0.21), "a tenth can be seen", least=0.1)])
    ['better: 0.205 (0.141 to 0.269); at least 0.1 (a tenth can be seen): holds']
    """
    lines = []
    for part in measured_parts:
        word = "holds" if holds(part) else "holds on average" if leans(part) else "does not hold"
        lines.append(f"{part.says}: {spread(part)}; {bounds(part)} ({part.why}): {word}")
    return lines


def spread(part: Part) -> str:
    """The mean and interval of a part.

    >>> spread(Part("better", (0.2, 0.21), "", least=0.1))
    '0.205 (0.141 to 0.269)'
    """
    mean, low, high = interval(part.effects)
    return f"{mean:.3g} ({low:.3g} to {high:.3g})" if np.isfinite(low) else f"{mean:.3g} (one seed)"


def bounds(part: Part) -> str:
    """The range of a part.

    >>> bounds(Part("as good", (0.0,), "", least=-0.02, most=0.02))
    'from -0.02 to 0.02'
    """
    if np.isfinite(part.least) and np.isfinite(part.most):
        return f"from {part.least:.3g} to {part.most:.3g}"
    return f"at least {part.least:.3g}" if np.isfinite(part.least) else f"at most {part.most:.3g}"


def page(scored: Sequence[Scored], figures: str = "claims") -> str:
    """The page as Markdown; ``figures`` is the folder of its figures, as seen from the page."""
    lines = [
        "| # | claim | status | effect | interval | control | verdict |",
        "|--:|---|---|--:|---|--:|---|",
    ]
    for each in scored:
        effect, low, high = interval(each.measured.parts[0].effects)
        control = interval(each.measured.control.effects).mean
        word = "fails" if fails(each.measured.control) else "**does not fail**"
        says = f"[{each.claim.says}](#{each.claim.number}-{each.claim.name.replace('_', '-')})"
        lines.append(
            f"| {each.claim.number} | {says} | {each.claim.status} | {effect:.3g} | {low:.3g} to {high:.3g} "
            f"| {control:.3g} ({word}) | {each.verdict} |"
        )
    sections = [section(each, figures) for each in scored]
    return HEAD.format(seeds=max(len(each.seeds) for each in scored)) + "\n".join([*lines, "", *sections])


def section(each: Scored, figures: str) -> str:
    """One claim in full: how it is tested, its parts, its control, its figure."""
    claim, control = each.claim, each.measured.control
    departs = [f"Not as in the paper: {claim.departs}", ""] if claim.departs else []
    return "\n".join(
        [
            f"## {claim.number} {claim.name.replace('_', '-')}",
            "",
            f"**{claim.says}** ({claim.source}; {claim.status}). Verdict: **{each.verdict}**.",
            "",
            claim.tested,
            "",
            *(f"* {line}." for line in sentence(each.measured.parts)),
            "",
            f"Control: {claim.control} {control.says}: {spread(control)}, "
            f"{'fails as it must' if fails(control) else 'does not fail'}.",
            "",
            *departs,
            f"![{claim.says}]({figures}/{claim.name}.svg)",
            "",
        ]
    )


def write_page(scored: Sequence[Scored], path: Path) -> None:
    """Write the page and its figures, each whole or not at all; ResultsError where they cannot be written."""
    folder = path.parent / path.stem
    for each in scored:
        whole(folder / f"{each.claim.name}.svg", to_svg(each.claim.plot(each.table)))
    whole(path, page(scored, path.stem))
