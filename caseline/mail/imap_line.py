"""The line to an IMAP server: opened and checked, with a limit on the time and the bytes of every answer."""

import imaplib
import re
import socket
import ssl
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import IO, Any, Final
from urllib.parse import quote

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import CapabilityError, LoginError, ProtocolError

from caseline.mail.faults import Gone, MailboxFault, Refused, Unreachable, Unreadable
from caseline.mail.mailboxes import Mailbox, Security
from caseline.outbox import trust

PIECE: Final = 1 << 20
"""Bytes of a mail that are asked for at once."""
_ANSWER: Final = 4 * PIECE
"""More bytes than any honest answer has."""
_SHOWN: Final = 200
_NOT_NOW: Final = re.compile(r"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG|CONTACTADMIN)", re.IGNORECASE)
_UNTOLD: Final = (MailboxFault, Gone, Unreadable)


@dataclass(frozen=True, slots=True)
class Patience:
    """For how long a server is waited for, in seconds."""

    connect: float = 15.0
    silence: float = 60.0
    command: float = 180.0
    """A megabyte at the speed of a modem; a server that drips on for longer is hung up on."""


PATIENT: Final = Patience()


class _Bounded:
    """The file that imaplib reads answers from; refuses an answer without end, however long it is announced to be."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.left = _ANSWER

    def read(self, size: int) -> bytes:
        self._take(size)
        return self._file.read(size)

    def readline(self, size: int) -> bytes:
        line = self._file.readline(size)
        self._take(len(line))
        return line

    def close(self) -> None:
        self._file.close()

    def _take(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise Unreachable(f"answers with more than {_ANSWER:,} bytes where less was asked for")


class Line:
    """An open, authenticated connection; `client` is asked within `asking` only."""

    def __init__(self, mailbox: Mailbox, client: IMAPClient, patience: Patience = PATIENT) -> None:
        self.mailbox, self.client, self._patience = mailbox, client, patience
        self._lost = False
        self._secret = re.compile("|".join(map(re.escape, _secrets(mailbox))), re.IGNORECASE)
        self.bound()

    def bound(self) -> None:
        """Put the limits on what is read from now on; STARTTLS makes another file."""
        library: Any = self.client._imap  # noqa: SLF001 - the only way to bound what imaplib reads
        library.debug = 0  # it would keep every line it has seen
        library.file = self._file = _Bounded(library.file)

    @contextmanager
    def asking(self, what: str, no: type[Exception] = Unreachable, *, seconds: float = 0) -> Iterator[None]:
        """Around a command: whatever goes wrong leaves as a fault of ours. `no`: what a refusal of the server means."""
        self._file.left = _ANSWER
        timer = Timer(seconds or self._patience.command, self.hang_up)
        timer.daemon = True
        timer.start()
        try:
            yield
        except _UNTOLD:
            raise
        except Exception as error:  # an untrusted answer can make the library raise anything
            fault = self._fault(what, no, error)
            self._lost = self._lost or isinstance(fault, Unreachable)
            raise fault from error
        finally:
            timer.cancel()

    def hang_up(self) -> None:
        """End the connection; whoever waits for an answer of it is told so at once."""
        with suppress(OSError):
            self.client.socket().shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Say goodbye if the server listens, and close."""
        if not self._lost:
            with suppress(Exception), self.asking("LOGOUT", seconds=5):
                self.client.logout()
        with suppress(Exception):
            self.client.shutdown()

    def shown(self, text: object) -> str:
        """What the server said, fit to be kept: short, printable, without the password."""
        said = self._secret.sub("…", str(text))[:_SHOWN]
        return "".join(letter if letter.isprintable() else " " for letter in said)

    def _fault(self, what: str, no: type[Exception], error: Exception) -> Exception:
        refused = isinstance(error, imaplib.IMAP4.error) and not isinstance(error, imaplib.IMAP4.abort | ProtocolError)
        if refused:
            return no(f"{what}: the server refuses ({self.shown(error)})")
        return Unreachable(f"{what}: the server cannot be talked to ({self.shown(error) or type(error).__name__})")


def _secrets(mailbox: Mailbox) -> list[str]:
    """The password in every form in which a server could repeat it: typed, in an address, quoted, as SASL sends it."""
    word = mailbox.password
    sent = (f"{first}\0{mailbox.user}\0{word}".encode() for first in ("", mailbox.user))
    return [*(b64encode(one).decode() for one in sent), quote(word, safe=""), word.replace('"', '\\"'), word]


def trusted(ca: Path | None) -> ssl.SSLContext:
    """What certificates are checked against; raises `Refused`."""
    try:
        return trust.context(ca)
    except trust.Unreadable as error:
        raise Refused(str(error)) from error


@contextmanager
def opened(mailbox: Mailbox, ca: Path | None, patience: Patience = PATIENT) -> Iterator[Line]:
    """A connection that is logged in; raises `Refused` and `Unreachable`."""
    context = trusted(ca)
    line = Line(mailbox, _connected(mailbox, context, patience), patience)
    try:
        if mailbox.security is Security.STARTTLS:
            _start_tls(line, context)
        _log_in(line)
        yield line
    finally:
        line.close()


def _connected(mailbox: Mailbox, context: ssl.SSLContext, patience: Patience) -> IMAPClient:
    timeout = SocketTimeout(connect=patience.connect, read=patience.silence)
    tls = mailbox.security is Security.TLS
    try:
        return IMAPClient(mailbox.host, mailbox.port, ssl=tls, ssl_context=context if tls else None, timeout=timeout)
    except ssl.SSLError as error:
        raise _distrusted(mailbox, error) from error
    except Exception as error:  # no server, no name, a greeting that is none
        raise Unreachable(f"{mailbox.host}:{mailbox.port} does not answer as a mail server ({error})") from error


def _start_tls(line: Line, context: ssl.SSLContext) -> None:
    try:
        with line.asking("STARTTLS", Refused):
            try:
                line.client.starttls(context)
            except ssl.SSLError as error:
                raise _distrusted(line.mailbox, error) from error
            except CapabilityError:
                raise Refused("the server offers no STARTTLS: write imaps:// with its port for TLS") from None
    finally:
        line.bound()


def _distrusted(mailbox: Mailbox, error: ssl.SSLError) -> MailboxFault:
    if isinstance(error, ssl.SSLCertVerificationError):
        return Refused(
            f"the certificate of {mailbox.host} is not trusted ({error.verify_message}): name the file of the authority"
            " that signed it in CASELINE_MAIL_CA, and the server by the name that the certificate has"
        )
    return Unreachable(f"{mailbox.host}:{mailbox.port} speaks no TLS ({error.reason}): check the port and imaps://")


def _log_in(line: Line) -> None:
    client, mailbox = line.client, line.mailbox
    try:
        with line.asking("LOGIN", Refused):
            # LOGIN knows ASCII only
            way = client.plain_login if client.has_capability("AUTH=PLAIN") else client.login
            try:
                way(mailbox.user, mailbox.password)
            except LoginError as error:
                raise _not_let_in(line, error) from None
    except Unreachable as error:
        raise Unreachable(str(error)) from None  # what the library was given does not belong into a traceback


def _not_let_in(line: Line, error: LoginError) -> MailboxFault:
    said = line.shown(error)
    if isinstance(error.__context__, imaplib.IMAP4.abort):
        return Unreachable(f"LOGIN: the server hung up ({said})")
    if _NOT_NOW.search(said):
        return Unreachable(f"{line.mailbox.name} cannot log in now ({said})")
    return Refused(
        f"the server does not let {line.mailbox.user} in ({said}): correct user and password in CASELINE_MAILBOX"
        " or CASELINE_MAILBOXES_FILE, then type `caseline mail fetch --now`"
    )
