"""Runs all checks over a run, and prints what they find."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import psycopg

from soak.checker import answers, bonuses, deeds, imported, letters, mails, stages
from soak.checker.finding import Finding
from soak.checker.inputs import Inputs
from soak.checker.look import Tables

_CHECKS: Final[tuple[Callable[[Inputs, Tables], Iterator[Finding]], ...]] = (
    imported.check,
    mails.check,
    letters.check,
    stages.check,
    deeds.check,
    answers.check,
    bonuses.check,
)
_SHOWN: Final = 200


def findings(folder: Path, url: str) -> list[Finding]:
    """All that is wrong with the run in a folder; `url`: its database, which is only read."""
    with psycopg.connect(url) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return judged(Inputs(folder), Tables(connection))


def judged(inputs: Inputs, tables: Tables) -> list[Finding]:
    """The same in a transaction of the caller's."""
    return [found for check in _CHECKS for found in check(inputs, tables)]


def main(folder: Path, url: str) -> int:
    """Print it; the exit code is 1 where there is anything."""
    found = findings(folder, url)
    for one in found[:_SHOWN]:
        print(one)
    if len(found) > _SHOWN:
        print(f"... and {len(found) - _SHOWN} more")
    print(f"checked: {_put_in(folder)}")
    counts = ", ".join(f"{count} {kind}" for kind, count in Counter(one.kind.value for one in found).items())
    print(
        f"found: {counts}" if found else "found: nothing lost, nothing doubled, letters once, times and bonuses add up"
    )
    return int(bool(found))


def _put_in(folder: Path) -> str:
    """What there was to check, in numbers."""
    inputs = Inputs(folder)
    totals, _entries = inputs.truths()
    facts = Counter(fact["kind"] for fact in inputs.facts)
    kinds = ("mail", "opened", "move", "comments", "replies", "answer")
    return ", ".join(
        [
            f"{sum(one['read'] for one in totals.values()):,} rows of files",
            f"{len(inputs.letters)} letters",
            *(f"{facts[kind]} {kind}" for kind in kinds),
        ]
    )
