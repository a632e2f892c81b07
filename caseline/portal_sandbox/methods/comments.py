"""crm.timeline.comment.*: what people write into the timeline of a record."""

from typing import Final

from caseline.portal_sandbox import catalogue, listing, php
from caseline.portal_sandbox.call import Call, Method
from caseline.portal_sandbox.fields import schema
from caseline.portal_sandbox.php import Params
from caseline.portal_sandbox.refusals import Refusal
from caseline.portal_sandbox.store import Table

_SCHEMA: Final = schema("""
ID integer ro
ENTITY_ID integer
ENTITY_TYPE string
CREATED datetime ro
AUTHOR_ID user ro
COMMENT text
""")


def _table(call: Call) -> Table:
    return call.portal.store.table("comment")


def _text(fields: Params) -> str:
    if not (said := php.text(fields.get("COMMENT"))):
        raise Refusal("INVALID_ARG_VALUE", "Comment is empty")
    return said


def _add(call: Call) -> int:
    fields = call.array("fields")
    kind = catalogue.BY_NAME.get(php.text(fields.get("ENTITY_TYPE")).lower())
    owner = php.number(fields.get("ENTITY_ID"))
    if kind is None or owner not in call.portal.table(kind).rows:
        raise Refusal("OWNER_NOT_FOUND", "Owner was not found")
    files = [php.text(next(iter(php.rows(each)), "")) for each in php.rows(fields.get("FILES"))]
    return _table(call).add(
        {
            "ENTITY_ID": str(owner),
            "ENTITY_TYPE": kind.name,
            "CREATED": call.portal.now(),
            "AUTHOR_ID": str(call.caller.user),
            "COMMENT": _text(fields),
            "FILES": files,
        }
    )


def _found(call: Call) -> Params:
    if (row := _table(call).rows.get(call.id)) is None:
        raise Refusal("NOT_FOUND", "Comment was not found")
    return row


def _shown(row: Params) -> Params:
    files = {str(at): {"id": at, "name": name} for at, name in enumerate(row.get("FILES", ()), 1)}
    return {name: row[name] for name in _SCHEMA.fields} | ({"FILES": files} if files else {})


def _get(call: Call) -> Params:
    return _shown(_found(call))


def _list(call: Call) -> listing.Page:
    conditions = {name.lstrip("=@"): value for name, value in php.mapping(call.params.get("filter")).items()}
    if not conditions.get("ENTITY_ID") or not conditions.get("ENTITY_TYPE"):
        raise Refusal("100", "Filter by ENTITY_ID and ENTITY_TYPE is required")
    page = listing.page(_table(call), call.params, _SCHEMA.fields.get)
    asked = {php.text(name) for name in php.rows(call.params.get("select"))}
    page.rows = [
        {name: value for name, value in _shown(row).items() if not asked or name in asked | {"ID"}} for row in page.rows
    ]
    return page


def _update(call: Call) -> bool:
    _found(call)
    _table(call).change(call.id, {"COMMENT": _text(call.array("fields"))})
    return True


def _delete(call: Call) -> bool:
    _found(call)
    _table(call).remove(call.id)
    return True


METHODS: Final[dict[str, Method]] = {
    "crm.timeline.comment.add": _add,
    "crm.timeline.comment.get": _get,
    "crm.timeline.comment.list": _list,
    "crm.timeline.comment.update": _update,
    "crm.timeline.comment.delete": _delete,
}
