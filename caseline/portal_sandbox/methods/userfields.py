"""crm.*.userfield.*: fields that people add, with lists of their own."""

import re
from collections.abc import Iterator
from functools import partial
from hashlib import md5
from typing import Final

from caseline.portal_sandbox import catalogue, listing, php
from caseline.portal_sandbox.call import Call, Method
from caseline.portal_sandbox.catalogue import Kind
from caseline.portal_sandbox.fields import TYPES, schema
from caseline.portal_sandbox.php import Params, Value
from caseline.portal_sandbox.portal import own_field
from caseline.portal_sandbox.refusals import Refusal, access_denied, not_found, old
from caseline.portal_sandbox.store import Table

_LONGEST_NAME: Final = 50
_NAME: Final = re.compile(r"UF_CRM_[A-Z0-9_]+")
_FLAGS: Final = {
    "MULTIPLE": "N",
    "MANDATORY": "N",
    "SHOW_FILTER": "N",
    "SHOW_IN_LIST": "Y",
    "EDIT_IN_LIST": "Y",
    "IS_SEARCHABLE": "N",
}
_LABELS: Final = ("EDIT_FORM_LABEL", "LIST_COLUMN_LABEL", "LIST_FILTER_LABEL", "ERROR_MESSAGE", "HELP_MESSAGE")
_SCHEMA: Final = schema("""
ID integer
ENTITY_ID string
FIELD_NAME string
USER_TYPE_ID string
XML_ID string
SORT integer
MULTIPLE char
MANDATORY char
""")


def _table(call: Call) -> Table:
    return call.portal.store.table("userfield")


def _administered(call: Call) -> None:
    if not call.caller.administrator:
        raise access_denied()


def _add(kind: Kind, call: Call) -> int:
    _administered(call)
    given = {key.upper(): value for key, value in call.array("fields").items()}
    for needed in ("USER_TYPE_ID", "FIELD_NAME"):
        if not php.text(given.get(needed)):
            raise old(f"The '{needed}' field is not found.")
    name = php.text(given["FIELD_NAME"]).upper()
    name = name if name.startswith("UF_CRM_") else f"UF_CRM_{name.removeprefix('UF_')}"
    _check(call, kind, name, given)
    label = php.text(given.get("LABEL")) or name
    row: Params = {
        "KIND": kind.name,
        "ENTITY_ID": f"CRM_{kind.name.upper()}",
        "FIELD_NAME": name,
        "USER_TYPE_ID": php.text(given["USER_TYPE_ID"]),
        "XML_ID": php.text(given.get("XML_ID")),
        "SORT": php.text(given.get("SORT")) or "100",
        **{flag: php.text(given.get(flag)) or usual for flag, usual in _FLAGS.items()},
        **{each: _label(given.get(each)) or label for each in _LABELS},
        "SETTINGS": php.mapping(given.get("SETTINGS")),
    }
    if row["USER_TYPE_ID"] == "enumeration":
        row["LIST"] = list(_listed(call, given.get("LIST"), []))
    number = _table(call).add(row)
    call.portal.schema(kind).add(own_field(row))
    return number


def _check(call: Call, kind: Kind, name: str, given: Params) -> None:
    type_id = php.text(given["USER_TYPE_ID"])
    if type_id not in TYPES:
        raise Refusal("ERROR_CORE", f"Unknown user type {type_id}.")
    if len(name) > _LONGEST_NAME or not _NAME.fullmatch(name):
        raise Refusal("ERROR_CORE", f"The field name {name} is not valid.")
    if name in call.portal.schema(kind).fields:
        raise Refusal("ERROR_CORE", f"The field {name} for the object CRM_{kind.name.upper()} already exists.")
    if type_id == "boolean" and php.text(given.get("MULTIPLE")) == "Y":
        raise Refusal("ERROR_CORE", "A boolean field cannot be multiple.")
    codes = [code for item in php.rows(given.get("LIST")) if (code := php.text(php.mapping(item).get("XML_ID")))]
    if len(codes) != len(set(codes)):
        raise Refusal("ERROR_CORE", "XML_ID of a list item must be unique.")


def _label(given: Value) -> str:
    """A label, or the first of those for several languages."""
    return next((php.text(each) for each in php.rows(given)), "") or php.text(given)


def _listed(call: Call, given: Value, before: list[Params]) -> Iterator[Params]:
    """The items of a list after a write: known ids are changed or deleted, the others stay, new ones come after."""
    known = {item["ID"]: dict(item) for item in before}
    for each in map(php.mapping, php.rows(given)):
        number, value = php.text(each.get("ID")), php.text(each.get("VALUE"))
        if number in known and php.text(each.get("DEL")).upper() == "Y":
            del known[number]
        elif value or number in known:
            store = call.portal.store
            if number not in known:
                number = str((store.noted("list_item") or 40) + 1)
                store.note("list_item", int(number))
            known[number] = _item(number, each, known.get(number, {}))
    yield from known.values()


def _item(number: str, given: Params, before: Params) -> Params:
    """An item as it was sent: but for its value, what is not sent of one that was there is lost."""
    value = php.text(given.get("VALUE")) or php.text(before.get("VALUE"))
    code = php.text(given.get("XML_ID")) or md5(value.encode(), usedforsecurity=False).hexdigest()
    default = "Y" if php.text(given.get("DEF")).upper() == "Y" else "N"
    return {"ID": number, "SORT": php.text(given.get("SORT")) or "500", "VALUE": value, "DEF": default, "XML_ID": code}


def _found(kind: Kind, call: Call) -> Params:
    if call.id <= 0:
        raise old("ID is not defined or invalid.")
    row = _table(call).rows.get(call.id)
    if row is None or row["KIND"] != kind.name:
        raise not_found()
    return row


def _shown(row: Params) -> Params:
    return {name: value for name, value in row.items() if name != "KIND"}


def _get(kind: Kind, call: Call) -> Params:
    return _shown(_found(kind, call))


def _list(kind: Kind, call: Call) -> listing.Page:
    rows = [row for row in _table(call).rows.values() if row["KIND"] == kind.name]
    found = [_shown(row) for row in listing.of_rows(rows, call.params, _SCHEMA.fields.get)]
    return listing.Page(found, len(found))


def _update(kind: Kind, call: Call) -> bool:
    _administered(call)
    row = _found(kind, call)
    given = {key.upper(): value for key, value in call.array("fields").items()}
    values: Params = {name: php.text(given[name]) for name in (*_FLAGS, "SORT", "XML_ID") if name in given}
    label = php.text(given.get("LABEL"))
    values |= {name: _label(given.get(name)) or label for name in _LABELS if label or name in given}
    if "LIST" in given and row["USER_TYPE_ID"] == "enumeration":
        values["LIST"] = list(_listed(call, given["LIST"], row.get("LIST", [])))
    if "SETTINGS" in given:
        values["SETTINGS"] = php.mapping(given["SETTINGS"])
    _table(call).change(call.id, values)
    call.portal.schema(kind).add(own_field(row))
    return True


def _delete(kind: Kind, call: Call) -> bool:
    _administered(call)
    row = _found(kind, call)
    call.portal.schema(kind).remove(row["FIELD_NAME"])
    _table(call).remove(call.id)
    return True


_ACTIONS: Final = {"add": _add, "get": _get, "list": _list, "update": _update, "delete": _delete}
METHODS: Final[dict[str, Method]] = {
    f"crm.{kind.name}.userfield.{action}": partial(method, kind)
    for kind in catalogue.KINDS
    for action, method in _ACTIONS.items()
}
