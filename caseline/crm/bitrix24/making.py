"""The calls that make user fields and list items in a portal."""

import hashlib
from collections.abc import Collection, Mapping
from typing import Any, Final

from caseline.crm.bitrix24.calls import Call
from caseline.crm.bitrix24.places import Kind, Place

CLASSIC: Final = {"request": "lead", "contact": "contact", "company": "company"}
"""The word for an entity in the names of the classic methods."""
_LABELS: Final = ("EDIT_FORM_LABEL", "LIST_COLUMN_LABEL", "LIST_FILTER_LABEL")
_OF_ITEM: Final = ("ID", "VALUE", "SORT", "DEF", "XML_ID")
_TALL: Final = frozenset({"description", "address"})


def field(entity: str, name: str, place: Place, kind: str, values: Collection[str] = ()) -> Call:
    """Makes a user field, a list with its items at once; an earlier answer that was lost cannot double it."""
    english = place.label or place.field
    about: dict[str, Any] = {
        "FIELD_NAME": name.removeprefix("UF_CRM_"),
        "USER_TYPE_ID": kind,
        "MULTIPLE": "Y" if place.kind is Kind.CHOICES else "N",
        "MANDATORY": "N",
        "SHOW_FILTER": "Y",
        "XML_ID": name,
        **{label: {"en": english, "ru": place.russian or english} for label in _LABELS},
    }
    if kind == "string":
        about["SETTINGS"] = {"ROWS": 6 if place.kind is Kind.LONG and place.field in _TALL else 1}
    if kind == "double":
        about["SETTINGS"] = {"PRECISION": 4}
    if kind == "enumeration" and values:
        about["LIST"] = _new(values, 0)
    return Call(f"crm.{CLASSIC[entity]}.userfield.add", {"fields": about})


def items(entity: str, found: Mapping[str, Any], values: Collection[str]) -> Call:
    """Adds items to the list of a field; those that are there are sent as they are, or they would lose the rest."""
    there = [{name: item[name] for name in _OF_ITEM if name in item} for item in found.get("LIST") or ()]
    params = {"id": found["ID"], "fields": {"LIST": [*there, *_new(values, len(there))]}}
    return Call(f"crm.{CLASSIC[entity]}.userfield.update", params)


def mark(value: str) -> str:
    """The external id of a list item of ours."""
    return f"caseline_{hashlib.blake2b(value.encode(), digest_size=8).hexdigest()}"


def _new(values: Collection[str], after: int) -> list[dict[str, Any]]:
    return [
        {"VALUE": value, "SORT": 100 + 10 * (after + number), "XML_ID": mark(value)}
        for number, value in enumerate(sorted(values))
    ]
