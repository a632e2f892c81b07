"""Runs bandit over our packages, and leaves out what is argued for where it stands."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
ROOMS: Final = ("caseline", "staging", "keywords", "flows", "tasks")

EVERYWHERE: Final = {
    "B101": "asserts tell type checkers what is known already; nothing depends on them",
    "B404": "that a module can start programs says nothing: each start is argued for at its line",
}
SOMEWHERE: Final = {
    ("B311", "caseline/sample/"): "the sample must come out the same every time: seeded, and no secret",
    ("B311", "caseline/mail_sandbox/"): "as above",
    ("B311", "caseline/portal_sandbox/"): "faults come out the same every time: seeded, and no secret",
    ("B107", "caseline/cli/mail_sandbox.py"): "an empty password means that one is made by chance",
    ("B107", "caseline/cli/sandbox.py"): "an empty one means that one is made by chance",
}
"""Findings that are no faults, by code and where they are; anything else is argued for at its line."""


def unargued() -> Iterator[str]:
    """A line for each finding that nobody has argued for, and for each file that bandit could not read."""
    words = (sys.executable, "-m", "bandit", "--quiet", "--format", "json", "--recursive", *ROOMS)
    ran = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    try:
        found = json.loads(ran.stdout)
    except ValueError:
        yield f"bandit did not run: {ran.stderr.strip() or ran.stdout.strip()}"
        return
    yield from (f"{one['filename']}: bandit could not read it: {one['reason']}" for one in found["errors"])
    left = [one for one in found["results"] if not argued(one)]
    yield from (f"{one['filename']}:{one['line_number']}: {one['test_id']} {one['issue_text']}" for one in left)
    print(f"bandit: {len(found['results'])} findings, {len(found['results']) - len(left)} of them argued for")


def argued(finding: Mapping[str, Any]) -> bool:
    """Whether the finding is one of those above, or its lines hold `noqa` with ruff's code for the same and a reason.

    Ruff has its rules from bandit, under the same numbers: S603 is B603. So an argument is written once.
    """
    code, file = finding["test_id"], finding["filename"].removeprefix("./")
    if code in EVERYWHERE or any(code == one and file.startswith(place) for one, place in SOMEWHERE):
        return True
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    first, last = min(finding["line_range"]), max(finding["line_range"])
    reason = re.compile(rf"# noqa: [A-Z0-9, ]*\bS{code[1:]}\b[A-Z0-9, ]* - \S")
    return any(reason.search(line) for line in lines[first - 1 : last])
