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

    SEE_REQUESTS = "see_requests"
    """Requests, companies, contacts and assignments; which of them, says `caseline.people.access`."""
    WORK_REQUESTS = "work_requests"
    """Change requests, companies and contacts; write and answer."""
    CHANGE_MANY = "change_many"
    """Change many requests at once."""
    EXPORT = "export"
    """Take lists away as files."""
    SHARE_PRESETS = "share_presets"
    """Give everybody a preset filter."""
    SEE_REPORTS = "see_reports"
    SEE_SETTINGS = "see_settings"
    """Fields, stages, categories, groups, calendars, catalogue and templates, as they are set up."""
    EDIT_SETTINGS = "edit_settings"
    SEE_KEYWORDS = "see_keywords"
    EDIT_KEYWORDS = "edit_keywords"
    SEE_USERS = "see_users"
    EDIT_USERS = "edit_users"
    SEE_AUDIT = "see_audit"
    SEE_FEEDBACK = "see_feedback"
    """Asks about the requests that somebody sees, with what was answered."""
    EDIT_CAMPAIGNS = "edit_campaigns"
    """Whom is asked, how and when, and what follows; forms belong to the settings."""


_EVERYBODY: Final = frozenset({Right.SEE_REQUESTS, Right.SEE_KEYWORDS, Right.SEE_FEEDBACK})
_WORKS: Final = _EVERYBODY | {Right.WORK_REQUESTS, Right.CHANGE_MANY, Right.EXPORT}
_LOOKS: Final = _EVERYBODY | {Right.EXPORT, Right.SEE_REPORTS, Right.SEE_SETTINGS}
_OF: Final[dict[Role, frozenset[Right]]] = {
    Role.VIEWER: _EVERYBODY,
    Role.AGENT: _WORKS,
    Role.HEAD: _WORKS | _LOOKS | {Right.SHARE_PRESETS},
    Role.QUALITY: _LOOKS,
    Role.MARKETER: _LOOKS | {Right.EDIT_CAMPAIGNS},
    Role.DIRECTOR: _LOOKS | {Right.SEE_AUDIT, Right.SEE_USERS},
    Role.ADMINISTRATOR: frozenset(Right),
}


def rights(role: Role) -> frozenset[Right]:
    """All that somebody of this role may do."""
    return _OF[role]


def may(role: Role, right: Right) -> bool:
    """Whether somebody of this role may do that."""
    return right in _OF[role]
