"""Which losses are looked for, and which fields are made how."""

from caseline.crm import findings
from caseline.crm.bitrix24 import losses, making, places
from caseline.crm.findings import Level
from caseline.crm.losing_rules import Probe


def probed(entity: str) -> set[tuple[str, Probe]]:
    placed = places.core(entity) if entity in places.TYPE_IDS else ()
    return {(rule.field, rule.probe) for rule in losses.of(entity, placed)}


def test_every_short_field_of_the_portal_is_looked_at() -> None:
    assert {("subject", Probe.LETTERS), ("description", Probe.BYTES)} <= probed("request")
    assert {("name", Probe.NAME), ("email", Probe.MAIL), ("phone", Probe.LETTERS)} <= probed("contact")


def test_messages_lose_what_a_comment_cannot_hold() -> None:
    assert probed("message") == {
        *(("text", Probe.BYTES), ("html", Probe.FILLED), ("mail_id", Probe.FILLED)),
        *(("thread_id", Probe.FILLED), ("extra", Probe.FILLED)),
    }


def test_every_loss_has_a_remedy() -> None:
    rules = [rule for entity in (*places.TYPE_IDS, "message") for rule in losses.of(entity, places.core("request"))]

    assert all(rule.text and rule.remedy for rule in rules)


def test_a_list_is_made_with_its_items_and_labels_in_both_languages() -> None:
    place = next(one for one in places.core("request") if one.field == "priority")

    fields = making.field("request", place.portal, place, "enumeration", {"Low", "High"}).params["fields"]

    assert [item["VALUE"] for item in fields["LIST"]] == ["High", "Low"]
    assert fields["EDIT_FORM_LABEL"] == {"en": "Priority", "ru": "Приоритет"}
    assert len({item["XML_ID"] for item in fields["LIST"]}) == 2


def test_the_gravest_finding_counts() -> None:
    fine, grave = findings.ok("a", "b"), findings.error("a", "b", "c")

    assert (findings.worst([]), findings.worst([fine])) == (Level.OK, Level.OK)
    assert findings.worst([grave, fine, findings.warning("a", "b", "c")]) is Level.ERROR
