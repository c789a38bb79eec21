"""What the tests ran through, a row for each part: ``python tests/coverage_rows.py`` after `make coverage`."""

import json
import subprocess
import sys
from collections import defaultdict
from pathlib import PurePath
from typing import Any

ABOUT = ("num_statements", "covered_lines", "num_branches", "covered_branches")


def rows(files: dict[str, Any]) -> list[str]:
    """The table of coverage's report in JSON: of every folder, and of all.

    >>> of = dict(num_statements=4, covered_lines=3, num_branches=2, covered_branches=1)
    >>> rows({"tensorbrain/graph/a.py": {"summary": of}})[2:]
    ['| graph | 4 | 75.0 | 50.0 |', '| **all** | **4** | **75.0** | **50.0** |']
    """
    sums: dict[str, list[int]] = defaultdict(lambda: [0] * len(ABOUT))
    for name, file in files.items():
        inner = PurePath(name).parts[1:-1]
        for part in (inner[0] if inner else "the files at the top", "**all**"):
            sums[part] = [a + file["summary"][key] for a, key in zip(sums[part], ABOUT, strict=True)]
    lines = ["| part | lines | of them run, % | branches taken, % |", "|---|---:|---:|---:|"]
    for part, (of, run, ways, taken) in sorted(sums.items(), key=lambda item: (item[0].startswith("**"), item[0])):
        cells = [f"{of:,}", f"{100 * run / max(of, 1):.1f}", f"{100 * taken / ways:.1f}" if ways else ""]
        mark = "**" if part.startswith("**") else ""
        lines.append("| " + " | ".join([part, *(mark + cell + mark for cell in cells)]) + " |")
    return lines


if __name__ == "__main__":
    report = subprocess.run(
        [sys.executable, "-m", "coverage", "json", "-q", "-o", "-"], capture_output=True, text=True, check=True
    )
    print("\n".join(rows(json.loads(report.stdout)["files"])))
