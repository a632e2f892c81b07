"""The family `caseline assignment`: work on requests for people of the house and outside."""

from typing import TYPE_CHECKING, Annotated

import typer

from caseline.actions.counted import counted
from caseline.cli import door, screen, timeline_shown
from caseline.cli.choices import ByOption, JsonOption, RequestArgument, id_argument
from caseline.cli.plain import plain

if TYPE_CHECKING:
    from caseline.actions.assign import Given
    from caseline.actions.wiring import House

_Number = Annotated[int, id_argument("ASSIGNMENT", "Its number.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    family = typer.Typer(help="Work on requests: give, answer, end, list.", no_args_is_help=True)
    for name, command in (
        ("add", add),
        ("reply", reply),
        ("address", address),
        ("resend", resend),
        ("done", done),
        ("cancel", cancel),
        ("list", listed),
        ("remind", remind),
        ("checklist", checklist),
    ):
        family.command(name)(command)
    app.add_typer(family, name="assignment")


def add(
    request: RequestArgument,
    title: Annotated[str, typer.Argument(metavar="TITLE", help="What is to be done, in a few words.")],
    text: Annotated[str, typer.Option("--text", metavar="TEXT", help="What is to be done, in full.")],
    to: Annotated[
        str | None, typer.Option("--to", metavar="MAIL|NAME|ID", help="Somebody outside, who gets a letter at once.")
    ] = None,
    person: Annotated[
        str | None, typer.Option("--person", metavar="MAIL|NAME|ID", help="Or somebody of the house.")
    ] = None,
    hours: Annotated[
        int | None, typer.Option("--hours", min=1, max=87_600, help="Business hours up to its deadline.")
    ] = None,
    step: Annotated[
        list[str] | None, typer.Option("--step", metavar="TEXT", help="A step of its checklist; may be given again.")
    ] = None,
    by: ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give somebody work on a request. An outsider gets it by mail, and answers by mail."""
    from caseline.actions import assign

    order = assign.Order(
        request=request,
        title=title,
        text=text,
        contact=to,
        person=person,
        hours=hours,
        by=by,
        checklist=tuple(step or ()),
    )
    with door.house() as house:
        _tell(house, assign.give(house, order, now=door.now()), as_json=as_json)


def reply(
    assignment: _Number,
    text: Annotated[str, typer.Option("--text", metavar="TEXT", help="What to write.")],
    by: ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write to the outsider of an assignment, and to nobody else."""
    from caseline.actions import assign

    with door.house() as house:
        _tell(house, assign.answer(house, assignment, text, by=by, now=door.now()), as_json=as_json)


def address(
    assignment: _Number,
    mail: Annotated[str, typer.Argument(metavar="MAIL", help="The outsider's mail address.")],
    as_json: JsonOption = False,
) -> None:
    """Give the outsider of an assignment a mail address, or correct it; the letter is sent to it.

    So are those of the outsider's other open assignments. Links that went to the former address are good for nothing.
    """
    from caseline.actions import assign

    with door.house() as house:
        _tell(house, assign.address(house, assignment, mail, now=door.now()), as_json=as_json)


def resend(assignment: _Number, by: ByOption = None, as_json: JsonOption = False) -> None:
    """Write the letter of an open assignment once more, to its outsider's present address."""
    from caseline.actions import assign

    with door.house() as house:
        _tell(house, assign.resend(house, assignment, by=by, now=door.now()), as_json=as_json)


def done(assignment: _Number, by: ByOption = None, as_json: JsonOption = False) -> None:
    """Say that an assignment is done."""
    _end(assignment, "done", by, as_json=as_json)


def cancel(assignment: _Number, by: ByOption = None, as_json: JsonOption = False) -> None:
    """Say that an assignment is not needed any more."""
    _end(assignment, "cancelled", by, as_json=as_json)


def listed(request: RequestArgument, as_json: JsonOption = False) -> None:
    """List the assignments of a request."""
    from caseline.actions import show_request

    with door.house() as house:
        found = show_request.show(house, request, now=door.now())
    if as_json:
        screen.print_json({"assignments": plain(found.assignments)})
        return
    if not found.assignments:
        screen.out().print(f"Request {found.card.number} has no assignments: `caseline assignment add` gives one")
    for one in found.assignments:
        screen.out().print(timeline_shown.assignment(one, found.zone), soft_wrap=True)


def checklist(
    assignment: _Number,
    tick: Annotated[
        list[int] | None, typer.Option("--tick", metavar="N", min=1, help="The step in this place is done.")
    ] = None,
    untick: Annotated[
        list[int] | None, typer.Option("--untick", metavar="N", min=1, help="The step in this place is not done.")
    ] = None,
    add: Annotated[list[str] | None, typer.Option("--add", metavar="TEXT", help="Another step, at the end.")] = None,
    by: ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the checklist of an assignment; tick its steps, or add some."""
    from caseline.actions import keep_checklist

    change = keep_checklist.Change(tick=tuple(tick or ()), untick=tuple(untick or ()), add=tuple(add or ()), by=by)
    with door.house() as house:
        items = keep_checklist.change(house, assignment, change, now=door.now())
    if as_json:
        screen.print_json({"checklist": plain(items)})
        return
    if not items:
        screen.out().print(f"Assignment {assignment} has no checklist: `--add TEXT` begins one")
    for place, item in enumerate(items, start=1):
        done = f"  ({item.ticked_by})" if item.ticked_by else ""
        screen.out().print(
            f"{place:>3} [{'x' if item.ticked_at else ' '}] {item.text}{done}", markup=False, soft_wrap=True
        )


def remind(as_json: JsonOption = False) -> None:
    """Write the reminders that are due; the deployment send-outbox does this every minute."""
    from caseline.actions import assign

    troubles: list[str] = []
    with door.house() as house:
        count = assign.remind(house, now=door.now(), tell=troubles.append)
    if as_json:
        screen.print_json({"reminders": count, "troubles": troubles})
        return
    screen.out().print(f"{counted(count, 'reminder')} written" if count or troubles else "No reminder is due")
    for trouble in troubles:
        screen.complain(trouble)


def _end(number: int, state: str, by: str | None, *, as_json: bool) -> None:
    from caseline.actions import assign, show_request
    from caseline.crm.timeline import AssignmentState

    with door.house() as house:
        ended = assign.end(house, number, AssignmentState(state), by=by, now=door.now())
        zone = show_request.zone(house)
    if as_json:
        screen.print_json({"assignment": plain(ended)})
    else:
        screen.out().print(timeline_shown.assignment(ended, zone), soft_wrap=True)


def _tell(house: "House", given: "Given", *, as_json: bool) -> None:
    from caseline.actions import show_request

    if as_json:
        screen.print_json(
            {
                "assignment": plain(given.assignment),
                "letter": given.letter_id,
                "trouble": given.trouble or None,
                "others": list(given.others),
                "warning": given.warning or None,
            }
        )
        return
    console = screen.out()
    console.print(timeline_shown.assignment(given.assignment, show_request.zone(house)), soft_wrap=True)
    if given.trouble:
        remedy = f": `caseline assignment address {given.assignment.id} MAIL` sends it"
        console.print(given.trouble + (remedy if given.letter_id is None else ""), soft_wrap=True)
    queued = [one for one in (None if given.trouble else given.letter_id, *given.others) if one is not None]
    for letter_id in queued:
        console.print(f"Letter {letter_id} is queued: `caseline outbox send` or the deployment send-outbox sends it")
    if given.warning:
        screen.complain(given.warning)
