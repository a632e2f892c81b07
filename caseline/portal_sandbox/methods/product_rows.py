"""crm.item.productrow.*: what a lead or a deal is about, with prices."""

from typing import Final

from caseline.portal_sandbox import listing, php
from caseline.portal_sandbox.call import Call, Method
from caseline.portal_sandbox.catalogue import KINDS, Kind
from caseline.portal_sandbox.fields import Field, schema
from caseline.portal_sandbox.php import Params
from caseline.portal_sandbox.refusals import Refusal
from caseline.portal_sandbox.store import Table

_SCHEMA: Final = schema("""
ID integer ro
OWNER_ID integer
OWNER_TYPE string
PRODUCT_ID integer
PRODUCT_NAME string
PRICE double
QUANTITY double
TAX_RATE double
MEASURE_CODE integer
SORT integer
""")


def _table(call: Call) -> Table:
    return call.portal.store.table("product_row")


def _owner(call: Call, given: Params) -> tuple[Kind, int]:
    short, number = php.text(given.get("ownerType")), php.number(given.get("ownerId"))
    kind = next((kind for kind in KINDS if kind.short == short and kind.stage), None)
    if kind is None or number not in call.portal.table(kind).rows:
        raise Refusal("OWNER_NOT_FOUND", "Owner was not found")
    return kind, number


def _kept(given: Params) -> Params:
    named = {name: _SCHEMA.by_item.get(name) for name in given}
    row: Params = {
        field.name: field.read(given[name])
        for name, field in named.items()
        if field is not None and not field.read_only
    }
    if not row.get("PRODUCT_ID") and not row.get("PRODUCT_NAME"):
        raise Refusal("100", "productId or productName is required")
    return {"PRODUCT_ID": "0", "PRICE": "0.00", "QUANTITY": "1.00", "MEASURE_CODE": "796"} | row


def _shown(row: Params) -> Params:
    return {field.item_name: field.typed(row.get(field.name)) for field in _SCHEMA.fields.values()}


def _find(name: str) -> Field | None:
    return _SCHEMA.by_item.get(name)


def _add(call: Call) -> Params:
    given = call.array("fields")
    _owner(call, given)
    row = _kept(given)
    _table(call).add(row)
    return {"productRow": _shown(row)}


def _set(call: Call) -> Params:
    kind, number = _owner(
        call, call.params | {"ownerType": call.params.get("ownertype"), "ownerId": call.params.get("ownerid")}
    )
    table = _table(call)
    kept = [_kept(php.mapping(each)) for each in php.rows(call.array("productrows"))]
    owner = {"OWNER_ID": str(number), "OWNER_TYPE": kind.short}
    for old in [row for row in table.rows.values() if owner.items() <= row.items()]:
        table.remove(int(old["ID"]))
    for row in kept:
        row.update(owner)
        table.add(row)
    return {"productRows": [_shown(row) for row in kept]}


def _list(call: Call) -> listing.Page:
    page = listing.page(_table(call), call.params, _find, strict=True)
    page.rows = [_shown(row) for row in page.rows]
    page.wrap = "productRows"
    return page


METHODS: Final[dict[str, Method]] = {
    "crm.item.productrow.add": _add,
    "crm.item.productrow.set": _set,
    "crm.item.productrow.list": _list,
}
