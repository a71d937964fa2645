"""Print the lower bound of every dependency as a constraint for pip: ``pip install -c <(python .ci/lowest.py) .``"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
for requirement in project["dependencies"]:
    bound = re.fullmatch(r"([\w-]+)>=([\d.]+),<\d+", requirement)
    if bound:
        print(f"{bound[1]}=={bound[2]}")
