"""The family `caseline mail`: fetch mail, see what became of it, put it back."""

import sys
from typing import TYPE_CHECKING, Annotated, Final

import typer

from caseline.actions.counted import counted
from caseline.cli import door, mail_reading, mail_sandbox, mail_sorting, screen
from caseline.cli.choices import LARGEST_ID, JsonOption, id_argument
from caseline.cli.plain import plain

if TYPE_CHECKING:
    from caseline.actions.fetch_mail import Fetched
    from caseline.actions.keep_mails import Shown
    from caseline.actions.take_in_mails import TakenIn
    from caseline.actions.wiring import House, Post
    from caseline.mail.trouble_store import Trouble

_UNFINISHED: Final = 3
_Ids = Annotated[list[int], id_argument("MAIL...", "Numbers of mails, as `caseline mail list` has them.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    family = typer.Typer(help="Mail that comes in.", no_args_is_help=True)
    add_to(family)
    app.add_typer(family, name="mail")


def add_to(family: typer.Typer) -> None:
    """Add the commands to a family that may have others."""
    family.command("fetch")(fetch)
    family.command("list")(listed)
    family.command("retry")(retry)
    family.command("raw")(raw)
    mail_sandbox.register(family)
    mail_sorting.add_to(family)
    family.command("show")(mail_reading.show)


def fetch(
    watch: Annotated[bool, typer.Option("--watch/--once", help="Go on until Ctrl-C, or fetch once.")] = False,
    every: Annotated[
        float, typer.Option("--every", min=1, metavar="SECONDS", help="How long --watch waits for news in between.")
    ] = 30,
    now_too: Annotated[
        bool, typer.Option("--now", help="Try mailboxes too that pause because they did not work.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Fetch new mails of all mailboxes, then take them in.

    It may be stopped at any point and started again. The deployment ingest-mail does this every minute.
    """
    from caseline.actions import fetch_mail, wiring
    from caseline.settings import SettingsError

    with door.house() as house:
        post = wiring.post(house.settings)
        if not post.mailboxes:
            raise SettingsError(
                "CASELINE_MAILBOX: no mailbox is named; give its address (imaps://USER:PASSWORD@HOST/FOLDER), or a file"
                " with one in each line as CASELINE_MAILBOXES_FILE"
            )
        while True:
            fetched, taken = _fetch(house, post, now_too=now_too)
            _show(fetched, taken, as_json=as_json)
            if not watch:
                break
            now_too = False
            fetch_mail.wait(post, fetched, every)
    if fetched.troubles or fetched.paused or taken.failed or taken.quarantine:
        raise typer.Exit(_UNFINISHED)


def _fetch(house: "House", post: "Post", *, now_too: bool) -> "tuple[Fetched, TakenIn]":
    from caseline.actions import fetch_mail, take_in_mail

    fetched = fetch_mail.fetch_all(house, post, clock=door.now, now_too=now_too)
    return fetched, take_in_mail.take_in_waiting(house, clock=door.now)


def _show(fetched: "Fetched", taken: "TakenIn", *, as_json: bool) -> None:
    if as_json:
        screen.print_json({"fetched": plain(fetched), "taken_in": plain(taken)})
        sys.stdout.flush()
        return
    new = counted(fetched.fetched, "new mail")
    opened = f"{len(fetched.opened)} of {counted(fetched.mailboxes, 'mailbox')}"
    line = f"{new} from {opened}; {taken.done:,} taken in, {taken.tray:,} into the tray, {taken.same:,} known before"
    screen.out().print(line, soft_wrap=True)
    if taken.failed or taken.quarantine:
        screen.out().print(
            f"{taken.failed:,} could not be taken in and are tried again, {taken.quarantine:,} went into quarantine"
        )
    if taken.left is not None:
        screen.complain(f"Mails are stored and not taken in: {taken.left}")
    for trouble in (*fetched.troubles, *fetched.paused):
        _tell(trouble)


def _tell(trouble: "Trouble") -> None:
    again = f"{trouble.not_before:%Y-%m-%d %H:%M} UTC"
    screen.complain(f"{trouble.place}: {trouble.text} (time {trouble.times}; tried again from {again})")


def listed(
    tray: Annotated[bool, typer.Option("--tray", help="Only mails that belong to no request.")] = False,
    quarantine: Annotated[
        bool, typer.Option("--quarantine", help="Only mails that could not be taken in, with the reason.")
    ] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=LARGEST_ID, help="How many at most.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """List mails, the newest first, and what became of them."""
    from caseline.actions import keep_mails
    from caseline.mail.outcome import State

    wanted = [state for state, asked in ((State.TRAY, tray), (State.QUARANTINE, quarantine)) if asked] or list(State)
    with door.house() as house:
        found = keep_mails.shown(house, wanted, limit=limit)
    if as_json:
        screen.print_json(plain(found))
    else:
        _show_list(found)


def _show_list(found: "Shown") -> None:
    made = screen.table("Mail", "State", "Received (UTC)", "From", "Subject", "Request", "Why", numbers=("Mail",))
    for mail in found.mails:
        why = mail.error or mail.automatic or ""
        request = "" if mail.record_id is None else str(mail.record_id)
        received = f"{mail.received_at:%Y-%m-%d %H:%M}"
        made.add_row(str(mail.id), str(mail.state), received, mail.sender or "", mail.subject or "", request, why)
    console = screen.out()
    console.print(made if found.mails else "No mails")
    if found.counts:
        console.print(", ".join(f"{number:,} {state}" for state, number in sorted(found.counts.items())))
    for trouble in found.troubles:
        _tell(trouble)


def retry(ids: _Ids, as_json: JsonOption = False) -> None:
    """Put mails back from quarantine; the next fetch or run of ingest-mail takes them in."""
    from caseline.actions import keep_mails

    with door.house() as house:
        put_back = keep_mails.retry(house, ids)
    if as_json:
        screen.print_json({"received": put_back})
    else:
        screen.out().print(f"{counted(len(put_back), 'mail')} put back; `caseline mail fetch` takes them in")


def raw(mail: Annotated[int, id_argument("MAIL", "Its number, as `caseline mail list` has it.")]) -> None:
    """Write the bytes of a mail to stdout, exactly as they came."""
    from caseline.actions import keep_mails

    with door.house() as house:
        for piece in keep_mails.raw(house, mail):
            sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()
