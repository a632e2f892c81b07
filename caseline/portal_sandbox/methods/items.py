"""crm.item.*: the methods for all kinds of records, which answer in types."""

from typing import Final

from caseline.portal_sandbox import catalogue, listing, multifields, php, records
from caseline.portal_sandbox.call import Call, Method
from caseline.portal_sandbox.catalogue import Kind
from caseline.portal_sandbox.fields import Field
from caseline.portal_sandbox.listing import Page
from caseline.portal_sandbox.methods.classic import described
from caseline.portal_sandbox.php import Params
from caseline.portal_sandbox.refusals import Refusal

LARGEST_IMPORT: Final = 20


def _kind(call: Call) -> Kind:
    kind = catalogue.BY_NUMBER.get(php.number(call.params.get("entitytypeid")))
    if kind is None:
        raise Refusal("NOT_FOUND", "Smart process not found")
    return kind


def _original(call: Call) -> bool:
    return php.text(call.params.get("useoriginalufnames")).upper() == "Y"


def _name(field: Field, *, original: bool) -> str:
    return field.name if original and field.dynamic else field.item_name


def _shown(call: Call, kind: Kind, number: int, names: set[str] | None = None) -> Params:
    row = call.portal.table(kind).rows[number]
    original = _original(call)
    shown: Params = {}
    for field in call.portal.schema(kind).fields.values():
        if field.type != "crm_multifield":
            name = _name(field, original=original)
            if names is None or name in names or (field.dynamic and field.name in names):
                shown[name] = field.typed(row.get(field.name))
    if names is None:
        shown["entityTypeId"] = kind.number
        if kind.name != "deal":
            shown["fm"] = multifields.shown_items(row)
    return shown


def _found(call: Call, kind: Kind) -> int:
    if call.id not in call.portal.table(kind).rows:
        raise Refusal("NOT_FOUND", "Element not found")
    return call.id


def _add(call: Call) -> Params:
    kind = _kind(call)
    number = records.create(call, kind, call.array("fields"), records.ITEM)
    return {"item": _shown(call, kind, number)}


def _import(call: Call) -> Params:
    number = records.create(call, _kind(call), call.array("fields"), records.ITEM_IMPORT)
    return {"item": {"id": number}}


def _batch_import(call: Call) -> Params:
    kind = _kind(call)
    data = php.rows(call.array("data"))
    if len(data) > LARGEST_IMPORT:
        raise Refusal("MAX_IMPORT_BATCH_SIZE_EXCEEDED", f"At most {LARGEST_IMPORT} items can be imported at once")
    return {"items": [_imported(call, kind, php.mapping(each)) for each in data]}


def _imported(call: Call, kind: Kind, given: Params) -> Params:
    try:
        return {"item": {"id": records.create(call, kind, given, records.ITEM_IMPORT)}}
    except Refusal as refusal:
        return refusal.body


def _update(call: Call) -> Params:
    kind = _kind(call)
    number = _found(call, kind)
    records.change(call, kind, number, call.array("fields"), records.ITEM)
    return {"item": _shown(call, kind, number)}


def _delete(call: Call) -> list[object]:
    kind = _kind(call)
    records.remove(call.portal, kind, _found(call, kind))
    return []


def _get(call: Call) -> Params:
    kind = _kind(call)
    return {"item": _shown(call, kind, _found(call, kind))}


def _list(call: Call) -> Page:
    kind = _kind(call)
    schema = call.portal.schema(kind)
    page = listing.page(call.portal.table(kind), call.params, schema.named, strict=True)
    asked = {php.text(name) for name in php.rows(call.params.get("select"))} or {"*"}
    names = None if "*" in asked else asked | {"id"}
    page.rows = [_shown(call, kind, int(row["ID"]), names) for row in page.rows]
    page.wrap = "items"
    return page


def _fields(call: Call) -> Params:
    schema = call.portal.schema(_kind(call))
    original = _original(call)
    return {
        "fields": {
            _name(field, original=original): described(field) | {"upperName": field.name}
            for field in schema.fields.values()
            if field.type != "crm_multifield"
        }
    }


METHODS: Final[dict[str, Method]] = {
    "crm.item.add": _add,
    "crm.item.import": _import,
    "crm.item.batchimport": _batch_import,
    "crm.item.update": _update,
    "crm.item.delete": _delete,
    "crm.item.get": _get,
    "crm.item.list": _list,
    "crm.item.fields": _fields,
}
