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
        raise TargetUnfit(f"address: {text!r} is no name of a site; copy it from the site") from error
    if not _HOST.fullmatch(found):
        raise TargetUnfit(f"address: {text!r} is no name of a site; an IP address is none")
    return found


def checked(target: Target, hosts: Mapping[str, Reward]) -> Target:
    """The target with its address as it is kept; raises `TargetUnfit` where it may not be linked to.

    Asked when it is saved and again whenever somebody is sent there: the list of sites may be another one by then.
    """
    if len(target.code) > 40 or not _CODE.fullmatch(target.code):  # noqa: PLR2004 - it stands in campaigns
        raise TargetUnfit(f"code: {target.code!r} is none; take small Latin letters, digits, - and _")
    if not target.name.strip():
        raise TargetUnfit("name: it is empty; say what the site is called")
    address, found = _address(target.address)
    allowed = [reward for known, reward in hosts.items() if found == known or found.endswith(f".{known}")]
    if not allowed:
        raise TargetUnfit(f"address: {found} is not among the sites that may be linked to; an administrator can add it")
    if target.reward is Reward.CLICK and Reward.ANSWER in allowed:
        raise TargetUnfit(f"reward: {found} forbids to reward reviews; take {Reward.ANSWER}")
    return Target(
        code=target.code, name=target.name.strip(), address=address, reward=target.reward, active=target.active
    )


def _address(text: str) -> tuple[str, str]:
    """An address as it is kept, and its host."""
    if len(text) > LONGEST or _UNSEEN.search(text.strip()):
        raise TargetUnfit(f"address: it has blanks or more than {LONGEST} characters; copy it from the site")
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError as error:
        raise TargetUnfit(f"address: {text!r} is none; copy it from the site") from error
    if parts.scheme != "https":
        raise TargetUnfit("address: it must begin with https://")
    if parts.username is not None or parts.password is not None or port not in {None, 443}:
        raise TargetUnfit("address: it names a user or a port; leave them out")
    found = host(parts.hostname or "")
    return urlunsplit(("https", found, parts.path, parts.query, parts.fragment)), found
