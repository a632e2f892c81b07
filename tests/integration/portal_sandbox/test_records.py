"""What a portal makes of records: values, fields of one's own, moments, stages, letters, lists."""

from typing import Any

import pytest

from tests.factories.open_portals import Open, Opened, Said


def test_what_no_field_can_hold_vanishes_in_silence(portal: Opened) -> None:
    items = [{"VALUE": "a", "XML_ID": "x"}, {"VALUE": "b", "XML_ID": "y"}]
    for name, more in (("ONE", {}), ("MANY", {"MULTIPLE": "Y"})):
        field = {"FIELD_NAME": name, "USER_TYPE_ID": "enumeration", "LIST": items} | more
        portal.call("crm.lead.userfield.add", fields=field)
    known = portal.result("crm.lead.fields")["UF_CRM_MANY"]["items"][1]["ID"]

    fields = {
        "TITLE": "t" * 300,
        "NOTHING": "x",
        "ID": 77,
        "DATE_CREATE": "2001-01-01",
        "COMMENTS": "c" * 300,
        "UF_CRM_ONE": "a",
        "UF_CRM_MANY": ["a", known],
    }
    number = portal.result("crm.lead.add", fields=fields)
    lead = portal.result("crm.lead.get", id=number)

    assert number == 1
    assert (len(lead["TITLE"]), len(lead["COMMENTS"])) == (255, 300)
    assert "NOTHING" not in lead
    assert not lead["DATE_CREATE"].startswith("2001")
    assert (lead["UF_CRM_ONE"], lead["UF_CRM_MANY"]) == ("", [known])


def test_fields_of_ones_own_have_two_names(portal: Opened) -> None:
    for name in ("2_163", "172", "ABC"):
        portal.call("crm.lead.userfield.add", fields={"FIELD_NAME": name, "USER_TYPE_ID": "integer"})
    fields = {"title": "x", "ufCrm2_163": 1, "ufCrm_172": 2, "ufCrmAbc": 3}

    item = portal.result("crm.item.add", entityTypeId=1, fields=fields)["item"]
    original = portal.result("crm.item.get", entityTypeId=1, id=1, useOriginalUfNames="Y")["item"]

    assert (item["ufCrm2_163"], item["ufCrm_172"], item["ufCrmAbc"]) == (1, 2, 3)
    assert (original["UF_CRM_2_163"], original["UF_CRM_172"], original["UF_CRM_ABC"]) == (1, 2, 3)
    assert portal.result("crm.lead.list", select=["UF_*"]) == [
        {"ID": "1", "UF_CRM_2_163": "1", "UF_CRM_172": "2", "UF_CRM_ABC": "3"}
    ]


def test_lists_of_fields_change_and_fields_go(portal: Opened) -> None:
    field = {"FIELD_NAME": "A", "USER_TYPE_ID": "enumeration", "LIST": [{"VALUE": "a"}, {"VALUE": "b"}]}
    number = portal.result("crm.lead.userfield.add", fields=field)
    first, second = (item["ID"] for item in portal.result("crm.lead.userfield.get", id=number)["LIST"])

    changes = [{"ID": first, "VALUE": "A"}, {"ID": second, "DEL": "Y"}, {"VALUE": "c", "XML_ID": "z"}]
    portal.call("crm.lead.userfield.update", id=number, fields={"LIST": changes})

    items = portal.result("crm.lead.userfield.get", id=number)["LIST"]
    assert [(item["VALUE"], item["ID"] == first) for item in items] == [("A", True), ("c", False)]
    assert portal.result("crm.lead.userfield.delete", id=number) is True
    assert "UF_CRM_A" not in portal.result("crm.lead.fields")


def test_an_item_that_is_sent_keeps_of_itself_only_what_is_sent(portal: Opened) -> None:
    items = [{"VALUE": value, "SORT": "10", "DEF": "Y", "XML_ID": f"x{value}"} for value in "abc"]
    field = {"FIELD_NAME": "A", "USER_TYPE_ID": "enumeration", "LIST": items}
    number = portal.result("crm.lead.userfield.add", fields=field)
    first, second, third = portal.result("crm.lead.userfield.get", id=number)["LIST"]

    portal.call("crm.lead.userfield.update", id=number, fields={"LIST": [{"ID": first["ID"], "VALUE": "a"}, second]})

    lost = {"SORT": "500", "DEF": "N", "XML_ID": "0cc175b9c0f1b6a831c399e269772661"}
    assert portal.result("crm.lead.userfield.get", id=number)["LIST"] == [first | lost, second, third]


def test_mandatory_fields_of_ones_own_are_checked_by_the_new_methods(portal: Opened) -> None:
    field = {"FIELD_NAME": "A", "USER_TYPE_ID": "string", "MANDATORY": "Y"}
    portal.call("crm.lead.userfield.add", fields=field)

    assert portal.error("crm.item.add", entityTypeId=1, fields={"title": "x"}) == (400, "CRM_FIELD_ERROR_REQUIRED")
    assert portal.error("crm.item.import", entityTypeId=1, fields={"title": "x"})[1] == "CRM_FIELD_ERROR_REQUIRED"
    assert portal.result("crm.lead.add", fields={"TITLE": "x"}) == 1


def test_moments_of_an_import_never_go_back(portal: Opened) -> None:
    def add(created: str, **more: str) -> Said:
        fields = {"title": "x", "createdTime": created} | more
        found = portal.result("crm.item.batchImport", entityTypeId=1, data=[fields])["items"][0]
        return found.get("error") or found["item"]["id"]

    assert add("2024-01-02T10:00:00+03:00") == 1
    assert add("2024-01-02T10:00:00+03:00") == 2
    assert add("2024-01-01T10:00:00+03:00") == "CRM_FIELD_ERROR_VALUE_NOT_VALID"
    assert add("2099-01-01T10:00:00+03:00") == "CRM_FIELD_ERROR_VALUE_NOT_VALID"
    assert add("2024-01-03", updatedTime="2024-01-02") == "CRM_FIELD_ERROR_VALUE_NOT_VALID"
    assert add("2024-01-03", movedTime="2024-01-04", updatedTime="2024-01-05") == 3
    assert add("2024-01-05", movedTime="2024-01-04") == "CRM_FIELD_ERROR_VALUE_NOT_VALID"
    assert portal.result("crm.lead.get", id=1)["DATE_CREATE"] == "2024-01-02T10:00:00+03:00"
    portal.call("crm.lead.add", fields={"TITLE": "of today"})
    assert add("2025-01-01") == "CRM_FIELD_ERROR_VALUE_NOT_VALID"


def test_contacts_take_their_moments_from_an_old_import_too(portal: Opened) -> None:
    fields = {"NAME": "A", "DATE_CREATE": "2020-05-05T00:00:00+03:00"}

    first = portal.result("crm.contact.add", fields=fields, params={"IMPORT": "Y"})
    second = portal.result("crm.contact.add", fields=fields)

    dates = [portal.result("crm.contact.get", id=number)["DATE_CREATE"][:4] for number in (first, second)]
    assert dates[0] == "2020" != dates[1]


def test_multifields_are_added_changed_and_removed(portal: Opened) -> None:
    portal.call("crm.lead.add", fields={"TITLE": "x", "PHONE": [{"VALUE": "1"}, {"VALUE": "2", "VALUE_TYPE": "HOME"}]})

    portal.call("crm.lead.update", id=1, fields={"PHONE": [{"ID": 1, "VALUE": "9"}, {"ID": 2, "DELETE": "Y"}]})
    assert [item["VALUE"] for item in portal.result("crm.lead.get", id=1)["PHONE"]] == ["9"]
    fm = {"n0": {"typeId": "EMAIL", "valueType": "WORK", "value": "a@b.c"}, "1": {"value": ""}}
    portal.call("crm.item.update", entityTypeId=1, id=1, fields={"fm": fm})
    lead = portal.result("crm.lead.get", id=1)
    assert ("PHONE" in lead, lead["EMAIL"][0]["VALUE"], lead["HAS_PHONE"]) == (False, "a@b.c", "N")
    bad = {"TITLE": "x", "EMAIL": [{"VALUE": "nothing"}]}
    assert portal.error("crm.lead.add", fields=bad) == (400, "")


def test_a_change_of_stage_is_history(portal: Opened) -> None:
    portal.call("crm.lead.add", fields={"TITLE": "x"})
    portal.call("crm.lead.update", id=1, fields={"STATUS_ID": "IN_PROCESS"})
    portal.call("crm.item.update", entityTypeId=1, id=1, fields={"stageId": "JUNK"})
    portal.call("crm.lead.update", id=1, fields={"STATUS_ID": "JUNK"})

    items = portal.result("crm.stagehistory.list", entityTypeId=1, order={"ID": "ASC"})["items"]

    assert [(item["TYPE_ID"], item["STATUS_ID"], item["STATUS_SEMANTIC_ID"]) for item in items] == [
        (1, "NEW", "P"),
        (2, "IN_PROCESS", "P"),
        (3, "JUNK", "F"),
    ]
    assert [event["EVENT"] for event in portal.judge.events()] == ["ONCRMLEADADD"] + ["ONCRMLEADUPDATE"] * 3


def test_letters_leave_when_a_completed_outgoing_activity_is_made(portal: Opened) -> None:
    portal.call("crm.lead.add", fields={"TITLE": "x"})
    letter = {
        "OWNER_TYPE_ID": 1,
        "OWNER_ID": 1,
        "TYPE_ID": 4,
        "SUBJECT": "s",
        "RESPONSIBLE_ID": 1,
        "COMMUNICATIONS": [{"VALUE": "a@b.c"}],
    }
    for direction, completed in ((1, "Y"), (2, "N"), (2, "Y")):
        portal.call("crm.activity.add", fields=letter | {"DIRECTION": direction, "COMPLETED": completed})

    assert [(said["VIA"], said["TO"]) for said in portal.judge.letters()] == [("activity", "a@b.c")]
    twice = letter | {"COMMUNICATIONS": [{"VALUE": "a@b.c"}, {"VALUE": "b@b.c"}]}
    assert portal.error("crm.activity.add", fields=twice) == (400, "")


@pytest.mark.parametrize(("robot", "letters"), [("create", 2), ("IN_PROCESS", 2), ("", 0)])
def test_a_robot_writes_unless_records_are_imported(portals: Open, robot: str, letters: int) -> None:
    portal = portals(robot=robot)
    portal.call("crm.lead.add", fields={"TITLE": "x", "ORIGIN_ID": "o1"})
    portal.call("crm.item.add", entityTypeId=1, fields={"title": "x"})
    portal.call("crm.item.import", entityTypeId=1, fields={"title": "x", "stageId": "IN_PROCESS"})
    portal.call("crm.item.batchImport", entityTypeId=1, data=[{"title": "x"}])
    for number in (1, 2):
        portal.call("crm.lead.update", id=number, fields={"STATUS_ID": "IN_PROCESS"})

    assert len(portal.judge.letters()) == letters
    asked = {"filter": {"DOCUMENT_TYPE": ["crm", "CCrmDocumentLead", "LEAD"]}, "select": ["ID", "AUTO_EXECUTE"]}
    found = portal.result("bizproc.workflow.template.list", **asked)
    assert [row["AUTO_EXECUTE"] for row in found] == {"create": ["1"], "IN_PROCESS": ["8"], "": []}[robot]


@pytest.fixture
def ten(portal: Opened) -> Opened:
    for at in range(10):
        fields = {"TITLE": f"Title {at}", "ORIGINATOR_ID": "SF", "ORIGIN_ID": f"Key{at}", "OPPORTUNITY": at * 10}
        portal.call("crm.lead.add", fields=fields)
    return portal


@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        ({"ID": 3}, [3]),
        ({"@ID": [3, 4, 99]}, [3, 4]),
        ({">ID": 8}, [9, 10]),
        ({">ID": 2, "<=ID": 4}, [3, 4]),
        ({"!ID": [1, 2, 3, 4, 5, 6, 7, 8]}, [9, 10]),
        ({"=ORIGIN_ID": "KEY3"}, [4]),
        ({"=ORIGINATOR_ID": "sf", "@ORIGIN_ID": ["key1", "Key2", "other"]}, [2, 3]),
        ({"=ORIGINATOR_ID": "other", "@ORIGIN_ID": ["key1"]}, []),
        ({"%TITLE": "LE 5"}, [6]),
        ({"!%TITLE": "Title"}, []),
        ({"=%TITLE": "%7"}, [8]),
        ({"%=TITLE": "title 8%"}, [9]),
        ({"!=%TITLE": "Title%"}, []),
        ({">=OPPORTUNITY": 80}, [9, 10]),
        ({"<OPPORTUNITY": "9.5"}, [1]),
        ({"!@STATUS_ID": ["NEW"]}, []),
        ({"NOTHING": 5, "ID": 1}, [1]),
    ],
)
def test_filters_of_the_old_methods(ten: Opened, conditions: dict[str, Any], found: list[int]) -> None:
    rows = ten.result("crm.lead.list", filter=conditions, select=["ID"], order={"ID": "ASC"})

    assert [int(row["ID"]) for row in rows] == found


def test_filters_of_the_new_methods_know_or(ten: Opened) -> None:
    either = {"logic": "OR", "0": {"=originId": "key1"}, "1": {">id": 9}}

    body = ten.call("crm.item.list", entityTypeId=1, filter={"0": either}, select=["id"])

    assert [item["id"] for item in body["result"]["items"]] == [2, 10]
    assert body["total"] == 2


def test_order(ten: Opened) -> None:
    rows = ten.result("crm.lead.list", order={"OPPORTUNITY": "DESC"}, select=["ID"])

    assert [int(row["ID"]) for row in rows] == list(range(10, 0, -1))


def test_pages(portal: Opened) -> None:
    portal.batch({f"k{at}": "crm.lead.add?fields[TITLE]=x" for at in range(50)})
    portal.batch({f"k{at}": "crm.lead.add?fields[TITLE]=x" for at in range(10)})

    first, last = portal.call("crm.lead.list"), portal.call("crm.lead.list", start=50)
    assert (len(first["result"]), first["next"], first["total"]) == (50, 50, 60)
    assert (len(last["result"]), last.get("next"), last["total"]) == (10, None, 60)
    quick = portal.call("crm.lead.list", start=-1, filter={">ID": 5}, order={"ID": "ASC"})
    assert (quick["result"][0]["ID"], len(quick["result"]), quick["total"], "next" in quick) == ("6", 50, 0, False)
    falling = portal.call("crm.lead.list", order={"ID": "DESC"}, select=["ID"])
    assert falling["result"][0] == {"ID": "60"}


def test_nothing_keeps_an_origin_from_coming_twice(portal: Opened) -> None:
    for _ in range(2):
        portal.call("crm.lead.add", fields={"TITLE": "x", "ORIGINATOR_ID": "SF", "ORIGIN_ID": "k"})

    assert portal.judge.doubles() == {("SF", "k"): 2}


def test_an_import_without_a_date_is_of_now_and_adding_takes_none(portal: Opened) -> None:
    portal.call("crm.item.batchImport", entityTypeId=1, data=[{"title": "x", "createdTime": "2024-01-02"}])

    portal.call("crm.item.batchImport", entityTypeId=1, data=[{"title": "x"}])
    portal.call("crm.item.add", entityTypeId=1, fields={"title": "x", "createdTime": "2024-01-03"})

    years = [portal.result("crm.lead.get", id=number)["DATE_CREATE"][:4] for number in (1, 2, 3)]
    assert years[0] == "2024" < years[1] == years[2]


def test_a_refused_moment_of_one_item_leaves_the_others_alone(portal: Opened) -> None:
    data = [{"title": "x", "createdTime": moment} for moment in ("2024-01-02", "2024-01-01", "2024-01-03")]

    found = portal.result("crm.item.batchImport", entityTypeId=1, data=data)["items"]

    assert [item.get("error") for item in found] == [None, "CRM_FIELD_ERROR_VALUE_NOT_VALID", None]
    assert "Created on" in found[1]["error_description"]
