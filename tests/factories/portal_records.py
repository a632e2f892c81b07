"""Records as an import hands them to a portal, and what a person does to them there."""

from collections.abc import Mapping
from typing import Any

from caseline.crm.bitrix24.adapter import Bitrix24Crm
from caseline.crm.port import Definitions, Outcome

DEFINITIONS = Definitions(
    "shop",
    stages=[("new", "New", False), ("done", "Done", True)],
    fields=[("contact", "Level", "list", "Level"), ("contact", "Score", "number", "Score")],
)
_EMPTY: dict[str, Any] = {"crm_id": None, "is_new": True, "version": None, "extra": {}}
_TYPES = {"request": 1, "contact": 3, "company": 4}


def contacts(*origins: str, **fields: object) -> list[dict[str, Any]]:
    """New contacts; a field that is not named here is not brought."""
    return [{"ref": ref, "origin": origin, **_EMPTY, "name": "Anna", **fields} for ref, origin in enumerate(origins, 1)]


def request(origin: str = "r1", **fields: object) -> dict[str, Any]:
    """A new request."""
    return {
        "ref": 1,
        "origin": origin,
        **_EMPTY,
        "subject": "Subject",
        "stage": "new",
        "created_at": "2024-01-02T03:04:05+00:00",
        **fields,
    }


def message(record_id: int, origin: str | None = "m1", **fields: object) -> dict[str, Any]:
    """A new message of a request."""
    return {
        "ref": 1,
        "origin": origin,
        **_EMPTY,
        "record_id": record_id,
        "kind": "comment",
        "text": "Text",
        "sent_at": "2024-01-02T03:04:05+00:00",
        **fields,
    }


def again(outcome: Outcome, record: Mapping[str, Any], **fields: object) -> dict[str, Any]:
    """The record as a later import brings it."""
    return {**record, "crm_id": outcome.crm_id, "is_new": False, "version": outcome.version, **fields}


def edit(crm: Bitrix24Crm, entity: str, number: int | None, fields: Mapping[str, object]) -> None:
    """What a person does in the portal."""
    crm.portal.read("crm.item.update", {"entityTypeId": _TYPES[entity], "id": number, "fields": fields})
