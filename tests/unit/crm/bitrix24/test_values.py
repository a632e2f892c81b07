"""Values on their way to a portal and back: what is equal is seen as equal, in whatever form the portal answers."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseline.crm.bitrix24 import places, values
from caseline.crm.bitrix24.places import Kind, Place
from caseline.crm.bitrix24.values import Words

WORDS = Words(
    choices={
        ("UF_CRM_CLX_LEVEL", "gold"): "51",
        ("UF_CRM_CLX_LEVEL", "tin"): "52",
        ("STATUS_ID", "waiting"): "CL_WAITING",
    },
    names={("assignee", 7): "Anna"},
)


def _extra(kind: Kind) -> Place:
    return Place("Level", "UF_CRM_CLX_LEVEL", kind, extra=True)


@pytest.mark.parametrize(
    ("kind", "value", "written", "answers"),
    [
        (Kind.LONG, " text \r\nmore ", " text \nmore ", ["text \r\nmore", " text \nmore "]),
        (Kind.INTEGER, 42, "42", [42, "42", "42.0"]),
        (Kind.NUMBER, Decimal("1.50"), "1.50", [1.5, "1.5", "1.5000"]),
        (Kind.NUMBER, Decimal(100), "100", [100, "100.00", 1e2]),
        (Kind.BOOLEAN, True, "1", [True, "1", "Y", 1]),
        (Kind.BOOLEAN, False, "0", [False, "0", "N", None, ""]),
        (Kind.DATE, "2026-06-05", "2026-06-05", ["2026-06-05", "2026-06-05T00:00:00+03:00"]),
        (
            Kind.DATETIME,
            datetime(2026, 6, 5, 15, 30, 12, 400_000, tzinfo=UTC),
            "2026-06-05T15:30:12+00:00",
            ["2026-06-05T18:30:12+03:00", "2026-06-05T15:30:12Z"],
        ),
        (Kind.CHOICE, "gold", "51", [51, "51"]),
        (Kind.CHOICES, ["tin", "gold"], ["52", "51"], [[51, 52], ["52", "51"]]),
    ],
)
def test_a_value_is_seen_again_in_every_form_of_the_answer(
    kind: Kind,
    value: object,
    written: object,
    answers: list[Any],
) -> None:
    place = _extra(kind)

    sent = values.put(place, value, WORDS)

    assert sent == {place.portal: written}
    for answer in answers:
        assert values.seen(place, {place.portal: answer}) == values.seen(place, sent), answer


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in {Kind.TEXT, Kind.NAME, Kind.BOOLEAN}])
@pytest.mark.parametrize("empty", [None, "", False, []])
def test_nothing_is_seen_as_nothing(kind: Kind, empty: object) -> None:
    place = _extra(kind)

    assert values.seen(place, values.put(place, None, WORDS)) is None
    assert values.seen(place, {place.portal: empty}) is None


def test_a_text_that_is_too_long_stands_whole_in_a_field_beside() -> None:
    (subject,) = (place for place in places.core("request") if place.field == "subject")

    sent = values.put(subject, "x" * 300, WORDS)

    assert len(sent["TITLE"]) == 255
    assert sent["UF_CRM_CL_SUBJECT"] == "x" * 300
    assert values.seen(subject, sent) == "x" * 300
    assert values.put(subject, "short", WORDS) == {"TITLE": "short", "UF_CRM_CL_SUBJECT": ""}


@given(st.text(alphabet="aбЁ -'", max_size=120))
def test_a_name_comes_back_whole(name: str) -> None:
    (place,) = (place for place in places.core("contact") if place.field == "name")

    sent = values.put(place, name, WORDS)

    assert len(sent["NAME"]) <= 50
    assert len(sent["LAST_NAME"]) <= 50
    assert values.seen(place, sent) == (name.strip() or None)


def test_telephones_of_two_kinds_share_a_list() -> None:
    phone, mobile = (place for place in places.core("contact") if place.field in {"phone", "mobile"})

    sent = values.merged([values.put(phone, "+7 495 1", WORDS), values.put(mobile, "+7 916 2", WORDS)])

    assert [one["VALUE_TYPE"] for one in sent["PHONE"]] == ["WORK", "MOBILE"]
    assert (values.seen(phone, sent), values.seen(mobile, sent)) == ("+7 495 1", "+7 916 2")
    assert values.seen(mobile, values.put(phone, "+7 495 1", WORDS)) is None


def test_words_of_the_portal_mean_values_of_ours_again() -> None:
    (stage,) = (place for place in places.core("request") if place.field == "stage")

    assert values.back(stage, {"STATUS_ID": "CL_WAITING"}, WORDS) == "waiting"
    assert values.back(stage, {"STATUS_ID": "JUNK"}, WORDS) == "JUNK"
    assert values.back(_extra(Kind.CHOICES), {"UF_CRM_CLX_LEVEL": [52]}, WORDS) == ["tin"]
    assert values.back(_extra(Kind.INTEGER), {"UF_CRM_CLX_LEVEL": "7"}, WORDS) == 7
    with pytest.raises(KeyError):
        values.put(stage, "unknown", WORDS)


def test_the_name_of_a_person_is_written_whom_the_portal_does_not_know() -> None:
    (assignee,) = (place for place in places.core("request") if place.field == "assignee")

    assert values.put(assignee, 7, WORDS) == {"UF_CRM_CL_ASSIGNEE": "Anna"}
