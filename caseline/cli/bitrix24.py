"""The family `caseline bitrix24`: what concerns a portal alone."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from caseline.cli import counting, screen, time_shown
from caseline.cli.checking import check
from caseline.cli.choices import JsonOption
from caseline.cli.plain import plain
from caseline.cli.portal_serving import serve
from caseline.cli.portal_sync import sync
from caseline.cli.provisioning import provision
from caseline.cli.reconciling import reconcile
from caseline.cli.sandbox import sandbox
from caseline.timing.vocabulary import Mode

if TYPE_CHECKING:
    from caseline.actions.read_stage_history import Visits


def register(app: typer.Typer) -> None:
    """Add the commands."""
    family = typer.Typer(help="What concerns a Bitrix24 portal.", no_args_is_help=True)
    family.command("stages")(stages)
    family.command("check")(check)
    family.command("provision")(provision)
    family.command("reconcile")(reconcile)
    family.command("sync")(sync)
    family.command("serve")(serve)
    family.command("sandbox")(sandbox)
    app.add_typer(family, name="bitrix24")


def stages(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Answers of crm.stagehistory.list, saved as JSON.")],
    pauses: Annotated[
        list[str] | None,
        typer.Option("--pauses", metavar="STAGE", help="A stage in which the clock stands still; repeatable."),
    ] = None,
    calendar: counting.AnyCalendarOption = None,
    mode: counting.CountedModeOption = Mode.WORKING_DAYS,
    as_json: JsonOption = False,
) -> None:
    """Show the time that records of a portal have spent on each stage, from the stage history that the portal keeps.

    FILE holds one answer of crm.stagehistory.list, or a list of them; items that come twice count once.
    """
    from caseline.actions import read_stage_history

    counted_by = counting.find(calendar)
    found = read_stage_history.read(file, counted_by, mode, pauses or ())
    if as_json:
        screen.print_json({"records": plain(found), "zone": counted_by.zone})
    else:
        _show(found, counted_by.zone)


def _show(found: "list[Visits]", zone: str) -> None:
    console = screen.out()
    if not found:
        console.print("The history has no items: the portal keeps one for leads, deals and items of smart processes")
    for visits in found:
        columns = (f"Record {visits.record}", f"Entered ({zone})", "Left", "Elapsed", "Business", "Paused")
        made = screen.table(*columns, numbers=("Elapsed", "Business", "Paused"))
        for row in visits.rows:
            moments = [time_shown.moment(at, zone) for at in (row.entered_at, row.left_at)]
            made.add_row(row.stage, *moments, *map(time_shown.span, (row.elapsed_s, row.business_s, row.paused_s)))
        console.print(made)
        console.print()
