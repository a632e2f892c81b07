"""The command `caseline bitrix24 check`: looks at a portal before an import."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from caseline.actions.counted import counted
from caseline.cli import door, importing, progress, screen
from caseline.cli.choices import JsonOption
from caseline.cli.plain import plain

if TYPE_CHECKING:
    from rich.console import Console

    from caseline.actions.check_portal import Report

_ERRORS = 3
_STYLES = {"ok": "green", "warning": "yellow", "error": "red"}


def check(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[PATH]", help="An export: also say what it would lose there.")
    ] = None,
    mapping: Annotated[
        str | None,
        typer.Option("--mapping", "-m", metavar="NAME|FILE", help="Compare with what this mapping needs."),
    ] = None,
    sample: Annotated[
        int,
        typer.Option(
            "--sample", min=0, max=1000, metavar="N", help="Write N marked records, measure, and remove them again."
        ),
    ] = 0,
    as_json: JsonOption = False,
) -> None:
    """Say whether a portal is ready, what would be lost there, and how many hours an import would take.

    Only reads in the portal, unless --sample is given; what that writes is removed again.

    Exit codes: 0 ready, 3 with errors.
    """
    from caseline.actions import check_portal

    if paths and mapping is None:
        raise typer.BadParameter("say with which mapping PATH is read", param_hint="--mapping")
    try:
        with importing.stoppable(), door.house() as house, progress.display(0) as watch:
            order = check_portal.Order(mapping, tuple(paths or ()), sample, house.settings.workers)
            found = check_portal.check(house, order, clock=door.now, watch=watch)
    except KeyboardInterrupt:
        screen.complain("Stopped. If records of a sample are left, the next check with --sample removes them.")
        raise typer.Exit(importing.STOPPED) from None
    if as_json:
        screen.print_json(_as_dict(found))
    else:
        _show(found, screen.out())
    if found.level == "error":
        raise typer.Exit(_ERRORS)


def _as_dict(found: "Report") -> dict[str, Any]:
    hours = [{**plain(one), "hours": one.hours, "rests_on": one.rests_on} for one in found.hours]
    return {
        "level": str(found.level),
        **plain(found),
        "hours": hours,
        "total_hours": sum(one.hours for one in found.hours),
    }


def _show(found: "Report", console: "Console") -> None:
    for one in found.findings:
        console.print(f"{one.level:<8}", style=_STYLES[one.level], end="")
        console.print(f"{one.topic}: {one.text}", soft_wrap=True)
        if one.remedy:
            console.print(f"        -> {one.remedy}", style="dim", soft_wrap=True)
    if found.records:
        _losses(found, console)
    if found.hours:
        _hours(found, console)


def _losses(found: "Report", console: "Console") -> None:
    made = screen.table("Of", "Field", "Cases", "What", "Remedy", "First", numbers=("Cases",))
    for loss in sorted(found.losses, key=lambda one: (one.rule.kept, -one.count)):
        rule = loss.rule
        spots = ", ".join(f"{spot.file}:{spot.line}" for spot in loss.first)
        made.add_row(rule.entity, rule.field, f"{loss.count:,}", rule.text, rule.remedy, spots)
    if found.losses:
        screen.headed(console, "\nWhat the portal would not keep as it is", made)
    else:
        console.print("\nThe portal keeps every value of these records as it is", style="green")
    for entity, text in found.beside.items():
        console.print(f"{entity}: {text}", style="dim", soft_wrap=True)
    for pattern, number in found.not_imported.items():
        console.print(f"Not imported: {counted(number, 'file')} ({pattern})", soft_wrap=True)


def _hours(found: "Report", console: "Console") -> None:
    names = ("Records", "Takes", "By rate", "By operating", "By clock")
    made = screen.table("Method", *names, "Rests on", numbers=names)
    for one in found.hours:
        shown = (one.hours, one.by_rate, one.by_operating, one.by_clock)
        words = ("-" if value is None else screen.seconds(value * 3600) for value in shown)
        made.add_row(one.method, f"{one.records:,}", *words, one.rests_on)
    floor = "" if found.measured else " at least"
    what = "this export" if found.records else "1,000 requests and 1,000 messages"
    total = sum(one.hours for one in found.hours)
    screen.headed(console, f"\nFor {what}{floor} {screen.seconds(total * 3600)}", made)
