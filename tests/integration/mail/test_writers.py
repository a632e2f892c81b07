"""Who a request is of where a machine writes for somebody: its Reply-To, of a new request and of trusted machines alone."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from caseline.actions import reply_to_client, take_in_mail
from caseline.crm import tables as crm
from caseline.outbox.tables import recipient
from tests.factories import conversations
from tests.factories.conversations import OWN, Centre, mail

FORM = "Shop form <form@shop.example>"
BUYER = "Bob Buyer <buyer@home.example>"
FAILED = "mx.desk.example; dmarc=fail header.from=shop.example"


@pytest.fixture
def centre(database_url: str, tmp_path: Path) -> Centre:
    forms = "Form@shop.example, noreply@shop.example"
    return conversations.centre(
        database_url, tmp_path, mail_forms=forms, mail_acknowledge=True, mail_authserv="mx.desk.example"
    )


def written_to(centre: Centre) -> list[str]:
    with centre.house.engine.connect() as connection:
        return list(connection.execute(sa.select(recipient.c.address).order_by(recipient.c.letter_id)).scalars())


def test_a_request_of_a_form_is_of_whom_it_names_and_that_ones_answers_join(centre: Centre) -> None:
    centre.get(mail("Not come", sender=FORM, Reply_To=BUYER, Message_ID="<1@shop.example>"))
    reply_to_client.reply(centre.house, "id:1", "We look", by=None, now=centre.now)

    centre.get(mail("Thanks", sender="buyer@home.example", Message_ID="<2@home>", In_Reply_To="<1@shop.example>"))

    assert written_to(centre) == ["buyer@home.example"] * 2
    assert centre.landed() == [1, 1]
    assert [(one.sender, one.unverified) for one in centre.timeline(1) if one.kind == "mail_in"] == [
        (FORM, False),
        ("buyer@home.example", False),
    ]


def test_an_address_that_was_typed_into_a_form_makes_a_contact_of_no_company(centre: Centre) -> None:
    with centre.house.engine.begin() as connection:
        values = {"name": "Home", "website": "home.example", "created_at": centre.now, "modified_at": centre.now}
        connection.execute(sa.insert(crm.company).values(values))

    centre.get(mail(sender=FORM, Reply_To=BUYER, Message_ID="<1@shop.example>"))
    centre.get(mail(sender="ann@home.example", Message_ID="<2@home.example>"))

    with centre.house.engine.connect() as connection:
        query = sa.select(crm.contact.c.email, crm.contact.c.company_id).order_by(crm.contact.c.id)
        assert [tuple(row) for row in connection.execute(query)] == [
            ("buyer@home.example", None),
            ("ann@home.example", 1),
        ]


def test_a_form_that_takes_no_answers_opens_a_request_all_the_same(centre: Centre) -> None:
    centre.get(mail(sender="noreply@shop.example", Reply_To=BUYER, Message_ID="<1@shop.example>"))

    assert centre.landed() == [1]
    assert written_to(centre) == ["buyer@home.example"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Reply_To": "noreply@shop.example"},
        {"Reply_To": OWN},
        {"Reply_To": f"{BUYER}, other@home.example"},
        {"Reply_To": BUYER, "Authentication_Results": FAILED},
    ],
    ids=["none", "no reply", "ourselves", "several", "forged"],
)
def test_where_a_form_names_nobody_the_request_is_of_the_form(centre: Centre, headers: dict[str, Any]) -> None:
    centre.get(mail(sender=FORM, Message_ID="<1@shop.example>", **headers))
    reply_to_client.reply(centre.house, "id:1", "We look", by=None, now=centre.now)

    assert set(written_to(centre)) == {"form@shop.example"}


def test_a_reply_to_of_anybody_else_counts_for_nothing(centre: Centre) -> None:
    centre.get(mail(Reply_To="eve@evil.example", Message_ID="<1@client.example>"))

    assert written_to(centre) == ["anna@client.example"]


def test_a_mail_that_joins_a_request_redirects_none_of_its_letters(centre: Centre) -> None:
    centre.get(mail(Message_ID="<1@client.example>"))
    for sender in ("anna@client.example", FORM, "noreply@shop.example"):
        to = centre.reply_address(1)
        centre.get(mail("x", sender=sender, to=to, Reply_To="eve@evil.example", Message_ID=f"<{sender[:3]}@x>"))
    reply_to_client.reply(centre.house, "id:1", "We look", by=None, now=centre.now)

    assert centre.landed() == [1] * 4
    assert written_to(centre) == ["anna@client.example"] * 2


def test_what_is_opened_from_the_tray_is_of_whom_its_reply_to_names(centre: Centre) -> None:
    centre.get(mail(sender="noreply@other.example", Reply_To=BUYER, Message_ID="<1@other.example>"))
    (lying,) = centre.mails()
    assert (lying["state"], lying["automatic"]) == ("tray", "no-reply")

    card = take_in_mail.open_from_tray(centre.house, lying["id"], by=None, now=centre.now)
    reply_to_client.reply(centre.house, f"id:{card.id}", "We look", by=None, now=centre.now)

    assert written_to(centre) == ["buyer@home.example"]
