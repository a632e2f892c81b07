"""Shows what an import came to: a table by part, what was left out, the commonest errors, what to type next."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from caseline.actions.counted import counted
from caseline.cli import screen

if TYPE_CHECKING:
    from caseline.actions.summarise_import import Summary
    from staging.history import Pace
    from staging.report import ErrorGroup, Totals

_SECONDS = "Seconds: from the end of the part before to its own; pauses over 5 min left out"
_SHOWN = 60
"""Characters of a sample."""


def show(summary: "Summary", console: Console, *, mapping: str) -> None:
    """Print everything."""
    console.print()
    console.print(_parts(summary))
    # The times of parts overlap: files are read ahead while earlier parts are settled.
    console.print(
        "seconds: from the end of the part before to its own end; pauses over 5 minutes left out", style="dim"
    )
    show_left_out(summary.not_imported, summary.unknown, summary.lacking, console)
    for line in _changes(summary):
        console.print(line, soft_wrap=True)
    show_commonest(summary.commonest, sum(summary.codes.values()), console)
    console.print()
    console.print("What to do next", style="bold")
    for command, why in _next(summary, mapping):
        console.print(Text.assemble((f"  {command:<35}", "cyan"), f" {why}"), soft_wrap=True)


def show_left_out(
    not_imported: Mapping[str, int], unknown: Sequence[str], lacking: Mapping[str, Sequence[str]], console: Console
) -> None:
    """What of the given files is not imported, and what they lack."""
    for pattern, number in not_imported.items():
        console.print(f"Not imported: {counted(number, 'file')} ({pattern})", soft_wrap=True)
    if unknown:
        console.print(f"Unknown to the mapping: {_some(unknown)}", soft_wrap=True)
    for file, columns in lacking.items():
        console.print(f"{file} lacks mapped columns: {_some(columns)}", soft_wrap=True)


def show_commonest(groups: "Sequence[ErrorGroup]", total: int, console: Console) -> None:
    """The commonest of `total` errors with a sample and the remedy."""
    if not groups:
        return
    title = "The commonest error" if len(groups) == 1 else f"The {len(groups)} commonest errors"
    console.print(f"\n{title} (of {total:,})", style="bold")
    for group in groups:
        show_group(group, console, samples=1)


def totals_table(totals: "dict[str, Totals]") -> Table:
    """Rows by part and status."""
    columns = ("Part", "Read", "NEW", "SUCCESS", "FAILED", "Filtered")
    made = screen.table(*columns, numbers=columns[1:])
    for name, part in totals.items():
        made.add_row(name, *_figures(part))
    return made


def show_group(group: "ErrorGroup", console: Console, *, samples: int) -> None:
    """One group of errors: how many, where, an example, the remedy."""
    head = Text(f"{group.count:>7,}  ")
    head.append(group.code, style="bold")
    head.append(f" in {group.part}" + (f", {group.field}" if group.field else ""))
    console.print(head)
    for value, place in list(zip(group.samples, group.lines, strict=False))[:samples]:
        console.print(Padding(Text(f"{place}  {_one_line(value)}", style="dim"), (0, 0, 0, 9), expand=False))
    console.print(Padding(Text(group.remedy), (0, 0, 0, 9), expand=False))


def _parts(summary: "Summary") -> Table:
    waiting = any(part.new for part in summary.totals.values())
    numbers = ("Read", *(("NEW",) if waiting else ()), "SUCCESS", "FAILED", "Filtered", "Seconds", "Rows/s")
    made = screen.table("Part", *numbers, numbers=numbers)
    for name, part in summary.totals.items():
        made.add_row(name, *_figures(part, waiting=waiting), *_pace(summary.paces.get(name)))
    return made


def _figures(part: "Totals", *, waiting: bool = True) -> Iterator[Text]:
    yield Text(f"{part.read:,}")
    if waiting:
        yield Text(f"{part.new:,}", style="yellow" if part.new else "dim")
    yield Text(f"{part.success:,}", style="green" if part.success else "dim")
    yield Text(f"{part.failed:,}", style="red" if part.failed else "dim")
    yield Text(f"{part.filtered:,}", style="" if part.filtered else "dim")


def _pace(pace: "Pace | None") -> tuple[str, str]:
    if pace is None or not pace.settled:
        return "-", "-"
    return f"{pace.seconds:,.1f}", f"{pace.per_second:,.0f}" if pace.per_second else "-"


def _changes(summary: "Summary") -> Iterator[str]:
    for change in summary.changes:
        if change.appeared:
            yield f"{change.file} has new columns since the last run: {_some(change.appeared)}"
        if change.vanished:
            yield f"{change.file} has lost columns since the last run: {_some(change.vanished)}"


def _some(names: Sequence[str]) -> str:
    few = 8
    return ", ".join(names[:few]) + (f" and {len(names) - few} more" if len(names) > few else "")


def _next(summary: "Summary", mapping: str) -> Iterator[tuple[str, str]]:
    """(command, what it is good for)."""
    if summary.failed:
        yield "caseline errors", "all errors, with places and remedies"
        yield "caseline rejects --out rejects.zip", "the FAILED rows: mend them, then"
        yield f"caseline import rejects.zip --mapping {mapping}", ""
        yield "caseline retry", "when the mapping is mended"
    yield "caseline verify", "compare the CRM with the source"
    if summary.created:
        yield f"caseline rollback {summary.run_id}", "take this run back"


def _one_line(value: str) -> str:
    flat = " ".join(value.split())
    if not flat:
        return "(only blanks)" if value else "(empty)"
    return flat[:_SHOWN] + "…" if len(flat) > _SHOWN else flat
