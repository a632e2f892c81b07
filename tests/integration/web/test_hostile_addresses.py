"""Addresses and forms that no page of ours would send: each is answered, and none hurts whoever comes afterwards."""

import base64
import json
from typing import Final
from urllib.parse import urlencode

import pytest

from caseline.actions.wiring import House
from caseline.listing import conditions, wanted
from tests.factories import pages, requests_in_lists
from tests.factories.pages import Browser

DIGITS: Final = "9" * 5_000
HALF_A_SIGN: Final = "\ud800"


@pytest.fixture
def admin(house: House, browser: Browser) -> Browser:
    requests_in_lists.fill(house, 30)
    pages.login(house, "anna")
    browser.sign_in("anna")
    browser.get("/requests")
    return browser


@pytest.mark.parametrize(
    ("sort", "keys"),
    [
        ("subject", [HALF_A_SIGN]),
        ("stage", [2**40]),
        ("stage", [DIGITS[:40]]),
        ("extra.Amount", ["1E+999999"]),
        ("extra.Amount", ["NaN"]),
        ("extra.City", [HALF_A_SIGN]),
        ("company", [HALF_A_SIGN]),
    ],
)
def test_a_place_that_no_row_can_have_is_the_beginning(admin: Browser, sort: str, keys: list[object]) -> None:
    told = [wanted.mark(["", sort, "", ""]), 0, 0, *keys, 5]
    at = base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip("=")
    query = urlencode([("w", ""), ("sort", sort)])

    answer = admin.get(f"/requests?{query}&at={at}")

    assert answer.status_code == 200
    assert answer.text.count("data-href=") == admin.get(f"/requests?{query}").text.count("data-href=")


def test_a_key_of_thousands_of_digits_is_no_company(admin: Browser) -> None:
    assert admin.get(f"/requests?w=company:in:{DIGITS}").status_code == 200
    assert admin.get(f"/requests/filter?key=company&op=in&v={DIGITS}").status_code == 200


def test_a_contact_of_thousands_of_digits_is_none(admin: Browser) -> None:
    answer = admin.post("/requests/new", **{"contact": f"id:{DIGITS[:30]}", "f:subject": "x", "f:description": "x"})

    assert answer.status_code == 422
    assert "there is none of this name" in answer.text


def test_a_view_with_the_character_0_is_saved_without_it(admin: Browser) -> None:
    answer = admin.post("/requests/views", name="zero", w="subject:has:a%00b")

    assert answer.status_code == 200
    assert "a\ufffdb" in answer.text


def test_of_ten_thousand_conditions_as_many_are_shown_as_tell_that_there_are_too_many(admin: Browser) -> None:
    sent = [f"subject:has:{number}" for number in range(10_000)]

    answer = admin.post("/requests/views", name="many", w=sent, sort=[f"s{number}" for number in range(5_000)])

    assert answer.status_code == 200
    assert answer.text.count("subject%3Ahas%3A59") > 0
    assert "subject%3Ahas%3A60" not in answer.text
    assert len(conditions.read_all(sent)) == 2 * conditions.MOST


@pytest.mark.parametrize("by", ["period", "group", "person"])
@pytest.mark.parametrize("line", ["99999999999999999999", DIGITS, "-1", "none"])
def test_a_line_that_a_report_does_not_have_has_no_rows(admin: Browser, by: str, line: str) -> None:
    for part in ("rows", "rows/count", "rows/export"):
        answer = admin.get(f"/reports/workload/{part}?{urlencode({'by': by, 'line': line, 'figure': 'closed'})}")
        assert answer.status_code in {200, 404}, part


def test_rows_of_a_period_that_is_none_are_no_broken_file(admin: Browser) -> None:
    assert admin.get("/reports/flow/rows/export?line=never").status_code == 404
    assert "requests-" not in admin.get("/audit?action=report_exported").text
