"""Our section on a card beside what people have arranged."""

from typing import Any

from caseline.crm.bitrix24 import calls, card
from caseline.crm.bitrix24.labels import SECTION

OURS = ["UF_CRM_CL_NUMBER", "UF_CRM_CL_TYPE"]


def names(section: Any) -> list[str]:  # noqa: ANN401 - JSON
    return [each["name"] for each in section["elements"]]


def test_a_card_that_nobody_has_arranged_keeps_what_it_shows() -> None:
    sections = card.arranged("company", [], OURS, {"UF_CRM_OTHERS"})

    assert sections is not None
    assert [each["name"] for each in sections] == ["main", "additional", SECTION]
    assert "TITLE" in names(sections[0])
    assert "UF_CRM_OTHERS" in names(sections[1])
    assert names(sections[2]) == OURS


def test_what_stands_somewhere_already_is_not_placed_again() -> None:
    mine = [{"name": "own", "title": "Own", "type": "section", "elements": [{"name": OURS[0], "optionFlags": "1"}]}]

    sections = card.arranged("request", mine, OURS, ())

    assert sections is not None
    assert sections[0] == mine[0]
    assert names(sections[1]) == OURS[1:]


def test_our_section_grows_where_it_stands() -> None:
    ours = {"name": SECTION, "title": "Renamed", "type": "section", "elements": [{"name": OURS[0]}]}
    last = {"name": "last", "title": "Last", "type": "section", "elements": []}

    sections = card.arranged("request", [ours, last], OURS, ())

    assert sections is not None
    assert [(each["name"], each["title"]) for each in sections] == [(SECTION, "Renamed"), ("last", "Last")]
    assert names(sections[0]) == OURS


def test_nothing_is_written_when_everything_is_placed() -> None:
    sections = card.arranged("contact", [], OURS, ())

    assert sections is not None
    assert card.arranged("contact", sections, OURS, ()) is None


def test_php_may_write_lists_as_maps() -> None:
    answer = {"0": {"name": "main", "elements": {"0": {"name": OURS[0], "options": []}, "1": {"name": OURS[1]}}}}

    assert card.unplaced(card.read(answer), OURS) == []
    assert card.read(None) == []


def test_empty_maps_of_php_are_not_sent_back_as_texts() -> None:
    section = {"name": "main", "title": "Main", "type": "section", "elements": [{"name": "TITLE", "options": []}]}

    command = calls.command(card.setting(1, {}, [section]))

    assert "options" not in command
