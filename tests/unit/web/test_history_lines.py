"""Changes that a source tells of, in the words of the page."""

from datetime import UTC, datetime, timedelta

import pytest

from caseline.crm.timeline import Line, Origin
from caseline.web.desk.event_words import Names
from caseline.web.desk.timeline_entries import Around, entries
from caseline.web.language import Texts

AT = datetime(2026, 10, 30, 9, 0, tzinfo=UTC)
AROUND = Around(messages={}, letters={}, names=Names(stages={}, categories={}, assignments={}))
FIRST, SECOND = "00G8d000003XRfxEAG", "0058d00000265alAAA"


def line(number: int, what: str, old: object, new: object, *, later: int = 0) -> Line:
    data = {"old": old, "new": new}
    return Line(at=AT + timedelta(seconds=later), origin=Origin.HISTORY, id=number, type=what, data=data)


def told(*lines: Line, language: str = "ru") -> list[str]:
    found = entries(Texts(language, "UTC"), lines, AROUND)
    return [f"{one.said.title} | {one.said.detail}" for one in found if one.said]


@pytest.mark.parametrize("what", ["Owner", "ownerAssignment", "ownerAccepted"])
def test_a_change_of_owner_is_told_once_with_names_and_without_ids(what: str) -> None:
    lines = line(1, what, "Key Clients", "Лариса Озерасина"), line(2, what, FIRST, SECOND)

    assert told(*lines) == ["Передано: Лариса Озерасина | было: Key Clients"]
    assert told(*reversed(lines), language="en") == ["Handed over to Лариса Озерасина | before: Key Clients"]


def test_ids_that_nobody_has_named_are_shown() -> None:
    assert told(line(1, "Owner", FIRST, SECOND)) == [f"Передано: {SECOND} | было: {FIRST}"]
    assert len(told(line(1, "Owner", "A", "B"), line(2, "Owner", FIRST, SECOND, later=1))) == 2


def test_the_opening_of_a_request_is_no_change_of_a_field_named_created() -> None:
    assert told(line(1, "created", "", "")) == ["Обращение открыто | "]


@pytest.mark.parametrize(
    ("what", "old", "new", "expected"),
    [
        ("Priority", "Low", "High", "Изменено: приоритет | низкий → высокий"),
        ("IsEscalated", "false", "true", "Изменено: эскалация | нет → да"),
        ("Product_Code__c", None, "NC-45", "Изменено: Product_Code__c | – → NC-45"),
    ],
)
def test_fields_have_the_names_of_the_card(what: str, old: object, new: object, expected: str) -> None:
    assert told(line(1, what, old, new)) == [expected]
