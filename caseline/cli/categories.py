"""The families `caseline category` and `caseline stages`: what requests choose from, and the time they spend."""

import re
from typing import TYPE_CHECKING, Annotated, Final

import typer

from caseline.cli import door, request_shown, screen, time_shown
from caseline.cli.choices import JsonOption, ModeOption, RequestArgument
from caseline.cli.plain import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caseline.crm.cards import Category

_HOURS: Final = re.compile("[0-9]{0,9}")
_Code = Annotated[str, typer.Argument(metavar="CODE", help="Short name, as commands use it.")]
_Label = Annotated[str | None, typer.Option("--label", metavar="TEXT", help="Name that people read.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    family = typer.Typer(help="Categories with their groups and hours.", no_args_is_help=True)
    family.command("list")(listed)
    family.command("set")(put)
    app.add_typer(family, name="category")
    steps = typer.Typer(help="Stages: which there are, and which pause the clock.", no_args_is_help=True)
    steps.command("list")(stages_listed)
    steps.command("set")(stage_put)
    app.add_typer(steps, name="stage")
    app.command("stages")(stages)


def listed(as_json: JsonOption = False) -> None:
    """List all categories."""
    from caseline.actions import keep_categories

    with door.house() as house:
        found = keep_categories.categories(house)
    _show(found, as_json=as_json)


def put(
    code: _Code,
    hours: Annotated[
        int | None, typer.Option("--hours", metavar="N", min=1, help="Hours up to the deadline: 24, 48 or 72.")
    ] = None,
    label: _Label = None,
    group: Annotated[
        str | None, typer.Option("--group", metavar="NAME|ID", help="The group responsible; empty: none again.")
    ] = None,
    priority_hours: Annotated[
        list[str] | None,
        typer.Option(
            "--priority-hours",
            metavar="PRIORITY=N",
            help="Other hours for a priority, repeatable; PRIORITY=: none again.",
        ),
    ] = None,
    calendar: Annotated[
        str | None, typer.Option("--calendar", metavar="ID", help="Another calendar; empty: the default one again.")
    ] = None,
    mode: ModeOption = None,
    active: Annotated[
        bool | None, typer.Option("--active/--inactive", help="Whether requests may be given it.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make a category, or change it. Deadlines that are set already stay as they are."""
    from caseline.actions import keep_categories

    wish = keep_categories.Wish(
        label=label,
        hours=hours,
        group=group,
        hours_by_priority=dict(map(_priority, priority_hours or [])),
        calendar=calendar,
        mode=mode,
        active=active,
    )
    with door.house() as house:
        found = keep_categories.put_category(house, code, wish, now=door.now())
    _show([found], as_json=as_json)


def _priority(text: str) -> tuple[str, int | None]:
    priority, _, hours = text.rpartition("=")
    if not priority or not _HOURS.fullmatch(hours):
        raise typer.BadParameter(f"{text!r}: write PRIORITY=HOURS, such as high=24")
    return priority, int(hours) if hours else None


def _show(found: "Sequence[Category]", *, as_json: bool) -> None:
    if as_json:
        screen.print_json({"categories": plain(found)})
        return
    console = screen.out()
    if not found:
        console.print("There are no categories yet: caseline category set CODE --hours 24 --label TEXT")
        return
    made = screen.table("Code", "Label", "Hours", "By priority", "Group", "Calendar", "Mode", "", numbers=("Hours",))
    for one in found:
        by_priority = ", ".join(f"{priority} {hours}" for priority, hours in one.hours_by_priority.items())
        words = (by_priority or "-", one.group or "-", one.calendar_id or "default", str(one.mode))
        made.add_row(one.code, one.label, str(one.hours), *words, "" if one.active else "inactive")
    console.print(made)


def stages_listed(as_json: JsonOption = False) -> None:
    """List the stages of requests, in their order."""
    from caseline.actions import keep_categories

    with door.house() as house:
        found = keep_categories.stages(house)
    if as_json:
        screen.print_json({"stages": plain(found)})
        return
    made = screen.table("Code", "Label", "Clock")
    for one in found:
        made.add_row(one.code, one.label, "closed" if one.closed else "pauses" if one.pauses else "runs")
    screen.out().print(made if found else "There are no stages yet: an import or the first request brings them")


def stage_put(
    code: _Code,
    label: _Label = None,
    pauses: Annotated[
        bool | None, typer.Option("--pauses/--runs", help="Whether the clock of deadlines stands still in it.")
    ] = None,
    closed: Annotated[
        bool | None, typer.Option("--closed/--open", help="Of a new stage: whether a request in it is closed.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make a stage, or change it. Visits that have begun go on as they began."""
    from caseline.actions import keep_categories

    wish = keep_categories.StageWish(label=label, pauses=pauses, closed=closed)
    with door.house() as house:
        found = keep_categories.put_stage(house, code, wish)
    if as_json:
        screen.print_json(plain(found))
        return
    clock = "is a closed one" if found.closed else "pauses the clock" if found.pauses else "lets the clock run"
    screen.out().print(f"Stage {found.code} ({found.label}) {clock}")


def stages(request: RequestArgument, as_json: JsonOption = False) -> None:
    """Show the time that a request has spent on each stage, visit by visit and added up."""
    from caseline.actions import show_request

    with door.house() as house:
        sight = show_request.show(house, request, now=door.now())
    if as_json:
        found = request_shown.as_dict(sight, door.now())
        screen.print_json({name: found[name] for name in ("stages", "totals", "present", "zone")})
        return
    console = screen.out()
    console.print(request_shown.stages(sight))
    if not sight.totals:
        return
    console.print()
    made = screen.table(
        "Added up", "Visits", "Elapsed", "Business", "Paused", numbers=("Visits", "Elapsed", "Business", "Paused")
    )
    for total in sight.totals:
        spans = map(time_shown.span, (total.elapsed_s, total.business_s, total.paused_s))
        made.add_row(total.stage or "(no history)", str(total.visits), *spans)
    console.print(made)
