"""The command `caseline verify`: files against CRM, for the sign-off."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from caseline.actions.counted import counted
from caseline.cli import door, release, screen
from caseline.cli.choices import JsonOption

if TYPE_CHECKING:
    from rich.console import Console

    from staging.audit.presentation import Presentation
    from staging.audit.verdict import Verdict

_DIFFERENT = 3
_SHOWN = 20
_SEEDS = 10_000


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("verify")(verify)


def verify(
    source: Annotated[
        str | None, typer.Option("--source", metavar="NAME", help="Check this source; without it the last imported.")
    ] = None,
    path: Annotated[
        list[Path] | None,
        typer.Option("--path", metavar="PATH", help="Where the imported files lie now: a folder, zip or file."),
    ] = None,
    part: Annotated[list[str] | None, typer.Option("--part", metavar="PART", help="Only this part.")] = None,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE.html", help="Write the page that is signed.")
    ] = None,
    sample: Annotated[int, typer.Option("--sample", min=0, metavar="N", help="Records to show side by side.")] = 10,
    seed: Annotated[int | None, typer.Option("--seed", metavar="N", help="Draw the same records again.")] = None,
    show_values: Annotated[bool, typer.Option("--show-values", help="Show personal values in full.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Read the source files again and compare them with the CRM, record by record and field by field.

    Exit codes: 0 equal, 3 differences, 1 could not run.
    """
    from caseline.actions import verify_import
    from staging.audit.presentation import Presentation

    drawn = secrets.randbelow(_SEEDS) if seed is None else seed
    order = verify_import.Order(source, tuple(path or ()), tuple(part or ()), sample, drawn)
    with door.house() as house, _progress() as watch:
        verdict = verify_import.verify(house, order, clock=door.now, watch=watch)
    if report is not None:
        verify_import.write_report(verdict, report, show_values=show_values, version=release.version())
    shown = Presentation(verdict, show_values)
    if as_json:
        screen.print_json(shown.summary())
    else:
        _print(shown, report)
    if not verdict.equal:
        raise typer.Exit(_DIFFERENT)


@contextmanager
def _progress() -> Iterator[Callable[[int, int, str], None]]:
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(None), TextColumn("{task.percentage:.0f}%"))
    with Progress(*columns, TimeRemainingColumn(), console=screen.beside(), transient=True) as bar:
        task = bar.add_task("", total=None)

        def watch(read: int, total: int, part: str) -> None:
            bar.update(task, completed=read, total=total, description=part)

        yield watch


def _print(shown: "Presentation", report: Path | None) -> None:
    console, verdict = screen.out(), shown.verdict
    _totals(console, shown)
    for note in verdict.notes:
        console.print(note, style="dim", soft_wrap=True)
    if verdict.left_out:
        console.print(f"Not looked at: {', '.join(verdict.left_out)}", style="yellow", soft_wrap=True)
    if not verdict.equal:
        _differences(console, shown)
    _last(console, verdict, report)


def _totals(console: "Console", shown: "Presentation") -> None:
    names = shown.outcomes()
    table = screen.table("part", "in the files", *names, numbers=("in the files", *names))
    for part in shown.verdict.parts:
        table.add_row(part.name, f"{part.read:,}", *(f"{part.outcomes.get(name, 0):,}" for name in names))
    screen.headed(console, f"Source {shown.verdict.source}: files against CRM", table)


def _differences(console: "Console", shown: "Presentation") -> None:
    counts = screen.table("part", "kind", "field", "cases", numbers=("cases",))
    for part, kind, field, count in shown.counts()[:_SHOWN]:
        counts.add_row(part, kind, field, f"{count:,}")
    screen.headed(console, "\nDifferences", counts)
    first = screen.table("key", "field", "by the files", "in the CRM", "place", "note")
    for finding in shown.verdict.findings.kept[:_SHOWN]:
        said = shown.finding(finding)
        words = (said["key"], said["field"], said["expected"], said["found"], said["place"], said["note"])
        first.add_row(*(word or "" for word in words))
    screen.headed(console, "\nThe first ones", first)


def _last(console: "Console", verdict: "Verdict", report: Path | None) -> None:
    took = screen.seconds(verdict.seconds)
    if verdict.equal:
        console.print(f"\nEqual: files and CRM agree ({took})", style="green")
    else:
        words = counted(verdict.findings.total, "difference")
        console.print(f"\n{words} ({took})", style="red")
    if report is not None:
        console.print(f"The report for the sign-off is {report}", soft_wrap=True)
    else:
        console.print("A page to be signed: caseline verify --report sign-off.html", style="dim")
