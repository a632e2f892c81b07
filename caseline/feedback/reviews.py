"""Where a public review may be written: which addresses may be linked to, and what may be rewarded there."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit, urlunsplit

LONGEST: Final = 1_000
"""Letters of an address."""
_CODE: Final = re.compile(r"[a-z0-9]+(?:[_-][a-z0-9]+)*")
_HOST: Final = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_UNSEEN: Final = re.compile(r"[\x00-\x20\x7f-\x9f\\]")


class TargetUnfit(ValueError):
    """A target cannot be used as it is; the message names the part and the remedy."""

    def __init__(self, part: str, english: str, russian: str) -> None:
        super().__init__(f"{part}: {english}")
        self.part: Final = part
        self.english: Final = english
        self.russian: Final = russian


class Reward(StrEnum):
    """What a bonus may be given for where a review is asked for."""

    CLICK = "click"
    """That somebody goes there, too."""
    ANSWER = "answer"
    """The answer that was given to us alone: the site forbids to reward reviews."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A place where a public review may be written."""

    code: str
    name: str
    address: str
    reward: Reward
    active: bool = True


def host(text: str) -> str:
    """A host as it is compared: small letters, international names in their ASCII form. Raises `TargetUnfit`."""
    try:
        found = text.strip().rstrip(".").encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise _no_site(text) from error
    if not _HOST.fullmatch(found):
        raise _no_site(text)
    return found


def checked(target: Target, hosts: Mapping[str, Reward]) -> Target:
    """The target with its address as it is kept; raises `TargetUnfit` where it may not be linked to.

    Asked when it is saved and again whenever somebody is sent there: the list of sites may be another one by then.
    """
    if len(target.code) > 40 or not _CODE.fullmatch(target.code):  # noqa: PLR2004 - it stands in campaigns
        raise TargetUnfit(
            "code", "take small Latin letters, digits, - and _", "маленькие латинские буквы, цифры, - и _"
        )
    if not target.name.strip():
        raise TargetUnfit("name", "is empty: say what the site is called", "не заполнено: укажите название сайта")
    address, found = _address(target.address)
    allowed = [reward for known, reward in hosts.items() if found == known or found.endswith(f".{known}")]
    if not allowed:
        raise TargetUnfit(
            "address",
            f"{found} is not among the sites that may be linked to: add it there first",
            f"сайта {found} нет в списке разрешённых: сначала добавьте его туда",
        )
    if target.reward is Reward.CLICK and Reward.ANSWER in allowed:
        raise TargetUnfit(
            "reward",
            f"{found} forbids to reward reviews: reward the answer alone",
            f"{found} запрещает поощрять отзывы: выберите бонус только за ответ",
        )
    return Target(
        code=target.code, name=target.name.strip(), address=address, reward=target.reward, active=target.active
    )


def _no_site(text: str) -> TargetUnfit:
    return TargetUnfit(
        "address", f"{text!r} is no name of a site: copy it from the site", f"{text!r}: это не адрес сайта"
    )


def _address(text: str) -> tuple[str, str]:
    """An address as it is kept, and its host."""
    if len(text) > LONGEST or _UNSEEN.search(text.strip()):
        raise TargetUnfit(
            "address",
            f"has blanks or more than {LONGEST} characters: copy it from the site",
            f"в адресе пробелы или больше {LONGEST} символов: скопируйте его с сайта",
        )
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError as error:
        raise _no_site(text) from error
    if parts.scheme != "https":
        raise TargetUnfit("address", "must begin with https://", "должен начинаться с https://")
    if parts.username is not None or parts.password is not None or port not in {None, 443}:
        raise TargetUnfit(
            "address", "names a user or a port: leave them out", "в адресе указан пользователь или порт: уберите их"
        )
    found = host(parts.hostname or "")
    return urlunsplit(("https", found, parts.path, parts.query, parts.fragment)), found
