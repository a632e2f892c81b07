"""Signs in to a mail server: with one try, for servers lock out whoever tries often."""

import smtplib
from base64 import b64encode
from typing import Final

from caseline.outbox.faults import Away, CannotSend
from caseline.outbox.server import SETTING, Server

_WAYS: Final = ("PLAIN", "LOGIN", "CRAM-MD5")
_TEMPORARY: Final = range(400, 500)


def sign_in(client: smtplib.SMTP, server: Server) -> None:
    """Show user and password in the first way that the server offers; raises `CannotSend`, or `Away` for later."""
    offered = client.esmtp_features.get("auth", "").upper().split()
    way = next((one for one in _WAYS if one in offered), None)
    if way is None:
        raise CannotSend(
            f"{server.place} offers no login by password ({' '.join(offered) or 'none at all'}): use a port and scheme"
            f" with TLS in {SETTING}, or leave user and password out"
        )
    client.user = server.user or ""
    client.password = "" if server.password is None else server.password.get_secret_value()
    try:
        if way == "PLAIN":
            client.auth(way, client.auth_plain)
        elif way == "LOGIN":
            client.auth(way, client.auth_login)
        else:
            client.auth(way, client.auth_cram_md5)
    except smtplib.SMTPAuthenticationError as error:
        answer = f"{error.smtp_code} {_without(error.smtp_error, client.user, client.password)}"
        if error.smtp_code in _TEMPORARY:
            raise Away(f"{server.place} cannot check the password now: {answer}") from None
        raise CannotSend(
            f"{server.place} does not accept user {client.user!r} with this password ({answer}): correct {SETTING};"
            " many providers want a password of its own for programs"
        ) from None
    except UnicodeEncodeError:
        raise CannotSend(
            f"{SETTING}: user and password can hold letters of ASCII only: take another password"
        ) from None
    finally:
        client.password = ""  # nosec B105 - none is left behind


def _without(answer: bytes | str, user: str, password: str) -> str:
    """What the server said, should it repeat what it was told."""
    said = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    forms = [password, *(b64encode(one.encode()).decode() for one in (password, f"\0{user}\0{password}"))]
    for form in filter(None, forms):
        said = said.replace(form, "…")
    return " ".join(said.split())[:300]
