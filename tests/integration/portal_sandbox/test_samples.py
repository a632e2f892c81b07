"""Every documented sample of an answer comes out in its shape: the same keys, the same types."""

from typing import Any, Final

import pytest

from tests.factories.open_portals import Open, Opened, Said

TIME: Final = {
    "start": 1.0,
    "finish": 1.3,
    "duration": 0.3,
    "processing": 0.2,
    "date_start": "2024-08-29T10:34:19+03:00",
    "date_finish": "2024-08-29T10:34:19+03:00",
    "operating_reset_at": 1705765533,
    "operating": 3.3,
}
LEAD: Final = {
    "TITLE": "First",
    "OPPORTUNITY": 15000,
    "SOURCE_ID": "CALL",
    "PHONE": [{"VALUE": "+7 900 000-00-00", "VALUE_TYPE": "WORK"}],
    "EMAIL": [{"VALUE": "a@b.c", "VALUE_TYPE": "WORK"}],
}
STATUS: Final = {
    "ID": "1",
    "ENTITY_ID": "STATUS",
    "STATUS_ID": "CONVERTED",
    "NAME": "Good lead",
    "NAME_INIT": "Good lead",
    "SORT": "40",
    "SYSTEM": "Y",
    "CATEGORY_ID": None,
    "COLOR": "",
    "SEMANTICS": "S",
    "EXTRA": {"SEMANTICS": "success", "COLOR": ""},
}
ACTIVITY: Final = {
    "OWNER_TYPE_ID": 1,
    "OWNER_ID": 1,
    "TYPE_ID": 4,
    "SUBJECT": "Answer",
    "DESCRIPTION": "text",
    "DESCRIPTION_TYPE": 1,
    "DIRECTION": 1,
    "COMPLETED": "Y",
    "RESPONSIBLE_ID": 1,
    "COMMUNICATIONS": [{"VALUE": "a@b.c", "ENTITY_ID": 1, "ENTITY_TYPE_ID": 1}],
    "ORIGINATOR_ID": "SF",
    "ORIGIN_ID": "m1",
}
SECTION: Final = {
    "name": "main",
    "title": "Main",
    "type": "section",
    "elements": [{"name": "TITLE", "optionFlags": 1}],
}

# (method, parameters, what the result looks like)
SAMPLES: Final[tuple[tuple[str, dict[str, Any], Any], ...]] = (
    ("crm.lead.add", {"fields": LEAD, "params": {"REGISTER_SONET_EVENT": "N"}}, 3465),
    ("crm.lead.update", {"id": 1, "fields": {"TITLE": "Second"}}, True),
    ("crm.lead.get", {"id": 1}, {"ID": "1", "OPPORTUNITY": "15000.00", "BIRTHDATE": "", "STATUS_SEMANTIC_ID": "P"}),
    ("crm.lead.get", {"id": 1}, {"EMAIL": [{"ID": "2", "VALUE_TYPE": "WORK", "VALUE": "a@b.c", "TYPE_ID": "EMAIL"}]}),
    ("crm.lead.list", {"select": ["ID", "TITLE"]}, [{"ID": "1", "TITLE": "First"}]),
    ("crm.lead.delete", {"id": 2}, True),
    (
        "crm.lead.fields",
        {},
        {
            "SOURCE_ID": {
                "type": "crm_status",
                "isRequired": False,
                "isReadOnly": False,
                "isImmutable": False,
                "isMultiple": False,
                "isDynamic": False,
                "title": "Source",
                "statusType": "SOURCE",
            }
        },
    ),
    (
        "crm.item.add",
        {"entityTypeId": 1, "fields": {"title": "x"}},
        {"item": {"id": 3, "title": "x", "stageId": "NEW"}},
    ),
    ("crm.item.import", {"entityTypeId": 1, "fields": {"title": "x"}}, {"item": {"id": 4}}),
    ("crm.item.batchImport", {"entityTypeId": 1, "data": [{"title": "x"}]}, {"items": [{"item": {"id": 15}}]}),
    (
        "crm.item.batchImport",
        {"entityTypeId": 4, "data": [{"comments": "no title"}]},
        {"items": [{"error": "CRM_FIELD_ERROR_REQUIRED", "error_description": "text"}]},
    ),
    (
        "crm.item.list",
        {"entityTypeId": 1, "select": ["*"], "filter": {"id": 1}},
        {
            "items": [
                {"id": 1, "opportunity": 1.5, "fm": [{"id": 1, "typeId": "PHONE", "valueType": "WORK", "value": "1"}]}
            ]
        },
    ),
    ("crm.item.get", {"entityTypeId": 1, "id": 1}, {"item": {"id": 1, "createdTime": "2024-01-01T00:00:00+03:00"}}),
    ("crm.item.fields", {"entityTypeId": 1}, {"fields": {"stageId": {"type": "crm_status", "title": "Stage"}}}),
    ("crm.status.list", {"filter": {"ENTITY_ID": "STATUS", "STATUS_ID": "CONVERTED"}}, [STATUS]),
    ("crm.status.add", {"fields": {"ENTITY_ID": "STATUS", "STATUS_ID": "WAIT-1", "NAME": "Waiting"}}, 40),
    ("crm.activity.add", {"fields": ACTIVITY}, 5),
    ("crm.activity.list", {"filter": {"ORIGINATOR_ID": "SF"}}, [{"ID": "1", "OWNER_ID": "1", "SUBJECT": "Answer"}]),
    ("crm.timeline.comment.add", {"fields": {"ENTITY_ID": 1, "ENTITY_TYPE": "lead", "COMMENT": "text"}}, 7),
    (
        "crm.timeline.comment.list",
        {"filter": {"ENTITY_ID": 1, "ENTITY_TYPE": "lead"}},
        [{"ID": "1", "ENTITY_ID": "1", "ENTITY_TYPE": "lead", "CREATED": "", "COMMENT": "text", "AUTHOR_ID": "1"}],
    ),
    (
        "crm.stagehistory.list",
        {"entityTypeId": 1, "filter": {"OWNER_ID": 1}},
        {
            "items": [
                {
                    "ID": 1,
                    "TYPE_ID": 1,
                    "OWNER_ID": 21,
                    "CREATED_TIME": "",
                    "STATUS_SEMANTIC_ID": "P",
                    "STATUS_ID": "NEW",
                }
            ]
        },
    ),
    (
        "tasks.task.add",
        {"fields": {"TITLE": "Call", "RESPONSIBLE_ID": 1, "UF_CRM_TASK": ["L_1"], "DEADLINE": "2026-01-01"}},
        {"task": {"id": "3711", "title": "Call"}},
    ),
    ("tasks.task.list", {}, {"tasks": [{"id": "1", "title": "Call", "ufCrmTask": ["L_1"]}]}),
    (
        "crm.item.productrow.add",
        {
            "fields": {
                "ownerId": 1,
                "ownerType": "L",
                "productName": "A",
                "price": 10,
                "quantity": 2,
                "measureCode": 796,
            }
        },
        {"productRow": {"id": 1, "ownerId": 1, "ownerType": "L", "productName": "A", "price": 10.0, "quantity": 2.0}},
    ),
    ("crm.duplicate.findbycomm", {"type": "EMAIL", "values": ["A@B.C"]}, {"LEAD": [275]}),
    ("crm.duplicate.findbycomm", {"type": "PHONE", "values": ["79000000000"], "entity_type": "LEAD"}, {"LEAD": [1]}),
    ("crm.duplicate.findbycomm", {"type": "EMAIL", "values": ["no@b.c"]}, []),
    ("crm.item.details.configuration.set", {"entityTypeId": 1, "scope": "C", "data": [SECTION]}, True),
    ("crm.item.details.configuration.get", {"entityTypeId": 1, "scope": "C"}, [SECTION]),
    (
        "crm.lead.userfield.add",
        {"fields": {"FIELD_NAME": "A_1", "USER_TYPE_ID": "enumeration", "LIST": [{"VALUE": "a", "XML_ID": "x"}]}},
        6997,
    ),
    (
        "crm.lead.userfield.list",
        {"filter": {"FIELD_NAME": "UF_CRM_A_1"}},
        [
            {
                "ID": "1",
                "ENTITY_ID": "CRM_LEAD",
                "FIELD_NAME": "UF_CRM_A_1",
                "USER_TYPE_ID": "enumeration",
                "LIST": [{"ID": "1", "SORT": "1", "VALUE": "a", "DEF": "N", "XML_ID": "x"}],
            }
        ],
    ),
    (
        "profile",
        {},
        {"ID": "1", "ADMIN": True, "NAME": "User", "LAST_NAME": "1", "PERSONAL_GENDER": "", "TIME_ZONE": ""},
    ),
    ("server.time", {}, "2024-01-01T00:00:00+03:00"),
    ("scope", {}, ["crm"]),
    ("methods", {}, ["crm.lead.add"]),
    ("method.get", {"name": "crm.lead.add"}, {"isExisting": True, "isAvailable": True}),
    ("app.info", {}, {"STATUS": "L", "SCOPE": ["crm"]}),
    ("user.get", {"ID": 1}, [{"ID": "1", "ACTIVE": True, "NAME": "User"}]),
    ("user.search", {"FILTER": {"FIND": "user 2"}}, [{"ID": "2"}]),
)


def differences(sample: Said, answer: Said, place: str = "result") -> list[str]:
    if type(sample) is not type(answer):
        return [f"{place}: {type(sample).__name__} expected, not {answer!r}"]
    if isinstance(sample, dict):
        missing = [f"{place}.{key} is missing" for key in sample if key not in answer]
        shared = [key for key in sample if key in answer]
        return missing + [each for key in shared for each in differences(sample[key], answer[key], f"{place}.{key}")]
    if isinstance(sample, list) and sample:
        return differences(sample[0], answer[0], f"{place}[0]") if answer else [f"{place} is empty"]
    return [] if answer or not sample else [f"{place}: {answer!r} says nothing"]


def test_every_documented_sample_has_its_shape(portal: Opened) -> None:
    found = []
    for method, params, sample in SAMPLES:
        if method == "crm.lead.delete":
            portal.call("crm.lead.add", fields=LEAD)
        body = portal.call(method, **params)
        found += differences({"result": sample, "time": TIME}, body, method)

    assert found == []


@pytest.mark.parametrize(
    ("method", "params", "status", "body"),
    [
        ("crm.lead.get", {"id": 5}, 400, {"error": "", "error_description": "Not found"}),
        ("crm.lead.update", {"id": "a"}, 400, {"error": "", "error_description": "ID is not defined or invalid."}),
        ("crm.stagehistory.list", {"entityTypeId": 3}, 400, {"error": 0}),
        ("crm.lead.add", {"fields": "text"}, 400, {"error": "100"}),
        ("crm.item.get", {"entityTypeId": 1, "id": 5}, 400, {"error": "NOT_FOUND"}),
        ("crm.item.add", {"entityTypeId": 4, "fields": {"comments": "x"}}, 400, {"error": "CRM_FIELD_ERROR_REQUIRED"}),
        (
            "crm.item.add",
            {"entityTypeId": 1, "fields": {"title": "x", "stageId": "NONE"}},
            400,
            {"error": "CRM_FIELD_ERROR_VALUE_NOT_VALID"},
        ),
        (
            "crm.item.list",
            {"entityTypeId": 1, "filter": {"%nothing": 1}},
            400,
            {
                "error": "INVALID_ARG_VALUE",
                "error_description": "Invalid filter: field 'nothing' is not allowed in filter",
            },
        ),
        (
            "crm.item.batchImport",
            {"entityTypeId": 1, "data": [{"title": "x"}] * 21},
            400,
            {"error": "MAX_IMPORT_BATCH_SIZE_EXCEEDED"},
        ),
        (
            "crm.timeline.comment.add",
            {"fields": {"ENTITY_ID": 5, "ENTITY_TYPE": "lead", "COMMENT": "x"}},
            400,
            {"error": "OWNER_NOT_FOUND"},
        ),
        ("crm.timeline.comment.add", {"FIELDS": {"ENTITY_ID": 5}}, 400, {"error": "100"}),
        ("crm.timeline.comment.get", {"id": 5}, 400, {"error": "NOT_FOUND"}),
        ("crm.lead.userfield.add", {"fields": {"USER_TYPE_ID": "string"}}, 400, {"error": ""}),
        (
            "crm.lead.userfield.add",
            {"fields": {"FIELD_NAME": "A", "USER_TYPE_ID": "nothing"}},
            400,
            {"error": "ERROR_CORE"},
        ),
        ("crm.unknown", {}, 404, {"error": "ERROR_METHOD_NOT_FOUND", "error_description": "Method not found!"}),
        (
            "event.bind",
            {"event": "ONCRMLEADADD"},
            403,
            {"error": "WRONG_AUTH_TYPE", "error_description": "Application context required"},
        ),
        ("placement.bind", {}, 403, {"error": "WRONG_AUTH_TYPE"}),
    ],
)
def test_documented_refusals(portal: Opened, method: str, params: dict[str, Any], status: int, body: Said) -> None:
    answer = portal.http.post(method, json=params)

    assert answer.status_code == status
    assert answer.json().items() >= body.items()
    assert set(answer.json()) == {"error", "error_description"}


def test_a_scope_that_is_missing(portals: Open) -> None:
    assert portals(scopes=("task",)).error("crm.lead.list") == (403, "insufficient_scope")


def test_employees_come_in_pages(portals: Open) -> None:
    portal = portals(users=60)

    first, last = portal.call("user.get"), portal.call("user.get", start=50)

    assert (len(first["result"]), first["next"], len(last["result"]), last["total"]) == (50, 50, 10, 60)
    assert portal.result("user.get", filter={"EMAIL": "User7@example.org"})[0]["ID"] == "7"
    assert [user["ID"] for user in portal.result("user.get", ACTIVE=False)] == ["60"]


def test_who_is_no_administrator(portals: Open) -> None:
    portal = portals(administrator=False)

    assert portal.result("profile")["ADMIN"] is False
    field = {"FIELD_NAME": "A", "USER_TYPE_ID": "string"}
    assert portal.http.post("crm.lead.userfield.add", json={"fields": field}).json() == {
        "error": "",
        "error_description": "Access denied.",
    }
    dated = {"title": "x", "createdTime": "2024-01-01"}
    found = portal.result("crm.item.batchImport", entityTypeId=1, data=[dated, {"title": "x"}])["items"]
    assert [item.get("error") for item in found] == ["CRM_FIELD_ERROR_VALUE_NOT_VALID", None]
