"""The request table as a piece of another page: what that page sets holds, and all links stay on it."""

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from starlette.applications import Starlette
from starlette.datastructures import FormData
from starlette.requests import Request

from caseline.actions.wiring import House
from caseline.listing.conditions import Condition
from caseline.people.access import Scope
from caseline.people.logins import Login, Session
from caseline.people.rights import Role
from caseline.web.desk import pages, request_state, request_table
from caseline.web.desk.visit import Visit
from caseline.web.language import Texts
from tests.factories import pages as made
from tests.factories import requests_in_lists
from tests.factories.requests_in_lists import Record

PATH = "/companies/1?tab=requests"


@pytest.fixture
def records(house: House) -> list[Record]:
    made.login(house, "anna")
    return requests_in_lists.fill(house, 120)


def visit(house: House, query: str) -> Visit:
    """Somebody at the page of a company."""
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/companies/1",
        "query_string": query.encode(),
        "headers": [],
        "app": Starlette(),
    }
    now = datetime.now(UTC)
    login = Login(
        id=1,
        name="anna",
        role=Role.ADMINISTRATOR,
        active=True,
        language="en",
        zone="UTC",
        person_id=None,
        scope=Scope.ALL,
        created_at=now,
    )
    session = Session(login=login, form_token="t", begun_at=now, seen_at=now)  # noqa: S106 - no secret
    return Visit(
        house=house, request=Request(scope), form=FormData(), session=session, texts=Texts("en", "UTC"), now=now
    )


def drawn(house: House, query: str = "tab=requests") -> str:
    who = visit(house, query)
    table = request_table.piece(who, (Condition("company", "in", ("1",)),), PATH, layout="company")
    return pages.render("requests/table.html", who, {"table": table})


def test_the_piece_shows_what_its_page_sets_and_nothing_else(house: House, records: list[Record]) -> None:
    own = {one.id for one in records if one.values["company_id"] == 1}

    text = drawn(house)
    narrowed = drawn(house, "tab=requests&w=channel:in:mail&w=company:in:2")

    assert {int(n) for n in re.findall(r'data-href="/requests/(\d+)"', text)} == own
    shown = {int(n) for n in re.findall(r'data-href="/requests/(\d+)"', narrowed)}
    assert shown <= own


def test_sorting_paging_and_filters_stay_on_the_page(house: House, records: list[Record]) -> None:
    assert records
    text = drawn(house, "tab=requests&w=channel:in:mail,phone")

    sorted_by = [unescape(one) for one in re.findall(r'<th scope="col"[^>]*><a href="([^"]+)"', text)]
    assert sorted_by
    assert all(one.startswith(f"{PATH}&w=channel%3Ain%3Amail%2Cphone&sort=") for one in sorted_by)
    assert 'name="f" value="company:in:1"' in text
    assert f'name="to" value="{PATH.replace("&", "&amp;")}"' in text
    count = unescape(re.findall(r'hx-get="(/requests/count[^"]+)"', text)[0])
    assert "w=company%3Ain%3A1" in count
    assert request_state.own(PATH) == PATH
