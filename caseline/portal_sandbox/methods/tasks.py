"""tasks.task.*: tasks, which may point at CRM records."""

from typing import Final

from caseline.portal_sandbox import listing
from caseline.portal_sandbox.call import Call, Method
from caseline.portal_sandbox.fields import Field, schema
from caseline.portal_sandbox.php import Params
from caseline.portal_sandbox.refusals import Refusal

_SCHEMA: Final = schema("""
ID integer ro
TITLE string
DESCRIPTION text
RESPONSIBLE_ID user
CREATED_BY user
DEADLINE datetime
STATUS integer
PRIORITY integer
CREATED_DATE datetime ro
XML_ID string
UF_CRM_TASK string mul
""")


def _add(call: Call) -> Params:
    given = {key.upper(): value for key, value in call.array("fields").items()}
    row: Params = {
        name: field.read(given[name]) for name, field in _SCHEMA.fields.items() if name in given and not field.read_only
    }
    for needed in ("TITLE", "RESPONSIBLE_ID"):
        if not row.get(needed):
            raise Refusal("100", f"Required field {needed} is empty")
    row["CREATED_DATE"] = call.portal.now()
    row = {"STATUS": "2", "PRIORITY": "1", "CREATED_BY": str(call.caller.user)} | row
    call.portal.store.table("task").add(row)
    return {"task": _shown(row)}


def _shown(row: Params) -> Params:
    names = {"UF_CRM_TASK": "ufCrmTask"}
    return {
        names.get(name, field.item_name): row.get(name) or ([] if field.multiple else None)
        for name, field in _SCHEMA.fields.items()
    }


def _find(name: str) -> Field | None:
    return _SCHEMA.fields.get(name.upper())


def _list(call: Call) -> listing.Page:
    page = listing.page(call.portal.store.table("task"), call.params, _find)
    page.rows = [_shown(row) for row in page.rows]
    page.wrap = "tasks"
    return page


METHODS: Final[dict[str, Method]] = {"tasks.task.add": _add, "tasks.task.list": _list}
