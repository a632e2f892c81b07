"""The family `caseline chat`: dialogues by web page or messenger."""

from typing import TYPE_CHECKING, Annotated

import typer

from caseline.cli import door, screen
from caseline.cli.choices import JsonOption
from caseline.cli.plain import plain

if TYPE_CHECKING:
    from caseline.actions.check_chat import Report, Shown

_Dialogue = Annotated[int, typer.Argument(metavar="DIALOGUE", help="Its id, as `caseline chat list` shows.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    family = typer.Typer(help="Dialogues that ask for ratings, by a page of ours or a messenger.", no_args_is_help=True)
    for command in (check, run, show, link):
        family.command()(command)
    family.command("list")(listed)
    app.add_typer(family, name="chat")


def check(
    register_hook: Annotated[
        bool, typer.Option("--register", help="First let the messenger call us, or no longer, as the settings say.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Say whether chats work, and what to do where they do not.

    Exit codes: 0 they work, 3 something is to be done.
    """
    from caseline.actions import check_chat

    with door.house() as house:
        found = check_chat.check(house, register=register_hook, now=door.now())
    if as_json:
        screen.print_json(plain(found))
    else:
        _say(found)
    if not found.works:
        raise typer.Exit(3)


def run(as_json: JsonOption = False) -> None:
    """Take in what waits at the messenger, make something of it, send what is due. It may be stopped at any point."""
    from caseline.actions import chat_run

    with door.house() as house:
        ran = chat_run.run(house, now=door.now())
    if as_json:
        screen.print_json(plain(ran))
    else:
        screen.out().print(f"received {ran.received}, handled {ran.handled}, sent {ran.sent}, failed {ran.failed}")
        if ran.problem:
            screen.beside().print(ran.problem)
    if ran.problem:
        raise typer.Exit(1)


def listed(
    most: Annotated[int, typer.Option("--most", min=1, max=1000, help="So many of them.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """List dialogues, those in which something happened last first."""
    from caseline.actions import check_chat

    with door.house() as house:
        found = check_chat.listed(house, most=most)
    if as_json:
        screen.print_json({"dialogues": [plain(one) for one in found]})
        return
    for one in found:
        rated = ", ".join(f"{key} {value}" for key, value in one.answers.items()) or "no rating yet"
        screen.out().print(f"{one.id}: {one.stage}, {rated}, ask {one.ask_id}, {one.changed_at:%Y-%m-%d %H:%M} UTC")
    if not found:
        screen.out().print("No dialogue has begun yet")


def show(dialogue: _Dialogue, as_json: JsonOption = False) -> None:
    """Show what was said in the chat of a dialogue, and what was made of it."""
    from caseline.actions import check_chat

    with door.house() as house:
        try:
            found = check_chat.show(house, dialogue)
        except check_chat.NoDialogue as error:
            raise typer.BadParameter(str(error), param_hint="DIALOGUE") from None
    if as_json:
        screen.print_json(plain(found))
    else:
        _show(found)


def link(dialogue: _Dialogue) -> None:
    """Print a new link to the page of a web chat: whoever has it answers as the client. Earlier ones still work."""
    from caseline.actions import check_chat

    with door.house() as house:
        try:
            found = check_chat.link(house, dialogue, now=door.now())
        except check_chat.NoDialogue as error:
            raise typer.BadParameter(str(error), param_hint="DIALOGUE") from None
    screen.out().print(found, soft_wrap=True)


def _say(found: "Report") -> None:
    out = screen.out()
    out.print(f"{found.gateway}: {'works' if found.works else 'does not work yet'}")
    for line in found.lines:
        out.print(f"  {line}", highlight=False, markup=False)
    out.print(f"  messages to send: {found.to_send}, to make something of: {found.to_handle}")


def _show(found: "Shown") -> None:
    out, kept = screen.out(), found.dialogue
    out.print(f"dialogue {kept.id} of ask {kept.ask_id} by {found.chat.gateway}: {kept.stage}")
    said = [(one.made_at, 1, f"we, {one.state}", one.text, one.reason) for one in found.said]
    said += [(one.came_at, 0, "they", one.text, one.result) for one in found.heard]
    for at, _order, who, text, more in sorted(said, key=lambda one: one[:2]):
        out.print(f"{at:%Y-%m-%d %H:%M:%S} {who}: {text}" + (f"  ({more})" if more else ""), markup=False)
