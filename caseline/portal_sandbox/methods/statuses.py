"""crm.status.*: stages, sources and other lists of the portal."""

import re
from typing import Final

from caseline.portal_sandbox import listing, php
from caseline.portal_sandbox.call import Call, Method
from caseline.portal_sandbox.fields import schema
from caseline.portal_sandbox.php import Params
from caseline.portal_sandbox.refusals import access_denied, not_found, old
from caseline.portal_sandbox.store import Table

_LONGEST_STAGE: Final = 21
_STAGE: Final = re.compile(r"[A-Za-z0-9_-]+")
_SCHEMA: Final = schema("""
ID integer
ENTITY_ID string
STATUS_ID string
NAME string
NAME_INIT string
SORT integer
SYSTEM char
CATEGORY_ID integer
COLOR string
SEMANTICS string
""")


def _table(call: Call) -> Table:
    return call.portal.store.table("status")


def _shown(row: Params) -> Params:
    semantics = {"S": "success", "F": "failure"}.get(row["SEMANTICS"], "process")
    extra = {"SEMANTICS": semantics, "COLOR": row["COLOR"]}
    staged = row["ENTITY_ID"] in {"STATUS", "DEAL_STAGE"}
    names = ("ID", "ENTITY_ID", "STATUS_ID", "NAME", "NAME_INIT", "SORT", "SYSTEM", "CATEGORY_ID", "COLOR", "SEMANTICS")
    shown: Params = {name: row[name] for name in names}
    shown["SEMANTICS"] = shown["SEMANTICS"] or None
    shown["CATEGORY_ID"] = shown["CATEGORY_ID"] or None
    return shown | ({"EXTRA": extra} if staged else {})


def _list(call: Call) -> listing.Page:
    rows = listing.of_rows(_table(call).rows.values(), call.params, _SCHEMA.fields.get)
    return listing.Page([_shown(row) for row in rows], len(rows))


def _administered(call: Call) -> None:
    if not call.caller.administrator:
        raise access_denied()


def _add(call: Call) -> int:
    _administered(call)
    given = {key.upper(): php.text(value) for key, value in call.array("fields").items()}
    for needed in ("ENTITY_ID", "STATUS_ID", "NAME"):
        if not given.get(needed):
            raise old(f"The field {needed} is required.")
    staged = given["ENTITY_ID"] == "STATUS"
    if staged and (len(given["STATUS_ID"]) > _LONGEST_STAGE or not _STAGE.fullmatch(given["STATUS_ID"])):
        raise old("The field STATUS_ID is not valid.")
    rows = [row for row in _table(call).rows.values() if row["ENTITY_ID"] == given["ENTITY_ID"]]
    if any(row["STATUS_ID"] == given["STATUS_ID"] for row in rows):
        raise old("An item with this STATUS_ID exists already.")
    number = _table(call).add(
        {
            "ENTITY_ID": given["ENTITY_ID"],
            "STATUS_ID": given["STATUS_ID"],
            "NAME": given["NAME"],
            "NAME_INIT": "",
            "SORT": given.get("SORT") or str(10 + max((int(row["SORT"]) for row in rows), default=0)),
            "SYSTEM": "N",
            "CATEGORY_ID": "",
            "COLOR": given.get("COLOR", ""),
            "SEMANTICS": given.get("SEMANTICS", "").strip("P"),
        }
    )
    call.portal.recall_stages()
    return number


def _found(call: Call) -> Params:
    if (row := _table(call).rows.get(call.id)) is None:
        raise not_found()
    return row


def _get(call: Call) -> Params:
    return _shown(_found(call))


def _update(call: Call) -> bool:
    _administered(call)
    _found(call)
    given = {key.upper(): php.text(value) for key, value in call.array("fields").items()}
    _table(call).change(call.id, {name: given[name] for name in ("NAME", "SORT", "COLOR") if name in given})
    return True


def _delete(call: Call) -> bool:
    _administered(call)
    forced = php.text(php.mapping(call.params.get("params")).get("FORCED")).upper() == "Y"
    if _found(call)["SYSTEM"] == "Y" and not forced:
        raise old("A system item is deleted with FORCED only.")
    _table(call).remove(call.id)
    call.portal.recall_stages()
    return True


METHODS: Final[dict[str, Method]] = {
    "crm.status.list": _list,
    "crm.status.add": _add,
    "crm.status.get": _get,
    "crm.status.update": _update,
    "crm.status.delete": _delete,
}
