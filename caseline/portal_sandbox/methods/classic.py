"""crm.lead.*, crm.contact.*, crm.company.*, crm.deal.*: the old methods, which answer in texts."""

from functools import partial
from typing import Final

from caseline.portal_sandbox import catalogue, listing, php, records
from caseline.portal_sandbox.call import Call, Method
from caseline.portal_sandbox.catalogue import Kind
from caseline.portal_sandbox.fields import MULTIFIELDS, Field
from caseline.portal_sandbox.listing import Page
from caseline.portal_sandbox.php import Params, Value
from caseline.portal_sandbox.portal import Portal
from caseline.portal_sandbox.refusals import not_found, old


def _add(kind: Kind, call: Call) -> int:
    fields = call.array("fields")
    settings = {key.upper(): value for key, value in php.mapping(call.params.get("params")).items()}
    imported = kind.stage == "" and php.text(settings.get("IMPORT")).upper() == "Y"
    way = records.CLASSIC_IMPORT if imported else records.CLASSIC
    return records.create(call, kind, fields, way)


def _found(kind: Kind, call: Call) -> int:
    if call.id <= 0:
        raise old("ID is not defined or invalid.")
    if call.id not in call.portal.table(kind).rows:
        raise not_found()
    return call.id


def _update(kind: Kind, call: Call) -> bool:
    number = _found(kind, call)
    records.change(call, kind, number, call.array("fields"), records.CLASSIC)
    return True


def _delete(kind: Kind, call: Call) -> bool:
    records.remove(call.portal, kind, _found(kind, call))
    return True


def _get(kind: Kind, call: Call) -> Params:
    return records.classic(call.portal, kind, call.portal.table(kind).rows[_found(kind, call)])


def _list(kind: Kind, call: Call) -> Page:
    portal = call.portal
    page = listing.page(portal.table(kind), call.params, portal.schema(kind).fields.get)
    names = _selected(portal, kind, call.params.get("select"))
    page.rows = [_cut(records.classic(portal, kind, row), names) for row in page.rows]
    return page


def _selected(portal: Portal, kind: Kind, select: Value) -> set[str]:
    asked = {php.text(name) for name in php.rows(select)} or {"*"}
    fields = portal.schema(kind).fields
    if "*" in asked:
        asked |= {name for name, field in fields.items() if not field.dynamic and name not in MULTIFIELDS}
    if "UF_*" in asked:
        asked |= {name for name, field in fields.items() if field.dynamic}
    return asked | {"ID"}


def _cut(row: Params, names: set[str]) -> Params:
    return {name: value for name, value in row.items() if name in names}


def _fields(kind: Kind, call: Call) -> Params:
    return {name: described(field) for name, field in call.portal.schema(kind).fields.items()}


def described(field: Field) -> Params:
    """A field as crm.*.fields describes it."""
    said: Params = {
        "type": "string" if field.type == "text" else field.type,
        "isRequired": field.required,
        "isReadOnly": field.read_only,
        "isImmutable": False,
        "isMultiple": field.multiple,
        "isDynamic": field.dynamic,
        "title": field.name if field.dynamic else field.title,
    }
    if field.status_type:
        said["statusType"] = field.status_type
    if field.type == "enumeration":
        said["items"] = [{"ID": number, "VALUE": word} for number, word in field.items]
    if field.dynamic:
        said |= {"listLabel": field.title, "formLabel": field.title, "filterLabel": field.title}
    return said


_ACTIONS: Final = {"add": _add, "update": _update, "delete": _delete, "get": _get, "list": _list, "fields": _fields}
METHODS: Final[dict[str, Method]] = {
    f"crm.{kind.name}.{action}": partial(method, kind)
    for kind in catalogue.KINDS
    for action, method in _ACTIONS.items()
}
