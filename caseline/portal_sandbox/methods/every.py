"""All methods by name, with what they ask of a caller."""

from functools import lru_cache
from typing import Final

from caseline.portal_sandbox.call import Call, Method
from caseline.portal_sandbox.methods import (
    activities,
    applications,
    classic,
    comments,
    duplicates,
    items,
    people,
    product_rows,
    settings,
    stage_history,
    statuses,
    tasks,
    userfields,
)

_FREE: Final = {"profile", "scope", "methods", "method", "server", "app", "access", "feature", "event", "events"}
"""Families that need no scope."""
_SCOPES: Final = {
    "tasks": frozenset({"task", "tasks"}),
    "user": frozenset({"user", "user_basic", "user_brief"}),
}
"""Families that more than one scope opens."""
FOR_APPLICATIONS: Final = {
    *("event.bind", "event.unbind", "event.get"),
    *("placement.bind", "placement.unbind", "placement.get"),
}
EXACT: Final = {"crm.timeline.comment.add", "crm.timeline.comment.update"}
"""Methods that know their parameters in small letters only."""


def _scope(call: Call) -> list[str]:
    return sorted(call.caller.scopes)


def _methods(_call: Call) -> list[str]:
    return sorted([*METHODS, "batch"])


def _method(call: Call) -> dict[str, bool]:
    name = str(call.params.get("name", "")).lower()
    exists = name in METHODS or name == "batch"
    wanted = scope(name)
    return {"isExisting": exists, "isAvailable": exists and (not wanted or bool(wanted & call.caller.scopes))}


METHODS: Final[dict[str, Method]] = {
    "scope": _scope,
    "methods": _methods,
    "method.get": _method,
    **classic.METHODS,
    **items.METHODS,
    **activities.METHODS,
    **applications.METHODS,
    **comments.METHODS,
    **duplicates.METHODS,
    **people.METHODS,
    **product_rows.METHODS,
    **settings.METHODS,
    **stage_history.METHODS,
    **statuses.METHODS,
    **tasks.METHODS,
    **userfields.METHODS,
}


@lru_cache(maxsize=1024)
def scope(name: str) -> frozenset[str]:
    """The scopes of which one is needed; empty where none is."""
    family = name.partition(".")[0]
    return frozenset() if family in _FREE else _SCOPES.get(family, frozenset({family}))
