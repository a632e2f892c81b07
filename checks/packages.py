"""Asks by pip-audit whether faults of the locked packages are known; says so where nobody could be asked."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
LOCKS: Final = ("requirements.lock", "requirements-dev.lock")
_WORDS: Final = (*("--no-deps", "--disable-pip", "--progress-spinner", "off", "--format", "json", "--timeout", "15"),)
_PATIENCE_S: Final = 600


def vulnerable() -> Iterator[str]:
    """A line for each known fault. That the service cannot be reached is printed, and is no fault."""
    for lock in LOCKS:
        words = (sys.executable, "-m", "pip_audit", "--requirement", str(ROOT / lock), *_WORDS)
        try:
            ran = subprocess.run(  # noqa: S603 - our own words
                words, capture_output=True, text=True, check=False, timeout=_PATIENCE_S
            )
        except subprocess.TimeoutExpired:
            print(f"{lock}: NOT CHECKED for known faults: the service did not answer in {_PATIENCE_S} seconds")
            continue
        yield from told(lock, ran.stdout, ran.stderr)


def told(lock: str, answer: str, complaint: str) -> list[str]:
    """A line for each fault that an answer of pip-audit tells of; what was not looked at is printed."""
    try:
        found = json.loads(answer)["dependencies"]
    except (ValueError, KeyError):
        if "No module named" in complaint:
            return [f"{lock}: not checked for known faults: pip-audit is not installed; type `make audit`"]
        last = (complaint.strip().splitlines() or ["it said nothing"])[-1]
        print(f"{lock}: NOT CHECKED for known faults, the service cannot be reached: {last}")
        return []
    unknown = [one["name"] for one in found if "skip_reason" in one]
    if unknown:
        some = f"{', '.join(unknown[:5])}{', …' if len(unknown) > 5 else ''}"  # noqa: PLR2004 - enough to see which
        print(
            f"{lock}: NOT CHECKED for known faults: {len(unknown)} of {len(found)} that the service knows not: {some}"
        )
    print(f"{lock}: {len(found) - len(unknown)} packages checked for known faults")
    return [
        f"{lock}: {one['name']} {one['version']}: {fault['id']}, mended in {', '.join(fault['fix_versions']) or 'none'}"
        for one in found
        for fault in one.get("vulns", ())
    ]
