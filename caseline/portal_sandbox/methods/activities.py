"""crm.activity.*: calls, meetings and letters of a record. An outgoing letter that is completed really leaves."""

from typing import Final

from caseline.portal_sandbox import catalogue, listing, php
from caseline.portal_sandbox.call import Call, Method
from caseline.portal_sandbox.fields import schema
from caseline.portal_sandbox.php import Params
from caseline.portal_sandbox.refusals import not_found, old
from caseline.portal_sandbox.store import Table

_CALL, _LETTER = "2", "4"
_OUTGOING: Final = "2"
_SCHEMA: Final = schema("""
ID integer ro
OWNER_ID integer
OWNER_TYPE_ID integer
TYPE_ID integer
PROVIDER_ID string
PROVIDER_TYPE_ID string
SUBJECT string
DESCRIPTION text
DESCRIPTION_TYPE integer
DIRECTION integer
COMPLETED char
STATUS integer
PRIORITY integer
RESPONSIBLE_ID user
AUTHOR_ID user ro
EDITOR_ID user ro
START_TIME datetime
END_TIME datetime
DEADLINE datetime
LOCATION string
ORIGINATOR_ID string
ORIGIN_ID string
CREATED datetime ro
LAST_UPDATED datetime ro
""")


def _table(call: Call) -> Table:
    return call.portal.store.table("activity")


def _taken(given: Params) -> Params:
    fields = _SCHEMA.fields
    kept: Params = {
        name: fields[name].read(value) for name, value in given.items() if name in fields and not fields[name].read_only
    }
    if "COMMUNICATIONS" in given:
        kept["COMMUNICATIONS"] = [
            {name: php.text(value) for name, value in php.mapping(each).items()}
            for each in php.rows(given["COMMUNICATIONS"])
        ]
    return kept


def _add(call: Call) -> int:
    row = _taken(call.array("fields"))
    _check(call, row)
    now, user = call.portal.now(), str(call.caller.user)
    usual = {"DIRECTION": "0", "COMPLETED": "N", "DESCRIPTION_TYPE": "1", "PRIORITY": "2", "START_TIME": now}
    row = usual | {name: value for name, value in row.items() if value != ""}
    row["END_TIME"] = row.get("END_TIME") or row["START_TIME"]
    row["STATUS"] = "2" if row["COMPLETED"] == "Y" else "1"
    row |= {"CREATED": now, "LAST_UPDATED": now, "AUTHOR_ID": user, "EDITOR_ID": user}
    number = _table(call).add(row)
    _send(call, row)
    return number


def _check(call: Call, row: Params) -> None:
    for name in ("OWNER_ID", "OWNER_TYPE_ID", "TYPE_ID", "SUBJECT", "RESPONSIBLE_ID", "COMMUNICATIONS"):
        if not row.get(name):
            raise old(f"The field {name} is not defined or invalid.")
    if row["TYPE_ID"] in {_CALL, _LETTER} and len(row["COMMUNICATIONS"]) != 1:
        raise old("The field COMMUNICATIONS must hold exactly one item.")
    kind = catalogue.BY_NUMBER.get(php.number(row["OWNER_TYPE_ID"]))
    if kind is None or php.number(row["OWNER_ID"]) not in call.portal.table(kind).rows:
        raise old("The owner was not found.")


def _send(call: Call, row: Params) -> None:
    if (row["TYPE_ID"], row["DIRECTION"], row["COMPLETED"]) == (_LETTER, _OUTGOING, "Y"):
        call.portal.letter(
            VIA="activity",
            KIND=catalogue.BY_NUMBER[int(row["OWNER_TYPE_ID"])].name,
            OWNER_ID=row["OWNER_ID"],
            TO=", ".join(each.get("VALUE", "") for each in row.get("COMMUNICATIONS", ())),
            SUBJECT=row["SUBJECT"],
            ORIGINATOR_ID=row.get("ORIGINATOR_ID", ""),
            ORIGIN_ID=row.get("ORIGIN_ID", ""),
        )


def _found(call: Call) -> Params:
    if (row := _table(call).rows.get(call.id)) is None:
        raise not_found()
    return row


def _shown(row: Params) -> Params:
    return {name: row.get(name, "") for name in _SCHEMA.fields}


def _get(call: Call) -> Params:
    return _shown(_found(call))


def _update(call: Call) -> bool:
    row = _found(call)
    completed = row["COMPLETED"]
    now = {"LAST_UPDATED": call.portal.now(), "EDITOR_ID": str(call.caller.user)}
    _table(call).change(call.id, _taken(call.array("fields")) | now)
    if completed != "Y":
        _send(call, row)
    return True


def _delete(call: Call) -> bool:
    _found(call)
    _table(call).remove(call.id)
    return True


def _list(call: Call) -> listing.Page:
    page = listing.page(_table(call), call.params, _SCHEMA.fields.get)
    asked = {php.text(name) for name in php.rows(call.params.get("select"))}
    with_communications = "COMMUNICATIONS" in asked
    everything = not asked or "*" in asked
    page.rows = [
        {name: value for name, value in _shown(row).items() if everything or name in asked or name == "ID"}
        | ({"COMMUNICATIONS": row.get("COMMUNICATIONS", [])} if with_communications else {})
        for row in page.rows
    ]
    return page


METHODS: Final[dict[str, Method]] = {
    "crm.activity.add": _add,
    "crm.activity.get": _get,
    "crm.activity.list": _list,
    "crm.activity.update": _update,
    "crm.activity.delete": _delete,
}
