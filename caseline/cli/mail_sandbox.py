"""The commands `caseline mail sandbox`: mail servers on this machine to try things on."""

import os
import secrets
import signal
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Final

import typer

from caseline.cli import door, screen
from caseline.cli.choices import JsonOption

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from caseline.mail_sandbox import Running

_SMTP_PORT: Final = 2525
_IMAP_PORT: Final = 2143
_COULD_NOT_RUN: Final = 1
_OTHERS: Final = "CASELINE_SANDBOX_OTHERS"
_MailboxOption = Annotated[
    str,
    typer.Option("--mailbox", envvar=_OTHERS, metavar="URL", help=f"Whose mail; {_OTHERS} as the sandbox prints it."),
]
_SmtpPort = Annotated[
    int, typer.Option("--smtp-port", min=0, max=65_535, help="Where mail is sent to; 0 takes a free port.")
]
_ToPort = Annotated[
    int | None,
    typer.Option(
        "--smtp-port", min=1, max=65_535, help="Where mail is sent to, if not where CASELINE_SMTP_URL has the sandbox."
    ),
]


def register(family: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Mail servers of your own on this machine.", no_args_is_help=False)
    group.callback(invoke_without_command=True)(sandbox)
    for name, command in (("send", send), ("read", read), ("answer", answer)):
        group.command(name)(command)
    family.add_typer(group, name="sandbox")


def sandbox(
    context: typer.Context,
    smtp_port: _SmtpPort = _SMTP_PORT,
    imap_port: Annotated[
        int, typer.Option("--imap-port", min=0, max=65_535, help="Where mailboxes are read; 0 takes a free port.")
    ] = _IMAP_PORT,
    samples: Annotated[int, typer.Option("--samples", min=0, help="Made-up mails that lie there at the start.")] = 8,
    seed: Annotated[int, typer.Option("--seed", help="What the made-up mails are drawn from.")] = 0,
    password: Annotated[
        str, typer.Option("--password", help="Password of the mailboxes; made by chance unless named.")
    ] = "",
    keep: Annotated[
        Path | None,
        typer.Option(
            "--keep", metavar="FOLDER", help="Keep all mail there for the next start; otherwise it is forgotten."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Serve SMTP and IMAP on this machine until Ctrl-C: a whole post office to try things on.

    Mail to support@… of any domain lies in the mailbox `support`, all other mail in the mailbox `others`. The first
    lines printed are the settings to export.
    """
    if context.invoked_subcommand is not None:
        _know_that_of_the_home()
        return
    from caseline.mail_sandbox import Options, serve
    from caseline.mail_sandbox.samples import samples as made

    signal.signal(signal.SIGTERM, _leave)
    mails = tuple(made(samples, seed=seed))
    options = Options(password or secrets.token_urlsafe(9), smtp_port, imap_port, mails, keep)
    with suppress(KeyboardInterrupt):
        serve(options, lambda running: _tell(running, as_json=as_json))


def _know_that_of_the_home() -> None:
    """`caseline up --sandbox` of this home has a post office: what nobody has exported is that one's."""
    from caseline.actions import sandbox_post
    from caseline.settings import load

    for name, value in sandbox_post.of_running(load().home, os.environ).items():
        os.environ.setdefault(name, value)


def _leave(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _tell(running: "Running", *, as_json: bool) -> None:
    support, others = running.mailbox("support"), running.mailbox("others")
    if as_json:
        smtp = f"smtp://127.0.0.1:{running.smtp_port}"
        screen.print_json({"smtp_port": running.smtp_port, "smtp": smtp, "support": support, "others": others})
    else:
        console = screen.out()
        console.print(f"export CASELINE_MAILBOX='{support}'", soft_wrap=True)
        console.print(f"export CASELINE_SMTP_URL=smtp://127.0.0.1:{running.smtp_port}", soft_wrap=True)
        console.print("export CASELINE_MAIL_ADDRESS=support@example.org")
        console.print(f"export {_OTHERS}='{others}'", soft_wrap=True)
        console.print("In another window: caseline mail sandbox send --subject Hello --text 'It does not work'")
        console.print(
            "What others get: caseline mail sandbox read; they answer by: caseline mail sandbox answer N --text OK"
        )
    sys.stdout.flush()


def send(
    sender: Annotated[str, typer.Option("--from", metavar="ADDRESS", help="As whom.")] = "client@client.example",
    recipients: Annotated[
        list[str] | None, typer.Option("--to", metavar="ADDRESS", help="To whom; repeatable.")
    ] = None,
    subject: Annotated[str, typer.Option("--subject", help="Subject of the mail.")] = "",
    text: Annotated[str, typer.Option("--text", help="What it says.")] = "",
    write: Annotated[
        Path | None,
        typer.Option("--write", metavar="FILE.eml", help="Send the bytes of this file as they are instead."),
    ] = None,
    smtp_port: _ToPort = None,
) -> None:
    """Send a mail to the sandbox as somebody."""
    from caseline.mail_sandbox.sending import compose

    to = recipients or ["support@example.org"]
    raw = write.read_bytes() if write is not None else compose(sender, to, subject, text, at=door.now())
    _hand_over(smtp_port, sender, to, raw)
    screen.out().print(f"Sent to {', '.join(to)}", soft_wrap=True)


def read(mailbox: _MailboxOption, as_json: JsonOption = False) -> None:
    """Show the mail of other people: what clients and outsiders have got."""
    from dataclasses import asdict

    from caseline.mail_sandbox.reading import mails

    with _reached(mailbox):
        found = list(mails(mailbox))
    if as_json:
        screen.print_json({"mails": [asdict(one) for one in found]})
        return
    for one in found:
        screen.out().print(f"[{one.number}] {one.sender} to {one.recipient}: {one.subject}", style="bold", markup=False)
        screen.out().print(one.text.strip() + "\n", markup=False, soft_wrap=True)
    if not found:
        screen.out().print("Nobody has got anything yet: `caseline outbox send` sends what is queued")


def answer(
    number: Annotated[
        int, typer.Argument(metavar="N", help="Which mail, as `caseline mail sandbox read` numbers them.")
    ],
    text: Annotated[str, typer.Option("--text", help="What the answer says.")],
    mailbox: _MailboxOption,
    subject: Annotated[str, typer.Option("--subject", help="Another subject than Re: …")] = "",
    sender: Annotated[str, typer.Option("--from", metavar="ADDRESS", help="As whom, if not as whoever got it.")] = "",
    smtp_port: _ToPort = None,
) -> None:
    """Answer a mail as whoever got it."""
    from caseline.mail_sandbox import reading

    with _reached(mailbox):
        found = {one.number: one for one in reading.mails(mailbox)}
    if number not in found:
        screen.complain(f"mail {number}: there is none of this number: `caseline mail sandbox read` shows them")
        raise typer.Exit(_COULD_NOT_RUN)
    who = sender or found[number].recipient
    to, raw = reading.answer(found[number], who, text, subject, at=door.now())
    _hand_over(smtp_port, who, [to], raw)
    screen.out().print(f"Sent to {to} as {who}", soft_wrap=True, markup=False)


@contextmanager
def _reached(mailbox: str) -> "Iterator[None]":
    """A server of mailboxes that does not answer ends the command in words."""
    try:
        yield
    except OSError as error:
        place = mailbox.rpartition("@")[2]
        screen.complain(f"Nobody answers at {place} ({error}): start `caseline mail sandbox`, and name its --mailbox")
        raise typer.Exit(_COULD_NOT_RUN) from error


def _hand_over(port: int | None, sender: str, recipients: "Sequence[str]", raw: bytes) -> None:
    """Send by SMTP; a server that is not there, or does not take a mail, ends the command in words."""
    import smtplib

    from caseline.mail_sandbox import send as hand_over

    port = port or _sandbox_port()
    try:
        hand_over(port, sender, recipients, raw)
    except smtplib.SMTPResponseException as error:
        screen.complain(f"The sandbox does not take this mail: {error}")
        raise typer.Exit(_COULD_NOT_RUN) from error
    except (OSError, smtplib.SMTPException) as error:
        screen.complain(
            f"Nobody takes mail on port {port} ({error}): start `caseline mail sandbox`, or name --smtp-port"
        )
        raise typer.Exit(_COULD_NOT_RUN) from error


def _sandbox_port() -> int:
    """Where the settings send letters to, if that is a sandbox: a server on this machine without TLS."""
    from urllib.parse import urlsplit

    from caseline.settings import load

    url = load().smtp()
    named = urlsplit(url.get_secret_value() if url else "")
    return (named.port if named.scheme == "smtp" else None) or _SMTP_PORT
