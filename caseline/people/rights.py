"""Who may do what: roles and their rights, the one place where that is decided."""

from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What a login is for."""

    VIEWER = "viewer"
    AGENT = "agent"
    HEAD = "head"
    QUALITY = "quality"
    MARKETER = "marketer"
    DIRECTOR = "director"
    ADMINISTRATOR = "administrator"


class Right(StrEnum):
    """What can be done; pages and actions ask for rights, never for roles."""

    SEE_KEYWORDS = "see_keywords"
    EDIT_KEYWORDS = "edit_keywords"
    SEE_USERS = "see_users"
    EDIT_USERS = "edit_users"
    SEE_AUDIT = "see_audit"


_EVERYBODY: Final = frozenset({Right.SEE_KEYWORDS})
_OF: Final[dict[Role, frozenset[Right]]] = {
    **dict.fromkeys(Role, _EVERYBODY),
    Role.DIRECTOR: _EVERYBODY | {Right.SEE_AUDIT},
    Role.ADMINISTRATOR: frozenset(Right),
}


def rights(role: Role) -> frozenset[Right]:
    """All that somebody of this role may do."""
    return _OF[role]


def may(role: Role, right: Right) -> bool:
    """Whether somebody of this role may do that."""
    return right in _OF[role]
