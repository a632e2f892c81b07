"""Commands of `caseline request` about letters: answer the client, merge requests, take that back."""

from typing import Annotated

import typer

from caseline.actions.counted import counted
from caseline.cli import door, screen
from caseline.cli.choices import ByOption, JsonOption, RequestArgument


def add_to(family: typer.Typer) -> None:
    """Add the commands to the family."""
    for name, command in (("reply", reply), ("merge", merge), ("unmerge", unmerge)):
        family.command(name)(command)


def reply(
    request: RequestArgument,
    text: Annotated[str, typer.Option("--text", metavar="TEXT", help="What to write.")],
    by: ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write to the client of a request; the answer comes back to it."""
    from caseline.actions import reply_to_client

    with door.house() as house:
        written = reply_to_client.reply(house, request, text, by=by, now=door.now())
    if as_json:
        screen.print_json({"letter": written.letter_id, "message": written.message_id})
    else:
        screen.out().print(
            f"Letter {written.letter_id} is queued: `caseline outbox send` or the deployment send-outbox sends it"
        )


def merge(
    request: RequestArgument,
    into: Annotated[str, typer.Argument(metavar="INTO", help="The request in which it goes on.")],
    by: ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let a request go on in another one, with all messages and assignments; `unmerge` takes it back."""
    from caseline.actions import sort_mail

    with door.house() as house:
        other = sort_mail.merge(house, request, into, by=by, now=door.now()).card
    if as_json:
        screen.print_json({"into": other.id, "closed": other.stage.closed})
    else:
        screen.out().print(f"It goes on in request {other.number} (id {other.id}): {other.subject}", soft_wrap=True)
        if other.stage.closed:
            screen.out().print(f"Both are closed; `caseline request reopen {other.number}` opens it", soft_wrap=True)


def unmerge(request: RequestArgument, by: ByOption = None, as_json: JsonOption = False) -> None:
    """Take a merge back: what moved stands in its request again."""
    from caseline.actions import sort_mail

    with door.house() as house:
        moved = sort_mail.unmerge(house, request, by=by, now=door.now())
    if as_json:
        screen.print_json({"messages": moved})
    else:
        screen.out().print(
            f"It stands by itself again, with {counted(len(moved), 'message')}; open it with `request reopen`"
        )
