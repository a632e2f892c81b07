"""The family `caseline notices`: tells people of the house what concerns them."""

import typer

from caseline.actions.counted import counted
from caseline.cli import door, screen
from caseline.cli.choices import JsonOption


def register(app: typer.Typer) -> None:
    """Add the commands."""
    family = typer.Typer(help="What people are told at the desk and by mail.", no_args_is_help=True)
    family.command("send")(send)
    app.add_typer(family, name="notices")


def send(as_json: JsonOption = False) -> None:
    """Tell people what has happened since the last time, and queue the letters of those who want them by mail.

    The deployment notify does this every minute; as long as somebody has the desk open, the desk tells by itself, too.
    """
    from caseline.actions import run_notices

    with door.house() as house:
        done = run_notices.run(house, now=door.now())
    if as_json:
        screen.print_json(
            {
                "overdue": list(done.watched.overdue),
                "waiting": list(done.watched.waiting),
                "notices": done.notices,
                "letters": done.letters,
            }
        )
        return
    screen.out().print(f"{counted(done.notices, 'notice')}, {counted(done.letters, 'letter')} queued")
