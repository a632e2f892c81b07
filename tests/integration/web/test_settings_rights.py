"""Every change of the settings is refused to whoever lacks the right, and then nothing at all is changed."""

import re
from typing import Any

import pytest
import sqlalchemy as sa

from caseline.actions import keep_absences, keep_categories, keep_groups
from caseline.actions.wiring import House
from caseline.people import rights
from caseline.people.rights import Role
from caseline.people.turns import Turns
from caseline.web.desk.settings_routes import PAGES
from tests.factories import pages
from tests.factories.pages import Browser
from tests.factories.staff import BY, division, person

POSTS = [page for page in PAGES if page.method == "POST"]
TABLES = (
    *("people.person", 'people."group"', "people.division", "people.membership", "people.absence"),
    *("people.login", "people.emergency_code", "crm.category", "outbox.template", "timing.calendar_version"),
    *("feedback.campaign", "feedback.form_version", "feedback.bonus_line"),
)
EVERYTHING: dict[str, Any] = {
    "key": "1",
    "name": "Another",
    "label": "Another",
    "code": "another",
    "language": "ru",
    "subject": "x",
    "text": "x",
    "hours": "8",
    "mode": "elapsed",
    "turns": "turn",
    "role": "administrator",
    "scope": "all",
    "zone": "Europe/Moscow",
    "person": "1",
    "first_day": "2026-12-01",
    "last_day": "2026-12-02",
    "password": "nine quiet pages 9",
    "id": "ru",
    "day": "2027-03-10",
    "kind": "off",
    "reason": "x",
    "version": "2",
    "agreed": "yes",
}
"""A value for every field that a form of the settings may have."""


def state(house: House) -> dict[str, object]:
    with house.engine.connect() as connection:
        asked = {
            table: f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} AS t"
            for table in TABLES
        }
        return {table: connection.execute(sa.text(query)).scalar_one() for table, query in asked.items()}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_a_role_without_the_right_changes_nothing(house: House, browser: Browser, role: Role) -> None:
    boris = person(house, "Boris")
    division(house, "Service", head=boris)
    keep_groups.make(house, keep_groups.Wish(name="Line", turns=Turns.HAND, members=(boris,)), BY)
    keep_absences.add(house, keep_absences.Wish(person_id=boris, first_day=BY.at.date(), last_day=BY.at.date()), BY)
    keep_categories.put_category(house, "1", keep_categories.Wish(label="One", hours=24), now=BY.at)
    pages.login(house, "somebody", role)
    browser.sign_in("somebody")
    before = state(house)

    for page in POSTS:
        assert page.needs is not None
        assert not rights.may(role, page.needs), page.path
        browser.get("/")
        place = re.sub(r"\{[^}]*\}", "1", page.path)
        assert browser.post(place, **EVERYTHING).status_code == 403, page.path

    assert state(house) == before
