"""Dates that records get on their way into a portal, because they do not bring them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from caseline.crm.bitrix24.places import TYPE_IDS

Record = Mapping[str, Any]


def unsaid(entity: str, record: Record) -> frozenset[str]:
    """The columns that hold the moment of the attempt, because the record says nothing about them."""
    if not record["is_new"] or entity not in TYPE_IDS or record.get("created_at"):
        return frozenset()
    return frozenset({"created_at"} if record.get("modified_at") else {"created_at", "modified_at"})


def dated(entity: str, record: Record) -> frozenset[str]:
    """The dates that a new record gets here; a changed one gets none."""
    said = frozenset(name for name in ("created_at", "modified_at") if record.get(name))
    return frozenset({"created_at", "modified_at"}) - said if record["is_new"] and entity in TYPE_IDS else frozenset()


def whole(entity: str, record: Record, unsaid: frozenset[str], now: datetime) -> Record:
    """The record with what the register would fill in by itself, so that the portal gets the same."""
    whole = {**record, "extra": record.get("extra") or {}, **dict.fromkeys(unsaid, now)}
    if record["is_new"] and entity in TYPE_IDS:
        whole["modified_at"] = whole.get("modified_at") or whole["created_at"]
    return whole
