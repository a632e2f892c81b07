"""Sends a mail to the sandbox as somebody, as it is: the sandbox checks nobody."""

import smtplib
from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Final

_HOST: Final = "127.0.0.1"
_PATIENCE_S: Final = 30.0


def compose(sender: str, recipients: Sequence[str], subject: str, text: str, *, at: datetime) -> bytes:
    """A plain mail with an id of its own."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, ", ".join(recipients), subject
    mail["Date"], mail["Message-ID"] = format_datetime(at), make_msgid(domain=sender.rpartition("@")[2] or "localhost")
    # Lines may be longer than SMTP lets through as they are.
    mail.set_content(text + "\n", cte="quoted-printable")
    return mail.as_bytes()


def send(port: int, sender: str, recipients: Sequence[str], raw: bytes) -> None:
    """Hand bytes over by SMTP; raises `OSError` where nobody listens, and `smtplib.SMTPException`.

    Files of mails that were saved here end their lines with LF alone, by which a server would see one endless line.
    """
    raw = raw if b"\r\n" in raw else raw.replace(b"\n", b"\r\n")
    options = ["SMTPUTF8"] if not all(word.isascii() for word in (sender, *recipients)) else []
    with smtplib.SMTP(_HOST, port, local_hostname="localhost", timeout=_PATIENCE_S) as server:
        server.sendmail(sender, list(recipients), raw, mail_options=options)
