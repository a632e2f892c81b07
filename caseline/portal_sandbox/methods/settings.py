"""crm.item.details.configuration.* and the robots: how records look, and what happens to them by itself."""

from typing import Final

from caseline.portal_sandbox import php
from caseline.portal_sandbox.call import Call, Method
from caseline.portal_sandbox.listing import Page
from caseline.portal_sandbox.php import Params, Value
from caseline.portal_sandbox.refusals import Refusal

_STARTS: Final = {"create": "1", "change": "2"}
_ROBOT: Final = "8"


def _place(call: Call) -> str:
    number = php.number(call.params.get("entitytypeid"))
    extras = php.mapping(call.params.get("extras"))
    variant = php.text(extras.get("leadCustomerType") or extras.get("dealCategoryId") or extras.get("categoryId"))
    common = php.text(call.params.get("scope")).upper() == "C"
    user = "common" if common else php.text(call.params.get("userid")) or str(call.caller.user)
    return f"configuration:{number}:{variant}:{user}"


def _get(call: Call) -> Value:
    return call.portal.store.noted(_place(call))


def _set(call: Call) -> bool:
    if php.text(call.params.get("scope")).upper() == "C" and not call.caller.administrator:
        raise Refusal("ACCESS_DENIED", "Access denied.", 403)
    sections = [php.mapping(each) for each in php.rows(call.array("data"))]
    for each in sections:
        if not (each.get("name") and each.get("title") and each.get("type") == "section"):
            raise Refusal("100", "Every section needs name, title and type")
    call.portal.store.note(_place(call), sections)
    return True


def _templates(call: Call) -> Page:
    """[assumed] A robot is a template that starts by itself, with the stage that it waits in; so it can be found."""
    found = _robots(call.portal.options.robot)
    given = php.mapping(call.params.get("filter"))
    wanted = {key.lstrip("=@").upper(): value for key, value in given.items()}
    kind = [php.text(part) for part in php.rows(wanted.get("DOCUMENT_TYPE"))]
    if kind:
        found = [row for row in found if row["DOCUMENT_TYPE"] == kind]
    if "AUTO_EXECUTE" in wanted:
        found = [row for row in found if row["AUTO_EXECUTE"] == php.text(wanted["AUTO_EXECUTE"])]
    names = {php.text(name) for name in php.rows(call.params.get("select"))} or {"ID", "NAME"}
    return Page([{name: row[name] for name in row if "*" in names or name in names} for row in found], len(found))


def _robots(robot: str) -> list[Params]:
    if not robot:
        return []
    return [
        {
            "ID": "1",
            "MODULE_ID": "crm",
            "ENTITY": "CCrmDocumentLead",
            "DOCUMENT_TYPE": ["crm", "CCrmDocumentLead", "LEAD"],
            "DOCUMENT_STATUS": None if robot in _STARTS else robot,
            "AUTO_EXECUTE": _STARTS.get(robot, _ROBOT),
            "NAME": "Letter to the client",
            "DESCRIPTION": "",
            "ACTIVE": "Y",
            "IS_SYSTEM": "N",
            "SYSTEM_CODE": "bitrix_bizproc_automation",
            "USER_ID": "1",
            "TEMPLATE": [{"Type": "CrmSendEmailActivity", "Name": "A1", "Activated": "Y", "Properties": []}],
        }
    ]


def _own_robots(_call: Call) -> list[str]:
    """Codes of the robots that the application has registered: none."""
    return []


METHODS: Final[dict[str, Method]] = {
    "crm.item.details.configuration.get": _get,
    "crm.item.details.configuration.set": _set,
    "bizproc.workflow.template.list": _templates,
    "bizproc.robot.list": _own_robots,
}
