"""The command `caseline bitrix24 sandbox`: a portal on this machine to develop and test against."""

import signal
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from caseline.cli import screen
from caseline.cli.choices import JsonOption

if TYPE_CHECKING:
    from caseline.portal_sandbox import Options, Running

_LIMITS = "Limits"
_TROUBLE = "Troubles"


def sandbox(
    port: Annotated[int, typer.Option("--port", min=0, max=65_535, help="Port to listen on; 0 takes a free one.")] = 0,
    store: Annotated[
        Path | None,
        typer.Option("--store", metavar="FILE", help="SQLite file to keep the portal in; in memory only unless named."),
    ] = None,
    code: Annotated[str, typer.Option("--code", help="Code of the webhook; made by chance unless named.")] = "",
    scopes: Annotated[
        str | None, typer.Option("--scope", metavar="NAME,...", help="Scopes of the webhook; all unless named.")
    ] = None,
    webhooks: Annotated[
        list[str] | None,
        typer.Option("--webhook", metavar="CODE[=SCOPE,...]", help="One more webhook of the same user; repeatable."),
    ] = None,
    non_admin: Annotated[bool, typer.Option("--non-admin", help="The webhook's user is no administrator.")] = False,
    users: Annotated[
        int, typer.Option("--users", min=1, help="How many employees there are: user1@example.org and so on.")
    ] = 5,
    rps: Annotated[
        float, typer.Option("--rps", min=0, help="Requests a second that leave the bucket.", rich_help_panel=_LIMITS)
    ] = 2,
    burst: Annotated[
        float, typer.Option("--burst", min=1, help="Requests that the bucket holds.", rich_help_panel=_LIMITS)
    ] = 50,
    no_limit: Annotated[
        bool, typer.Option("--no-limit", help="Take requests at any rate.", rich_help_panel=_LIMITS)
    ] = False,
    operating_limit: Annotated[
        float,
        typer.Option(
            "--operating-limit",
            metavar="SECONDS",
            help="Seconds that a method may work for a webhook in ten minutes.",
            rich_help_panel=_LIMITS,
        ),
    ] = 480,
    operating_minute: Annotated[
        float,
        typer.Option(
            "--operating-minute",
            min=0.01,
            metavar="SECONDS",
            help="Length of a minute of the operating limit, so that a test need not wait.",
            rich_help_panel=_LIMITS,
        ),
    ] = 60,
    cost: Annotated[
        str,
        typer.Option(
            "--cost",
            metavar="METHOD=SECONDS,...",
            help="Operating time that a call is charged without taking it; `default` names all other methods.",
            rich_help_panel=_LIMITS,
        ),
    ] = "",
    ceiling: Annotated[
        float,
        typer.Option(
            "--ceiling",
            min=0.01,
            metavar="SECONDS",
            help="A request that takes longer is cut with 504; what was executed stays.",
            rich_help_panel=_LIMITS,
        ),
    ] = 60,
    latency: Annotated[
        str,
        typer.Option(
            "--latency",
            metavar="METHOD=SECONDS,...",
            help="Time that a call really takes, in a batch too: 0.2, or drawn from 0.1-0.5; `default` names all other"
            " methods.",
            rich_help_panel=_LIMITS,
        ),
    ] = "",
    overload: Annotated[
        bool,
        typer.Option("--overload", help="Refuse every request with OVERLOAD_LIMIT.", rich_help_panel=_LIMITS),
    ] = False,
    faults: Annotated[
        str,
        typer.Option(
            "--faults",
            metavar="NAME=SHARE,...",
            help="Faults and the share of requests that each befalls; `all` names every one that goes by. An unknown"
            " name lists the known ones.",
            rich_help_panel=_TROUBLE,
        ),
    ] = "",
    seed: Annotated[int, typer.Option("--seed", help="What the faults are drawn from.", rich_help_panel=_TROUBLE)] = 0,
    robot: Annotated[
        str,
        typer.Option(
            "--robot",
            metavar="STAGE",
            help="A robot writes to the client of a lead that enters this stage, of every new one (create), of"
            " each changed one (change).",
            rich_help_panel=_TROUBLE,
        ),
    ] = "",
    handler: Annotated[
        str,
        typer.Option("--handler", metavar="ADDRESS", help="Where an outgoing webhook posts events of records."),
    ] = "",
    application_token: Annotated[
        str, typer.Option("--application-token", metavar="TOKEN", help="Token in the events of the outgoing webhook.")
    ] = "",
    handler_delay: Annotated[
        float,
        typer.Option("--handler-delay", min=0, metavar="SECONDS", help="Longest delay of an event; each has its own."),
    ] = 0.5,
    certificate: Annotated[
        Path | None,
        typer.Option("--certificate", metavar="FILE", exists=True, help="Serve https with this certificate."),
    ] = None,
    key: Annotated[
        Path | None, typer.Option("--key", metavar="FILE", exists=True, help="Key of the certificate.")
    ] = None,
    tls: Annotated[
        bool, typer.Option("--tls", help="Serve https with a certificate made now; --json tells its file.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Serve a Bitrix24 portal of your own until Ctrl-C: to write and test a client without a real one.

    The first line printed is the address of the webhook. Nothing of it leaves this machine.
    """
    from caseline.portal_sandbox import Options, Webhook
    from caseline.portal_sandbox.faults import shares
    from caseline.portal_sandbox.options import SCOPES, ranges_by_name, seconds_by_name

    try:
        options = Options(
            port=port,
            code=code,
            scopes=tuple(scopes.split(",")) if scopes is not None else SCOPES,
            webhooks=tuple(Webhook.read(text) for text in webhooks or ()),
            administrator=not non_admin,
            requests_per_second=rps,
            burst=burst,
            limited=not no_limit,
            operating_limit=operating_limit,
            operating_minute=operating_minute,
            costs=seconds_by_name(cost),
            latency=ranges_by_name(latency),
            ceiling=ceiling,
            overloaded=overload,
            faults=shares(faults),
            seed=seed,
            robot=robot,
            users=users,
            store=store,
            handler=handler,
            application_token=application_token,
            handler_delay=handler_delay,
            certificate=certificate,
            key=key,
        )
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    _serve(options, tls=tls and certificate is None, as_json=as_json)


def _serve(options: "Options", *, tls: bool, as_json: bool) -> None:
    from caseline.portal_sandbox import serve
    from caseline.portal_sandbox.certificates import self_signed

    # The server takes signals itself while it runs, and hands them back when it ends.
    signal.signal(signal.SIGTERM, _leave)
    with TemporaryDirectory(prefix="caseline-portal-") as folder, suppress(KeyboardInterrupt):
        if tls:
            certificate, key = self_signed(Path(folder))
            options = replace(options, certificate=certificate, key=key)
        serve(options, lambda running: _tell(running, options.certificate, as_json=as_json))


def _leave(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _tell(running: "Running", certificate: Path | None, *, as_json: bool) -> None:
    if as_json:
        said = {
            "webhook": running.webhook,
            "address": running.address,
            "application": running.application,
            "certificate": None if certificate is None else str(certificate),
        }
        screen.print_json(said)
    else:
        screen.out().print(running.webhook, soft_wrap=True)
    sys.stdout.flush()
