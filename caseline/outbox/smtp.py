"""Hands letters to a mail server by SMTP, over TLS, many on one connection."""

import smtplib
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

from caseline.outbox import trust
from caseline.outbox.carrier import Parcel
from caseline.outbox.endings import Said
from caseline.outbox.faults import Away, CannotSend
from caseline.outbox.letters import Delivery
from caseline.outbox.server import SETTING, Security, Server
from caseline.outbox.signing import sign_in

CONNECT_S: Final = 20.0
COMMAND_S: Final = 60.0
CONTENT_S: Final = 300.0
"""For sending the content, and once more for the answer to it: virus filters take their time (RFC 5321, 4.5.3.2)."""
GOODBYE_S: Final = 5.0
_OK: Final = range(200, 300)
_GONE: Final = 421
_NO_SIZE: Final = 0
_NOT_US: Final = frozenset({530, 534, 535, 538})
"""The server wants a login, or another one; no letter is at fault."""


@dataclass(frozen=True, slots=True)
class Smtp:
    """A mail server."""

    server: Server

    @contextmanager
    def open(self) -> Iterator["SmtpSession"]:
        """Connect, sign in once; raises `Away` or `CannotSend`."""
        with _translated(self.server):
            client = _connect(self.server)
        try:
            with _translated(self.server):
                _greet(client, self.server)
            yield SmtpSession(self.server, client)
        finally:
            with suppress(smtplib.SMTPException, OSError):
                if client.sock is not None:
                    client.sock.settimeout(GOODBYE_S)
                client.quit()
            client.close()


@dataclass(frozen=True, slots=True)
class SmtpSession:
    """A connection that is signed in."""

    server: Server
    client: smtplib.SMTP = field(repr=False)

    def send(self, parcel: Parcel, before: Callable[[], None]) -> Mapping[str, Said]:
        """See `carrier.Session.send`."""
        if (why := self._unfit(parcel)) is not None:
            return _all(parcel, Said(Delivery.FAILED, why))
        with _translated(self.server):
            refused = self._begin(parcel)
            if refused is not None:
                self.client.rset()
                return _all(parcel, refused)
            said = {address: self._ask(*self.client.rcpt(address)) for address in parcel.recipients}
        taken = [address for address, one in said.items() if one.state is Delivery.SENT]
        if not taken:
            with _translated(self.server):
                self.client.rset()
            return said
        before()
        with _translated(self.server, begun=True):
            answer = self._content(parcel)
        return said | dict.fromkeys(taken, answer)

    def _unfit(self, parcel: Parcel) -> str | None:
        """Why this server cannot take the parcel at all."""
        told = self.client.esmtp_features.get("size", "").strip()
        most = int(told) if told.isdecimal() else _NO_SIZE
        if most and len(parcel.content) > most:
            return (
                f"{self.server.place} takes letters of up to {most:,} bytes, this one has {len(parcel.content):,}:"
                " send its files in another way"
            )
        if parcel.utf8 and not self.client.has_extn("smtputf8"):
            return f"{self.server.place} takes no addresses with letters other than a-z before the @: use another one"
        return None

    def _begin(self, parcel: Parcel) -> Said | None:
        """Name the sender; a refusal where there is one."""
        options = [f"SIZE={len(parcel.content)}"] if self.client.has_extn("size") else []
        options += ["SMTPUTF8"] if parcel.utf8 else []
        said = self._ask(*self.client.mail(parcel.sender or "", options))
        if parcel.sender is None and said.state is Delivery.FAILED:
            # Some servers take letters only from who has signed in; the headers say all the same that nobody wrote it.
            self.client.rset()
            said = self._ask(*self.client.mail(parcel.own_address, options))
        return None if said.state is Delivery.SENT else said

    def _content(self, parcel: Parcel) -> Said:
        sock = self.client.sock
        if sock is not None:
            sock.settimeout(CONTENT_S)
        try:
            return self._ask(*self.client.data(parcel.content))
        except smtplib.SMTPDataError as error:  # the word DATA itself was refused
            said = self._ask(error.smtp_code, _bytes(error.smtp_error))
            self.client.rset()
            return said
        finally:
            if self.client.sock is not None:
                self.client.sock.settimeout(COMMAND_S)

    def _ask(self, code: int, text: bytes) -> Said:
        """What an answer means for a recipient; an answer that concerns all of us is raised."""
        shown = f"{code} {_shown(text)}"
        if code == _GONE or code < 0:
            raise Away(f"{self.server.place} has ended the connection: {shown}")
        if code in _NOT_US:
            raise CannotSend(f"{self.server.place} wants another login ({shown}): correct {SETTING}")
        if code in _OK:
            return Said(Delivery.SENT, shown)
        return Said(Delivery.FAILED if code >= 500 else Delivery.WAITING, shown)  # noqa: PLR2004 - RFC 5321, 4.2.1


def _connect(server: Server) -> smtplib.SMTP:
    if server.security is Security.TLS:
        context = _context(server)
        client: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, server.helo, timeout=CONNECT_S, context=context
        )
    else:
        client = smtplib.SMTP(server.host, server.port, server.helo, timeout=CONNECT_S)
    if client.sock is not None:
        client.sock.settimeout(COMMAND_S)
    return client


def _greet(client: smtplib.SMTP, server: Server) -> None:
    client.ehlo_or_helo_if_needed()
    if server.security is Security.STARTTLS:
        if not client.has_extn("starttls"):
            raise CannotSend(f"{server.place} offers no STARTTLS: use smtps:// with its port in {SETTING}")
        client.starttls(context=_context(server))
        client.ehlo_or_helo_if_needed()
    if server.user is not None:
        sign_in(client, server)


def _context(server: Server) -> ssl.SSLContext:
    try:
        return trust.context(server.ca)
    except trust.Unreadable as error:
        raise CannotSend(str(error)) from error


@contextmanager
def _translated(server: Server, *, begun: bool = False) -> Iterator[None]:
    """The one gate for faults of the network and of smtplib; `begun`: the server may have taken the letter."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise CannotSend(
            f"the certificate of {server.place} cannot be trusted ({error.verify_message}): correct the host in"
            f" {SETTING}, or name the file of its own authority in CASELINE_MAIL_CA"
        ) from error
    except ssl.SSLError as error:
        if begun:
            raise Away(f"{server.place} has broken off ({error.reason})", begun=True) from error
        raise CannotSend(
            f"{server.place} does not speak TLS as expected ({error.reason}): is the port in {SETTING} right? smtps://"
            " is for 465, smtp+starttls:// for 587 as a rule"
        ) from error
    except smtplib.SMTPServerDisconnected as error:
        raise Away(f"{server.place} has ended the connection", begun=begun) from error
    except smtplib.SMTPResponseException as error:
        raise Away(
            f"{server.place} does not serve us now: {error.smtp_code} {_shown(_bytes(error.smtp_error))}", begun=begun
        ) from error
    except (smtplib.SMTPException, OSError) as error:
        said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise Away(
            f"{server.place} cannot be reached ({said}); host and port stand in {SETTING}", begun=begun
        ) from error


def _all(parcel: Parcel, said: Said) -> dict[str, Said]:
    return dict.fromkeys(parcel.recipients, said)


def _bytes(text: bytes | str) -> bytes:
    return text.encode() if isinstance(text, str) else text


def _shown(text: bytes) -> str:
    said = text.decode(errors="replace")
    return " ".join("".join(sign if sign.isprintable() else " " for sign in said).split())[:300]
