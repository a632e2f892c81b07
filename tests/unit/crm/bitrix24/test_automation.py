"""What would start by itself, out of what a portal tells."""

import pytest

from caseline.crm.bitrix24 import automation
from caseline.crm.bitrix24.automation import Automation


def told(at: int | str, *, entity: str = "CCrmDocumentLead", **more: str | None) -> Automation:
    return automation.read([{"NAME": "Letter", "ENTITY": entity, "AUTO_EXECUTE": at, **more}])


@pytest.mark.parametrize(("at", "creation", "change"), [("1", 1, 0), ("2", 0, 1), (3, 1, 1), (0, 0, 0), (4, 0, 0)])
def test_workflows_start_when_records_are_made_or_changed(at: int | str, creation: int, change: int) -> None:
    found = told(at)

    assert (len(found.of_creation("request")), len(found.of_change("request"))) == (creation, change)


def test_a_robot_waits_in_its_stage_only() -> None:
    found = told("8", DOCUMENT_STATUS="JUNK")

    assert found.of_change("request", "JUNK")
    assert found.of_creation("request", {"NEW", "JUNK"})
    assert not found.of_change("request", "NEW")
    assert not found.of_change("request")


def test_a_robot_whose_stage_nobody_tells_may_wait_in_any() -> None:
    assert told("8").of_change("request", "NEW")


@pytest.mark.parametrize("more", [{"ACTIVE": "N"}, {"entity": "CCrmDocumentDeal"}])
def test_what_is_switched_off_or_of_other_records_starts_nothing(more: dict[str, str]) -> None:
    assert told("1", **more).of_creation("request") == []


def test_of_contacts_nothing_is_said_of_leads() -> None:
    found = told("1", entity="CCrmDocumentContact")

    assert (len(found.of_creation("contact")), len(found.of_creation("request"))) == (1, 0)


def test_where_nobody_can_tell_there_is_an_objection() -> None:
    assert "tick bizproc" in automation.objection([], "insufficient_scope")
    assert automation.objection([], "") == ""
