"""Phones, addresses and sites of a record: several values each, with ids of their own."""

from collections.abc import Iterator

from caseline.portal_sandbox import php
from caseline.portal_sandbox.fields import MULTIFIELDS, WIDTH
from caseline.portal_sandbox.php import Params, Value
from caseline.portal_sandbox.refusals import Refusal


def checked(kind: str, value: str) -> str:
    """A value that may be kept."""
    if kind == "EMAIL" and value and ("@" not in value.strip("@") or " " in value.strip()):
        raise Refusal("", f"Email address '{value}' is not valid")
    return value[:WIDTH]


class Numbers:
    """Gives every value its id."""

    def __init__(self, last: int) -> None:
        self.last = last

    def next(self) -> str:
        """The id of a new value."""
        self.last += 1
        return str(self.last)


def _classic(kind: str, given: Value) -> Iterator[tuple[str, str, Params]]:
    for each in php.rows(given):
        yield kind, php.text(each.get("ID")) if isinstance(each, dict) else "", php.mapping(each)


def _items(given: Value) -> Iterator[tuple[str, str, Params]]:
    for key, each in php.mapping(given).items():
        row = php.mapping(each)
        values = {
            "VALUE": row.get("value", row.get("VALUE")),
            "VALUE_TYPE": row.get("valueType", row.get("VALUE_TYPE")),
        }
        kind = php.text(row.get("typeId", row.get("TYPE_ID"))).upper()
        known = php.text(row.get("id")) or (key if isinstance(given, dict) and key.isdigit() else "")
        yield kind, known, values


def read(given: Params, kept: Params, numbers: Numbers) -> Params:
    """The multifields of a record after a write: `fm` of crm.item.*, or one list for each kind."""
    changes = [change for kind in MULTIFIELDS if kind in given for change in _classic(kind, given[kind])]
    if "fm" in given:
        changes += _items(given["fm"])
    if not changes:
        return {}
    after = {kind: [dict(item) for item in kept.get(kind, ())] for kind in MULTIFIELDS}
    for kind, known, row in changes:
        _apply(after, kind, known, row, numbers)
    touched = {kind: items for kind, items in after.items() if items or kept.get(kind)}
    if "PHONE" in touched or "EMAIL" in touched:
        touched["HAS_PHONE"] = "Y" if after["PHONE"] else "N"  # type: ignore[assignment]
        touched["HAS_EMAIL"] = "Y" if after["EMAIL"] else "N"  # type: ignore[assignment]
    return dict(touched)


def _apply(after: dict[str, list[Params]], kind: str, known: str, row: Params, numbers: Numbers) -> None:
    value = php.text(row.get("VALUE"))
    old = next((item for items in after.values() for item in items if item["ID"] == known), None) if known else None
    if old is not None:
        if php.text(row.get("DELETE")).upper() == "Y" or not value:
            after[old["TYPE_ID"]].remove(old)
        else:
            old["VALUE"] = checked(old["TYPE_ID"], value)
            old["VALUE_TYPE"] = php.text(row.get("VALUE_TYPE")) or old["VALUE_TYPE"]
    elif value and kind in after:
        sort = php.text(row.get("VALUE_TYPE")) or "WORK"
        item = {"ID": numbers.next(), "VALUE_TYPE": sort, "VALUE": checked(kind, value), "TYPE_ID": kind}
        after[kind].append(item)


def shown_items(kept: Params) -> list[Params]:
    """The multifields of a record as crm.item.* answers them."""
    return [
        {"id": int(item["ID"]), "typeId": kind, "valueType": item["VALUE_TYPE"], "value": item["VALUE"]}
        for kind in MULTIFIELDS
        for item in kept.get(kind, ())
    ]
