"""The commands `golive` and `watch`: alarms of deadlines."""

from typing import Annotated

import typer

from caseline.actions.counted import counted
from caseline.cli import door, request_shown, screen
from caseline.cli.choices import JsonOption
from caseline.cli.plain import plain


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("golive")(golive)
    app.command("watch")(watch)


def golive(
    sources: Annotated[
        list[str] | None, typer.Argument(metavar="[SOURCE]...", help="Sources that go live; all unless named.")
    ] = None,
    by: Annotated[str, typer.Option("--by", metavar="NAME", envvar="USER", help="Who does this.")] = "unknown",
    as_json: JsonOption = False,
) -> None:
    """Let the deadlines of imported requests alarm from now on. What was past at the import stays silent for ever."""
    from caseline.actions import go_live

    with door.house() as house:
        found = go_live.go_live(house, sources or [], by=by, now=door.now())
    if as_json:
        screen.print_json({"sources": plain(found)})
        return
    for one in found:
        screen.out().print(
            f"{one.source} is live: {counted(one.ahead, 'deadline')} ahead, {one.past:,} past", soft_wrap=True
        )


def watch(as_json: JsonOption = False) -> None:
    """Look at all deadlines once: passed shares of their time become events, once each; overdue requests are listed.

    The deployment watch-deadlines does this every five minutes.
    """
    from caseline.actions import show_request, watch_deadlines

    now = door.now()
    with door.house() as house:
        found, zone = watch_deadlines.watch(house, now=now), show_request.zone(house)
    if as_json:
        screen.print_json(plain(found))
        return
    screen.out().print(f"{found.near:,} near their deadline, {found.passed:,} past it since the last look")
    if not found.overdue:
        screen.out().print("No request is overdue")
        return
    request_shown.cards(found.overdue, as_json=False, now=now, zone=zone)
