"""Furnishes the house before the run: a calendar to count by, categories, a login with a token, a campaign."""

from datetime import UTC, datetime
from typing import Any, Final

from pydantic import SecretStr

from caseline.actions import (
    edit_calendar,
    keep_campaigns,
    keep_categories,
    keep_fields,
    keep_people,
    keep_tokens,
    keep_users,
)
from caseline.actions.editing import Editor
from caseline.actions.wiring import House, open_house
from caseline.crm.vocabulary import Type
from caseline.people.rights import Role
from caseline.settings import Settings
from caseline.timing.store import Note
from caseline.timing.vocabulary import Mode
from soak.ledger import Ledger
from soak.site import Site

CALENDAR: Final = """\
calendar: week
title: Monday to Friday, nine to six, without holidays
zone: Europe/Moscow
weekend: [Sat, Sun]
hours:
  - ["09:00", "18:00"]
"""
CATEGORIES: Final = {"days": Mode.WORKING_DAYS, "hours": Mode.SCHEDULE, "always": Mode.ELAPSED}
CAMPAIGN: Final = "soak"
BONUS: Final = 300
_CODE: Final = "smileys-on-closure"


def furnish(site: Site, ledger: Ledger) -> str:
    """Set it up; answers the token of the login that the load works by. The database must run."""
    url = site.settings.get("CASELINE_DATABASE_URL")
    settings = Settings(
        home=site.home,
        database_url=None if url is None else SecretStr(url),
        mail_address="support@example.org",
        public_url=site.address("public"),
    )
    with open_house(settings) as house:
        now = datetime.now(UTC)
        editor = Editor(None, now)
        proposal = edit_calendar.propose_file(house, CALENDAR.encode(), "week.yaml", now=now)
        edit_calendar.apply(house, proposal, Note(at=now, by="soak", reason="a chaos run"))
        keep_categories.make_default(house, "week", now=now)
        for code, mode in CATEGORIES.items():
            wish = keep_categories.Wish(label=code.title(), hours=24, mode=mode)
            keep_categories.put_category(house, code, wish, now=now)
        keep_fields.add(house, "price", keep_fields.Wish(label="Price", type=Type.INTEGER), editor)
        person = keep_people.add(house, keep_people.Wish(name="Agent Example", email="agent@desk.example"), editor)
        keep_campaigns.add(house, CAMPAIGN, _campaign(house, now), editor)
        keep_campaigns.switch_on(house, CAMPAIGN, editor)
        token = _token(house, person.id, now)
        ledger.note(
            "house", calendar="week", campaign=CAMPAIGN, bonus=BONUS, person=person.id, own="support@example.org"
        )
    return token


def _campaign(house: House, now: datetime) -> dict[str, Any]:
    """The smileys as they ship, around the clock, and with a bonus for every answer."""
    document = dict(keep_campaigns.find(house, _CODE, now=now).document)
    document["schedule"] = {**document["schedule"], "since": "00:00", "until": "00:00"}
    bonus = {"do": "bonus", "given_for": "answer", "amount": BONUS, "apply": True}
    return {**document, "follow": [bonus]}


def _token(house: House, person: int, now: datetime) -> str:
    wish = keep_users.Wish(
        role=Role.ADMINISTRATOR,
        password="wednesday-kettle-orbit-31",  # noqa: S106 - of a login that lives for minutes
        person=str(person),
        language="en",
    )
    login = keep_users.add(house, "soak", wish, by=None, now=now)
    return keep_tokens.make(house, login.id, "soak", 30, now=now)[1]
