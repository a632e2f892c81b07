"""The family `caseline outbox`: letters that leave the house."""

from typing import TYPE_CHECKING, Annotated

import typer

from caseline.actions.counted import counted
from caseline.cli import door, outbox_autotexts, outbox_shown, outbox_templates, screen
from caseline.cli.choices import JsonOption, YesOption, id_argument
from caseline.cli.plain import plain

if TYPE_CHECKING:
    from caseline.outbox.sending import Done

_Letters = Annotated[list[int], id_argument("LETTER...", "Their ids, as `caseline outbox list` shows.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    family = typer.Typer(
        help="Letters that leave the house: send, list, retry, hold; templates, autotexts.", no_args_is_help=True
    )
    for command in (send, retry, cancel, hold, release):
        family.command()(command)
    family.command("list")(outbox_shown.listed)
    family.command("show")(outbox_shown.show)
    family.command("rotate-secret")(rotate_secret)
    outbox_templates.register(family)
    outbox_autotexts.register(family)
    app.add_typer(family, name="outbox")


def send(
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Try also where the server is left alone after failures.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Send the letters that are due. It may be stopped at any point and started again; send-outbox does this too."""
    from caseline.actions import send_letters

    with door.house() as house:
        done = send_letters.send(house, clock=door.now, anyway=anyway)
    if as_json:
        screen.print_json(plain(done))
    else:
        _say(done)
    if done.paused is not None:
        raise typer.Exit(1)
    if done.failed:
        raise typer.Exit(3)


def retry(letters: _Letters) -> None:
    """Try letters with the next run: those that failed, that wait, or that somebody did not get."""
    from caseline.actions import keep_letters

    with door.house() as house:
        keep_letters.retry(house, letters, now=door.now())
    screen.out().print(f"{counted(len(letters), 'letter')} to be sent with the next run")


def cancel(letters: _Letters) -> None:
    """Cancel letters that have not left."""
    from caseline.actions import keep_letters

    with door.house() as house:
        keep_letters.cancel(house, letters, now=door.now())
    screen.out().print(f"{counted(len(letters), 'letter')} cancelled")


def hold(letters: _Letters) -> None:
    """Hold letters that wait to be sent, until they are released."""
    from caseline.actions import keep_letters

    with door.house() as house:
        keep_letters.hold(house, letters)
    screen.out().print(f"{counted(len(letters), 'letter')} held")


def release(
    letters: Annotated[
        list[int] | None, id_argument("[LETTER...]", "Their ids, as `caseline outbox list` shows.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All letters that are held.")] = False,
) -> None:
    """Release letters that were held, by the brake against loops or by hand."""
    from caseline.actions import keep_letters

    if bool(letters) == everything:
        raise typer.BadParameter("name letters, or say --all")
    with door.house() as house:
        count = keep_letters.release(house, None if everything else letters, now=door.now())
    screen.out().print(f"{counted(count, 'letter')} released")


def rotate_secret(yes: YesOption = False) -> None:
    """Make a new secret for Message-IDs and reply addresses; what older ones have minted stays good."""
    from caseline.actions import keep_letters

    if not yes:
        typer.confirm("Mint with a new secret from now on?", abort=True, err=True)
    with door.house() as house:
        older = keep_letters.rotate_secret(house, now=door.now())
    screen.out().print(f"New letters carry tokens of a new secret; {counted(older, 'older one')} stays valid")


def _say(done: "Done") -> None:
    console = screen.out()
    console.print(f"{done.sent:,} sent, {done.failed:,} failed, {done.later:,} to be tried again", soft_wrap=True)
    if done.held:
        held = counted(done.held, "automatic letter")
        console.print(f"Brake: {held} held. `caseline outbox list --state held` shows all", soft_wrap=True)
    for line in done.failures:
        screen.beside().print(line, soft_wrap=True)
    if done.problem is not None:
        screen.complain(done.problem)
    if done.paused is not None:
        until = f"{done.paused.until:%Y-%m-%d %H:%M} UTC"
        why = "" if done.problem else f" ({done.paused.reason})"
        screen.beside().print(
            f"Nothing is sent before {until}{why}; `caseline outbox send --anyway` tries now", soft_wrap=True
        )
