"""The first mail of a request gives it category, group and deadline; its writer is of a company that is certain."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from caseline.actions import keep_categories, keep_groups, know_calendars, show_request
from caseline.actions.keep_categories import Wish
from caseline.crm import tables as crm
from caseline.crm.cards import Card
from keywords.entries import Entry
from tests.factories import conversations, pages
from tests.factories.conversations import Centre, mail

RETURNS = "Прошу оформить возвраты"
REPAIR = "Нужен ремонт"


@pytest.fixture
def centre(database_url: str, tmp_path: Path) -> Centre:
    """A centre that knows two categories by their words, each with a group of its own."""
    made = conversations.centre(database_url, tmp_path)
    with made.house.engine.begin() as connection:
        know_calendars.ready(connection, now=made.now)
    for code, hours in (("returns", 24), ("repair", 48)):
        keep_groups.add(made.house, code.title())
        wish = Wish(label=code, hours=hours, group=code.title())
        keep_categories.put_category(made.house, code, wish, now=made.now)
    pages.dictionary(made.house, Entry("возврат", 60, "returns"), Entry("ремонт", 70, "repair"))
    return made


def card(centre: Centre, number: int = 1) -> Card:
    return show_request.show(centre.house, f"id:{number}", now=centre.now).card


def test_the_first_mail_gives_category_group_and_deadline_and_no_later_one_changes_them(centre: Centre) -> None:
    centre.get(mail(RETURNS, Message_ID="<1@client.example>"))

    first = card(centre)
    assert (first.category, first.category_by, first.group) == ("returns", "keywords", "Returns")
    assert first.deadline is not None
    # A Monday: the next day is a business day, too.
    assert first.deadline.due_at == centre.now + timedelta(hours=24)
    centre.get(mail(REPAIR, Message_ID="<2@client.example>", In_Reply_To="<1@client.example>"))
    assert centre.landed() == [1, 1]
    assert (card(centre).category, card(centre).deadline) == ("returns", first.deadline)


def test_a_request_whose_first_mail_says_nothing_gets_no_category_by_a_later_one(centre: Centre) -> None:
    centre.get(
        mail("Какая погода?", Message_ID="<1@client.example>"),
        mail(RETURNS, Message_ID="<2@client.example>", In_Reply_To="<1@client.example>"),
    )

    assert centre.landed() == [1, 1]
    assert (card(centre).category, card(centre).deadline) == (None, None)


def test_an_automatic_mail_gets_no_category_in_the_tray_or_in_a_timeline(centre: Centre) -> None:
    centre.get(
        mail("Какая погода?", Message_ID="<1@client.example>"),
        mail(RETURNS, Auto_Submitted="auto-replied", Message_ID="<2@client.example>"),
        mail(RETURNS, Auto_Submitted="auto-replied", Message_ID="<3@c.example>", In_Reply_To="<1@client.example>"),
    )

    assert [(one["state"], one["record_id"]) for one in centre.mails()] == [("done", 1), ("tray", None), ("done", 1)]
    assert card(centre).category is None
    with centre.house.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM keywords.scored")).scalar_one() == 1


def test_a_newcomer_is_of_the_company_that_alone_has_his_domain_and_never_of_one_at_a_free_one(centre: Centre) -> None:
    times = {"created_at": centre.now, "modified_at": centre.now}
    companies = {1: "only.example", 2: "shared.example", 3: "https://www.shared.example/", 4: "gmail.com"}
    with centre.house.engine.begin() as connection:
        for number, page in companies.items():
            values = {"id": number, "name": f"Company {number}", "website": page, **times}
            connection.execute(sa.insert(crm.company).values(values))

    hosts = ("only.example", "shared.example", "gmail.com", "nobody.example")
    centre.get(*(mail(sender=f"Ann <ann@{host}>", Message_ID=f"<1@{host}>") for host in hosts))

    assert [card(centre, number).company for number in range(1, 5)] == ["Company 1", None, None, None]
    assert [card(centre, number).contact for number in range(1, 5)] == ["Ann"] * 4
