"""Serves SMTP (aiosmtpd) and IMAP (pymap) in one process; a mail goes from one to the other in memory, or is kept."""

import asyncio
import logging
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

from aiosmtpd.smtp import SMTP, Envelope, Session
from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import Config, DictBackend, Identity
from pymap.imap import IMAPServer, IMAPService
from pymap.parsing.message import AppendMessage
from pymap.user import Passwords, UserMetadata

from caseline.mail_sandbox import delivery
from caseline.mail_sandbox.samples import Sample
from caseline.mail_sandbox.shelf import Shelf

HOST: Final = "127.0.0.1"
_LARGEST: Final = 256 << 20


@dataclass(frozen=True, slots=True)
class Options:
    """How the servers listen; port 0 takes a free one."""

    password: str
    smtp_port: int = 0
    imap_port: int = 0
    samples: Sequence[Sample] = ()
    """Mails that lie there at the start; where mails are kept, at the first one."""
    keep: Path | None = None
    """The folder in which mails are kept for the next start; None: they are forgotten."""


@dataclass(frozen=True, slots=True)
class Running:
    """Servers that run."""

    smtp_port: int
    imap_port: int
    password: str

    def mailbox(self, user: str) -> str:
        """The address of a mailbox, as CASELINE_MAILBOX has it."""
        return f"imap://{user}:{quote(self.password, safe='')}@{HOST}:{self.imap_port}/INBOX"


class _Handler:
    """Takes every mail and lays it into mailboxes."""

    def __init__(self, backend: DictBackend, shelf: Shelf | None) -> None:
        self._backend, self._shelf = backend, shelf

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        content = envelope.content or b""
        raw = content.encode("utf-8") if isinstance(content, str) else content
        await self.lay(raw, envelope.mail_from, envelope.rcpt_tos)
        return "250 Message accepted for delivery"

    async def lay(self, raw: bytes, sender: str | None, recipients: Sequence[str]) -> None:
        for user, mine in delivery.deliveries(recipients).items():
            mail = delivery.delivered(raw, sender, mine)
            if self._shelf is not None:
                self._shelf.put(user, mail)  # before anybody is told that it was taken
            await self._append(user, mail, datetime.now(UTC))

    async def remember(self) -> bool:
        """Lay what was kept into the mailboxes again; whether there was anything."""
        kept = list(self._shelf.mails()) if self._shelf is not None else []
        for user, mail, at in kept:
            await self._append(user, mail, at)
        return bool(kept)

    async def _append(self, user: str, mail: bytes, at: datetime) -> None:
        async with Identity(user, self._backend.login, None, frozenset()).new_session() as session:
            await session.append_messages("INBOX", [AppendMessage(mail, at)])


def serve(options: Options, tell: Callable[[Running], None]) -> None:
    """Serve until interrupted; `tell` is told once when both listen."""
    logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd's
    asyncio.run(_serve(options, tell))


async def _serve(options: Options, tell: Callable[[Running], None]) -> None:
    backend, config = await _mailboxes(options.password)
    handler = _Handler(backend, None if options.keep is None else Shelf(options.keep))
    if not await handler.remember():
        for sample in options.samples:
            await handler.lay(sample.raw, sample.sender, [sample.recipient])
    reader = ProxyProtocolReader(config.proxy_protocol)
    loop = asyncio.get_running_loop()
    async with AsyncExitStack() as stack:
        imap = await asyncio.start_server(
            reader.get_callback(IMAPServer(backend.login, config)), HOST, options.imap_port
        )
        smtp = await loop.create_server(
            lambda: SMTP(handler, hostname="localhost", data_size_limit=_LARGEST, enable_SMTPUTF8=True),
            HOST,
            options.smtp_port,
        )
        for server in (imap, smtp):
            await stack.enter_async_context(server)
        tell(Running(_port(smtp), _port(imap), options.password))
        await asyncio.Event().wait()


def _port(server: asyncio.Server) -> int:
    port: int = server.sockets[0].getsockname()[1]
    return port


async def _mailboxes(password: str) -> tuple[DictBackend, Config]:
    """Pymap's mailboxes in memory, one for each user, opened by the same password."""
    parser = ArgumentParser()
    parser.set_defaults(debug=False, passlib_cfg=None)
    IMAPService.add_arguments(parser)
    DictBackend.add_subparser("dict", parser.add_subparsers())
    backend, config = await DictBackend.init(parser.parse_args(["--host", HOST, "--no-tls", "dict"]))
    config.apply_context()
    hashed = await Passwords(config).hash_password(password)
    for user in delivery.USERS:
        await Identity(user, backend.login, None, frozenset()).set(UserMetadata(config, user, password=hashed))
    return backend, config
