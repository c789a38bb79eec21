"""The oldest version that pyproject.toml admits of everything the tests need, as constraints for pip."""

import re
import tomllib
from pathlib import Path

project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())["project"]
needed = [*project["dependencies"], *(each for extra in project["optional-dependencies"].values() for each in extra)]
for requirement in needed:
    if floor := re.match(r"([\w-]+)(?:\[[^]]*\])?>=([\d.]+)", requirement):
        name, version = floor.groups()
        print(f"{name}=={version}")
