"""Commands for all services: `up` brings up database, pages, Prefect server and worker, `down` ends them."""

import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NoReturn

import typer

from caseline.cli import screen
from caseline.cli.serving import DESK_PORT, PUBLIC_PORT

if TYPE_CHECKING:
    from caseline.actions.running_services import Running
    from caseline.actions.sandbox_post import Post
    from caseline.settings import Settings

_LOOK_EVERY_S: Final = 1.0
_COULD_NOT_RUN: Final = 1
_OF_PORTALS: Final = ("sync-bitrix24",)
_OF_MAIL_SERVERS: Final = ("send-outbox",)
_OF_MAILBOXES: Final = ("ingest-mail",)

PortOption = Annotated[
    int, typer.Option(min=1024, max=65_535, help="Port of the Prefect UI; if taken, the next free one.")
]

DeskPortOption = Annotated[
    int, typer.Option("--desk-port", min=1024, max=65_535, help="Port of the desk; if taken, the next free one.")
]

PublicPortOption = Annotated[
    int,
    typer.Option("--public-port", min=1024, max=65_535, help="Port of the public pages; if taken, the next free one."),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("up")(up)
    app.command("down")(down)


def up(
    port: PortOption = 4200,
    desk_port: DeskPortOption = DESK_PORT,
    public_port: PublicPortOption = PUBLIC_PORT,
    sandbox: Annotated[
        bool,
        typer.Option("--sandbox", help="With a post office on this machine that takes all letters and sends none out."),
    ] = False,
    detach: Annotated[
        bool, typer.Option("--detach", "-d", help="Return when all is healthy; `caseline down` ends it.")
    ] = False,
) -> None:
    """Bring up database, desk, public pages, Prefect server and worker; stay until Ctrl-C, which ends them.

    Everything listens on this machine only. Started again, it joins what runs and starts what is missing.
    """
    from caseline.actions import running_services
    from caseline.settings import load

    home = load().home
    post = _post(home, public_port) if sandbox else None
    settings = load()  # of which those of the post office are part by now
    before = running_services.read(settings.home)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _as_ctrl_c)
    try:
        running = bring_up(settings, port, desk_port, public_port=public_port, post=post)
        if all(before.alive(name) for name in ("desk", "public", "server", "worker")):
            screen.out().print("It ran already. `caseline down` ends it.")
        elif detach:
            screen.out().print("`caseline down` ends it.")
        else:
            screen.out().print("Ctrl-C ends it.")
            _stay(settings.home, running)
    except KeyboardInterrupt:
        _end(settings.home)


def down() -> None:
    """End what `caseline up` started here: worker, server, pages, and the database if `up` started it."""
    from caseline.settings import load

    if not _end(load().home):
        screen.out().print("Nothing to end: `caseline up` does not run here")


def _post(home: Path, public_port: int) -> "Post":
    """Let the settings of this process, and of those that it starts, lead into a post office of its own."""
    from caseline.actions import sandbox_post

    post = sandbox_post.find(home, _say, public_port)
    os.environ.update(sandbox_post.settings(post, os.environ))
    return post


def bring_up(
    settings: "Settings",
    port: int = 4200,
    desk_port: int = DESK_PORT,
    *,
    public_port: int = PUBLIC_PORT,
    post: "Post | None" = None,
) -> "Running":
    """Bring everything up, a line for each service; a fault ends the command with code 1."""
    from caseline.actions import bring_up as action
    from caseline.actions import starting

    try:
        public = public_port if post is None else post.public
        ports = action.Ports(server=port, desk=desk_port, public=public, mail=post)
        return action.bring_up(settings.home, settings.database(), ports=ports, say=_say, idle=idle(settings))
    except starting.NotUp as error:
        screen.complain(str(error))
        raise typer.Exit(_COULD_NOT_RUN) from error


def idle(settings: "Settings") -> list[str]:
    """Deployments that have nothing to do here, or could not do it: mails are taken in under an address of our own."""
    portals = [] if settings.crm == "bitrix24" else _OF_PORTALS
    servers = [] if settings.smtp() is not None else _OF_MAIL_SERVERS
    mailboxes = [] if settings.mailboxes() and settings.mail_address else _OF_MAILBOXES
    return [*portals, *servers, *mailboxes]


def _stay(home: Path, running: "Running") -> None:
    """Watch the services; when one ends by itself, the others end too, unless `caseline down` is at work."""
    from caseline.actions import processes

    while True:
        time.sleep(_LOOK_EVERY_S)
        gone = [process for process in running.processes if not process.lives]
        if gone and _others_at_work(home, running):
            return
        for process in gone:
            tail = processes.log_tail(process)
            screen.complain(f"The {process.name} has ended. End of its log ({process.log}):\n{tail}")
        if gone:
            _end(home)
            screen.complain("Type again: caseline up")
            raise typer.Exit(_COULD_NOT_RUN)


def _others_at_work(home: Path, running: "Running") -> bool:
    """Whether another command has ended or replaced services; waits for one that is just doing so."""
    from caseline.actions import running_services

    with running_services.locked(home):
        return running_services.read(home).processes != running.processes


def _end(home: Path) -> bool:
    from caseline.actions import take_down

    return take_down.take_down(home, _say)


def _say(name: str, state: str, where: str) -> None:
    screen.out().print(f"{name:<12} {state:<9} {where}".rstrip(), soft_wrap=True)


def _as_ctrl_c(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt
