"""Shows the speeds of counting time: a table and the goals, on the screen and for docs/benchmarks.md."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from benchmarks.timing.command import Speed

    Speeds = Mapping[str, Speed]

_COLUMNS: Final = ("cases counted", "deadlines/s", "x limit", "durations/s", "x limit")


def on_screen(speeds: "Speeds", count: int) -> None:
    """Print the table and the goals."""
    table = Table("way to count", *_COLUMNS, title=f"{count:,} cases")
    for speed in speeds.values():
        table.add_row(speed.title, *_cells(speed, speeds["limit"], count))
    console = Console(width=160)
    console.print(table)
    for line in goals(speeds):
        console.print(line, markup=False)


def as_markdown(speeds: "Speeds", count: int, machine: str) -> str:
    """The table and the goals, for the document."""
    lines = [machine, "", f"| way to count | {' | '.join(_COLUMNS)} |", f"|---|{'---:|' * len(_COLUMNS)}"]
    lines += [f"| {each.title} | {' | '.join(_cells(each, speeds['limit'], count))} |" for each in speeds.values()]
    return "\n".join([*lines, "", *(f"- {line}" for line in goals(speeds))])


def goals(speeds: "Speeds") -> Iterator[str]:
    """A line for each goal."""
    ours, limit = speeds["ours"], speeds["limit"]
    for kind in ("deadlines_s", "durations_s"):
        times = _ratio(ours, limit, kind)
        yield f"{kind.removesuffix('_s')} at most 3 x the limit: {_met(met=times <= 3)} ({times:.1f})"  # noqa: PLR2004 - the goal
    for text, name, fewest in (
        ("at least 1,000 x CustomBusinessHour", "pandas", 1000),
        ("batch at least 5 x one by one", "scalar", 5),
    ):
        times = _ratio(speeds[name], speeds["office" if name == "pandas" else "ours"], "deadlines_s")
        yield f"{text}: {_met(met=times >= fewest)} ({times:,.0f})"


def _met(*, met: bool) -> str:
    return "met" if met else "NOT met"


def _ratio(slow: "Speed", fast: "Speed", kind: str) -> float:
    return float(getattr(slow, kind)) / float(getattr(fast, kind))


def _cells(each: "Speed", limit: "Speed", count: int) -> list[str]:
    cells = [f"{each.sample:,}" + (", scaled" if each.sample < count else "")]
    for seconds, least in ((each.deadlines_s, limit.deadlines_s), (each.durations_s, limit.durations_s)):
        if seconds is None or least is None:
            cells += ["-", "-"]
        else:
            cells += [f"{count / seconds:,.0f}", f"{seconds / least:,.1f}"]
    return cells
