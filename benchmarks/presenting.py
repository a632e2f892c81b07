"""Shows results: a table on the screen, a table and the goals in docs/benchmarks.md."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from benchmarks.results import GOALS, Standing, Standings

_COLUMNS: Final = (
    "seconds",
    "rows/s",
    "x raw COPY",
    "x expert",
    "x same duties",
    "CPU s client + server",
    "CPU x expert",
    "peak MB",
    "load",
)


def on_screen(found: Standings, *, cases: int) -> None:
    """Print the table and the goals."""
    table = Table("contender", *_COLUMNS, title=f"{cases:,} cases")
    for standing in found.values():
        table.add_row(standing.title, *_cells(standing, found, cases))
    console = Console(width=200)
    console.print(table)
    for line in goals(found):
        console.print(line, markup=False)


def as_markdown(found: Standings, *, cases: int, machine: str) -> str:
    """The table, the goals and the steps, for the document."""
    lines = [machine, "", f"| contender | {' | '.join(_COLUMNS)} |", f"|---|{'---:|' * len(_COLUMNS)}"]
    lines += [f"| {each.title} | {' | '.join(_cells(each, found, cases))} |" for each in found.values()]
    return "\n".join([*lines, "", *(f"- {line}" for line in goals(found)), *steps(found)])


def goals(found: Standings) -> Iterator[str]:
    """A line for each goal that was measured."""
    for goal in GOALS:
        reached = goal.reached(found)
        if reached is None:
            continue
        word = "met" if reached[0] <= goal.limit else "NOT met"
        unit = f"{reached[0]:.0f} MB" if not goal.anchor else f"{reached[0]:.2f} in time, {reached[1]:.2f} in CPU"
        yield f"{goal.text}: {word} ({unit})"


def steps(found: Standings) -> Iterator[str]:
    """A table of the server's processor seconds by kind of statement, from the run with one converter."""
    if "profile" not in found:
        return
    spent = found["profile"].extra.get("steps")
    if not isinstance(spent, dict):
        return
    yield from ("", "| what the server does, one converter | CPU s | share |", "|---|---:|---:|")
    total = sum(spent.values())
    for name, seconds in sorted(spent.items(), key=lambda item: -item[1]):
        yield f"| {name} | {seconds:.1f} | {seconds / total:.0%} |"


def write(text: str, document: Path, name: str = "results") -> None:
    """Put the text between the document's markers of that name; `ValueError` when it has none."""
    old = document.read_text(encoding="utf-8")
    pattern = re.compile(f"(<!-- {name} -->\n).*?(<!-- end of {name} -->)", re.DOTALL)
    if not pattern.search(old):
        raise ValueError(f"{document} has no lines <!-- {name} --> and <!-- end of {name} -->: put them back")
    document.write_text(pattern.sub(lambda found: f"{found[1]}{text}\n{found[2]}", old), encoding="utf-8")


def _cells(each: Standing, found: Standings, cases: int) -> list[str]:
    def ratio(anchor: str, *, cpu: bool = False) -> str:
        if anchor not in found:
            return "-"
        other = found[anchor]
        return f"{each.cpu_s / other.cpu_s:.2f}" if cpu else f"{each.seconds / other.seconds:.2f}"

    return [
        f"{each.seconds:.1f}",
        f"{cases / each.seconds:,.0f}",
        ratio("raw"),
        ratio("expert"),
        ratio("duties"),
        f"{each.client_cpu_s:.1f} + {each.server_cpu_s:.1f}",
        ratio("expert", cpu=True),
        f"{each.peak_mb:.0f}",
        f"{each.load:.1f}",
    ]
