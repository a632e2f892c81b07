"""How other systems are told: where that may be, how what is sent is signed, and when it is tried again."""

import hashlib
import hmac
import ipaddress
import re
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

LONGEST: Final = 1_000
"""Letters of an address."""
_CODE: Final = re.compile(r"[a-z0-9]+(?:[_-][a-z0-9]+)*")
_UNSEEN: Final = re.compile(r"[\x00-\x20\x7f-\x9f\\]")
_PAUSES: Final = (1, 5, 30, 120)
"""Minutes after which a failure is tried again; afterwards `_LAST_PAUSE`."""
_LAST_PAUSE: Final = 360
MOST_ATTEMPTS: Final = 60
"""About two weeks: then nobody tries any more until somebody says so."""
_LOCAL: Final = {"localhost", "127.0.0.1", "::1"}


class HookUnfit(ValueError):
    """A webhook cannot be used as it is; the message names the part and the remedy."""

    def __init__(self, part: str, english: str, russian: str) -> None:
        super().__init__(f"{part}: {english}")
        self.part: Final = part
        self.english: Final = english
        self.russian: Final = russian


def checked(code: str, url: str) -> str:
    """The address as it is kept. Raises `HookUnfit`."""
    if len(code) > 40 or not _CODE.fullmatch(code):  # noqa: PLR2004 - it stands in campaigns
        raise HookUnfit("code", "take small Latin letters, digits, - and _", "маленькие латинские буквы, цифры, - и _")
    url = url.strip()
    if len(url) > LONGEST or _UNSEEN.search(url):
        raise HookUnfit(
            "url",
            f"has blanks or more than {LONGEST} characters: copy it from the other system",
            f"в адресе пробелы или больше {LONGEST} символов: скопируйте его из другой системы",
        )
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise HookUnfit("url", "is no address: copy it from the other system", "это не адрес") from error
    if not parts.hostname or parts.username is not None or parts.fragment:
        raise HookUnfit(
            "url",
            "names no host, or a user, or a part of a page: write https://host/path",
            "нет имени сервера или указан пользователь или часть страницы: запишите как https://host/path",
        )
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOCAL):
        raise HookUnfit(
            "url",
            "must begin with https://; http:// goes to this machine alone",
            "должен начинаться с https://; http:// годится только для этого компьютера",
        )
    return url


def near(address: str) -> bool:
    """Whether an IP address lies in a private network, on this machine, or in no network at all."""
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None)
    return not (mapped or found).is_global or found.is_multicast


def signature(secret: bytes, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 of `timestamp.body`, as the header `X-Caseline-Signature` has it."""
    return "sha256=" + hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def pause(attempts: int) -> timedelta | None:
    """How long to wait after so many failures; None: nobody tries any more."""
    if attempts >= MOST_ATTEMPTS:
        return None
    return timedelta(minutes=_PAUSES[attempts - 1] if attempts <= len(_PAUSES) else _LAST_PAUSE)
