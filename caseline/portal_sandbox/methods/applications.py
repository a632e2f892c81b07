"""app.info, event.*, placement.*: what applications do, webhooks may not."""

from typing import Final

from caseline.portal_sandbox import php
from caseline.portal_sandbox.call import Call, Method
from caseline.portal_sandbox.php import Params
from caseline.portal_sandbox.refusals import Refusal
from caseline.portal_sandbox.store import Table

EVENTS: Final = tuple(
    f"ONCRM{kind}{happened}" for kind in ("LEAD", "CONTACT", "COMPANY") for happened in ("ADD", "UPDATE", "DELETE")
)
_PLACEMENTS: Final = ("CRM_CONTACT_DETAIL_TAB", "CRM_COMPANY_DETAIL_TAB", "CRM_LEAD_DETAIL_TAB", "CRM_DEAL_DETAIL_TAB")


def _info(call: Call) -> Params:
    return {
        "ID": 1,
        "CODE": call.caller.key,
        "VERSION": 1,
        "STATUS": "L",
        "INSTALLED": True,
        "PAYMENT_EXPIRED": "N",
        "DAYS": None,
        "LANGUAGE_ID": "en",
        "LICENSE": "en_sandbox",
        "SCOPE": sorted(call.caller.scopes),
    }


def _handlers(call: Call) -> Table:
    return call.portal.store.table("handler")


def _bind(call: Call) -> bool:
    event, handler = php.text(call.params.get("event")).upper(), php.text(call.params.get("handler"))
    if event not in EVENTS:
        raise Refusal("ERROR_EVENT_NOT_FOUND", "Event not found")
    if not handler:
        raise Refusal("ERROR_ARGUMENT", "Argument 'handler' is null or empty")
    if any((row["EVENT"], row["HANDLER"]) == (event, handler) for row in _handlers(call).rows.values()):
        raise Refusal("ERROR_CORE", "Handler already binded")
    _handlers(call).add(
        {"EVENT": event, "HANDLER": handler, "AUTH_TYPE": php.text(call.params.get("auth_type")) or "0"}
    )
    return True


def _unbind(call: Call) -> Params:
    event, handler = php.text(call.params.get("event")).upper(), php.text(call.params.get("handler"))
    gone = [
        number
        for number, row in _handlers(call).rows.items()
        if row["EVENT"] == event and handler in {"", row["HANDLER"]}
    ]
    for number in gone:
        _handlers(call).remove(number)
    return {"count": len(gone)}


def _bound(call: Call) -> list[Params]:
    return [
        {"event": row["EVENT"], "handler": row["HANDLER"], "auth_type": row["AUTH_TYPE"], "offline": 0}
        for row in _handlers(call).rows.values()
    ]


def _places(call: Call) -> Table:
    return call.portal.store.table("placement")


def _place(call: Call) -> bool:
    if not call.caller.administrator:
        raise Refusal("ACCESS_DENIED", "Access denied!", 403)
    placement, handler = php.text(call.params.get("placement")).upper(), php.text(call.params.get("handler"))
    if placement not in _PLACEMENTS:
        raise Refusal("ERROR_PLACEMENT_NOT_FOUND", "Placement not found")
    if not handler:
        raise Refusal("ERROR_ARGUMENT", "Argument 'HANDLER' is null or empty")
    if any((row["PLACEMENT"], row["HANDLER"]) == (placement, handler) for row in _places(call).rows.values()):
        raise Refusal("ERROR_PLACEMENT_HANDLER_EXISTS", "Handler already binded")
    title = php.text(call.params.get("title"))
    languages = php.mapping(call.params.get("lang_all"))
    _places(call).add({"PLACEMENT": placement, "HANDLER": handler, "TITLE": title, "LANG_ALL": languages})
    return True


def _displace(call: Call) -> Params:
    placement, handler = php.text(call.params.get("placement")).upper(), php.text(call.params.get("handler"))
    gone = [
        number
        for number, row in _places(call).rows.items()
        if row["PLACEMENT"] == placement and handler in {"", row["HANDLER"]}
    ]
    for number in gone:
        _places(call).remove(number)
    return {"count": len(gone)}


def _placed(call: Call) -> list[Params]:
    return [
        {
            "placement": row["PLACEMENT"],
            "handler": row["HANDLER"],
            "title": row["TITLE"],
            "description": "",
            "langAll": row["LANG_ALL"] or [],
            "options": [],
        }
        for row in _places(call).rows.values()
    ]


METHODS: Final[dict[str, Method]] = {
    "app.info": _info,
    "event.bind": _bind,
    "event.unbind": _unbind,
    "event.get": _bound,
    "placement.bind": _place,
    "placement.unbind": _displace,
    "placement.get": _placed,
}
