"""A real SMTP server on loopback that keeps what it takes, and misbehaves where a test says so."""

import asyncio
import socket
import ssl
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from typing import Any, Final

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "support@example.org", "p@ss:w/rd%"
Say = Callable[["Taken"], str | None]
"""An answer to the content of a mail instead of 250; what it raises breaks the connection."""


class HangUp(Exception):
    """The server breaks the connection without a word."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A mail that came in whole."""

    sender: str | None
    recipients: tuple[str, ...]
    content: bytes = field(repr=False)

    @property
    def message(self) -> Message:
        return message_from_bytes(self.content)

    @property
    def id(self) -> str:
        return str(self.message["Message-ID"])


class Mailbox:
    """What a server took, and how it answers."""

    def __init__(self) -> None:
        self.taken: list[Taken] = []
        self.asked: Counter[str] = Counter()
        """Commands that came."""
        self.recipient_answers: dict[str, str] = {}
        self.sender_answers: dict[str, str] = {}
        self.most_on_connection = 10_000
        self._on_connection: Counter[int] = Counter()
        self.say: Say = lambda _taken: None

    @property
    def ids(self) -> list[str]:
        return [one.id for one in self.taken]

    async def handle_EHLO(  # noqa: N802 - named by aiosmtpd
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.asked["EHLO"] += 1
        return responses

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.asked["MAIL"] += 1
        self._on_connection[id(session)] += 1
        if self._on_connection[id(session)] > self.most_on_connection:
            return "421 4.7.0 too many letters on one connection"
        if address in self.sender_answers:
            return self.sender_answers[address]
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        self.asked["RCPT"] += 1
        if address in self.recipient_answers:
            return self.recipient_answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.asked["DATA"] += 1
        content = envelope.original_content or b""
        taken = Taken(envelope.mail_from, tuple(envelope.rcpt_tos), content)
        try:
            answer = self.say(taken)
        except HangUp:
            self.taken.append(taken)
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
            return "250 nobody hears this"
        if answer is None:
            self.taken.append(taken)
        return answer or "250 OK"


@dataclass(frozen=True)
class MailServer:
    """A server that runs."""

    port: int
    mailbox: Mailbox

    def url(self, scheme: str = "smtp", *, login: str = "", host: str = "127.0.0.1") -> str:
        return f"{scheme}://{login}{host}:{self.port}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(**options: Any) -> Iterator[MailServer]:  # noqa: ANN401 - of aiosmtpd
    """A server in a thread; `options` are those of aiosmtpd."""
    box = Mailbox()
    named = {"server_hostname": "mail.example.org"}  # asking the machine its own name takes seconds on some
    controller = Controller(box, hostname="127.0.0.1", port=free_port(), ready_timeout=30, **named | options)
    controller.start()
    try:
        yield MailServer(controller.port, box)
    finally:
        controller.stop()


def tls(certificate: object, key: object) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(str(certificate), str(key))
    return context


class Doorkeeper:
    """Knows one user, and counts who tries."""

    def __init__(self) -> None:
        self.tries = 0

    def __call__(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object
    ) -> AuthResult:
        self.tries += 1
        assert isinstance(data, LoginPassword)
        good = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=good, handled=False)


LOGIN: Final = "support%40example.org:p%40ss%3Aw%2Frd%25@"
"""User and password as an address says them."""
