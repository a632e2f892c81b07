"""Shows letters of the outbox: `caseline outbox list` and `show`."""

from typing import TYPE_CHECKING, Annotated

import typer

from caseline.actions.counted import counted
from caseline.cli import door, screen
from caseline.cli.choices import LARGEST_ID, JsonOption, id_argument
from caseline.cli.plain import plain
from caseline.cli.time_shown import moment

if TYPE_CHECKING:
    from caseline.outbox.care import Line

_UTC = "UTC"


def listed(
    state: Annotated[
        str | None,
        typer.Option("--state", metavar="STATE", help="Only queued, held, sending, sent, failed or cancelled ones."),
    ] = None,
    request: Annotated[
        int | None, typer.Option("--request", metavar="ID", min=1, max=LARGEST_ID, help="Only those of this request.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="How many, the newest first.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """List letters, the newest first, with why they were held or failed."""
    from caseline.actions import keep_letters
    from caseline.outbox.letters import State

    if state is not None and state not in set(State):
        raise typer.BadParameter(f"--state is one of {', '.join(State)}")
    wanted = None if state is None else State(state)
    with door.house() as house:
        found, counts = keep_letters.lines(house, state=wanted, record_id=request, most=limit)
    if as_json:
        screen.print_json({"letters": plain(found), "counts": plain(counts)})
        return
    if not found:
        screen.out().print("No letter")
        return
    table = screen.table("id", "state", "request", "queued (UTC)", "to", "subject", "reason", numbers=("id", "request"))
    for line in found:
        to = ", ".join(one.address for one in line.recipients)
        place = f"{line.record_id or ''}" if line.assignment_id is None else f"{line.record_id}.{line.assignment_id}"
        table.add_row(
            *(str(line.id), line.state, place, moment(line.queued_at, _UTC), to, line.subject, line.reason or "")
        )
    screen.out().print(table)
    screen.out().print(", ".join(f"{number:,} {name}" for name, number in counts.items() if number))


def show(
    letter: Annotated[int, id_argument("LETTER", "Its id, as `caseline outbox list` shows.")],
    as_json: JsonOption = False,
) -> None:
    """Show a letter: its words with secret links blanked, its recipients, what the server said of each."""
    from caseline.actions import keep_letters

    with door.house() as house:
        found = keep_letters.show(house, letter)
    if as_json:
        screen.print_json(plain(found))
        return
    console = screen.out()
    for name, value in _head(found.line):
        console.print(f"{name:<12} {value}", soft_wrap=True)
    for one in found.line.recipients:
        kind = "Cc" if one.copy else "To"
        console.print(f"{kind:<12} {one.address} {one.state} {one.answer or ''}".rstrip(), soft_wrap=True)
    for name, kind, size in found.attachments:
        console.print(f"{'File':<12} {name} ({kind}, {screen.size(size)})", soft_wrap=True)
    console.print()
    console.print(found.text, soft_wrap=True)


def _head(line: "Line") -> list[tuple[str, str]]:
    place = f"{line.record_id or 'none'}" + ("" if line.assignment_id is None else f", assignment {line.assignment_id}")
    rows = [
        ("Letter", f"{line.id} {line.message_id}"),
        ("State", line.state if line.reason is None else f"{line.state}: {line.reason}"),
        ("Request", place),
        ("Kind", line.nature if line.occasion is None else f"{line.nature}: {line.occasion}"),
        ("Queued", f"{moment(line.queued_at, _UTC)} UTC, {counted(line.attempts, 'attempt')}"),
        ("Subject", line.subject),
    ]
    if line.state == "queued":
        rows.append(("Next attempt", f"{moment(line.due_at, _UTC)} UTC"))
    if line.done_at is not None:
        rows.append(("Done", f"{moment(line.done_at, _UTC)} UTC"))
    return rows
