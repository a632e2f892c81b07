"""crm.stagehistory.list: which stages a record has entered, and when."""

from typing import Final

from caseline.portal_sandbox import catalogue, listing, php
from caseline.portal_sandbox.call import Call, Method
from caseline.portal_sandbox.fields import Field, schema
from caseline.portal_sandbox.php import Params
from caseline.portal_sandbox.refusals import Refusal

_SCHEMA: Final = schema("""
ID integer
TYPE_ID integer
OWNER_ID integer
CREATED_TIME datetime
STAGE string
STAGE_SEMANTIC_ID string
CATEGORY_ID integer
KIND string
""")
_KEPT: Final = {"STATUS_ID": "STAGE", "STAGE_ID": "STAGE", "STATUS_SEMANTIC_ID": "STAGE_SEMANTIC_ID"}


def _field(name: str) -> Field | None:
    return _SCHEMA.fields.get(_KEPT.get(name, name))


def _list(call: Call) -> listing.Page:
    kind = catalogue.BY_NUMBER.get(php.number(call.params.get("entitytypeid")))
    if kind is None or not kind.stage:
        raise Refusal(0, "The entity type is not supported")
    asked = php.mapping(call.params.get("filter")) | {"=KIND": kind.name}
    page = listing.page(call.portal.store.table("stage_history"), call.params | {"filter": asked}, _field)
    names = {php.text(name) for name in php.rows(call.params.get("select"))}
    every = not names or "*" in names
    page.rows = [
        {name: value for name, value in _shown(kind.name, row).items() if every or name in names} for row in page.rows
    ]
    page.wrap = "items"
    return page


def _shown(kind: str, row: Params) -> Params:
    shown: Params = {"ID": int(row["ID"]), "TYPE_ID": int(row["TYPE_ID"]), "OWNER_ID": int(row["OWNER_ID"])}
    shown["CREATED_TIME"] = row["CREATED_TIME"]
    if kind == "deal":
        return shown | {
            "CATEGORY_ID": int(row["CATEGORY_ID"]),
            "STAGE_SEMANTIC_ID": row["STAGE_SEMANTIC_ID"],
            "STAGE_ID": row["STAGE"],
        }
    return shown | {"STATUS_SEMANTIC_ID": row["STAGE_SEMANTIC_ID"], "STATUS_ID": row["STAGE"]}


METHODS: Final[dict[str, Method]] = {"crm.stagehistory.list": _list}
