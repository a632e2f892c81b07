"""A sender whose domain failed DMARC at own mail server is marked wherever the mail is seen, and vouches for nothing."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from caseline.actions import keep_mails, reply_to_client, show_request, sort_mail, take_in_mail
from caseline.cli import given_fields, request_shown, timeline_shown
from caseline.crm import tables as crm
from caseline.mail import verdicts
from caseline.outbox.tables import letter
from tests.factories import conversations
from tests.factories.conversations import Centre, mail

OWN_SERVER = "mx.desk.example"
FAILED = f"{OWN_SERVER}; spf=fail; dmarc=fail header.from=client.example"
RUSSIAN = f"отправитель не подтверждён: проверка DMARC не пройдена на {OWN_SERVER}"
ENGLISH = f"sender not proven: DMARC failed at {OWN_SERVER}"


@pytest.fixture
def centre(database_url: str, tmp_path: Path) -> Centre:
    """A centre with the client's company and Anna, and a server whose word is believed."""
    made = conversations.centre(database_url, tmp_path, mail_authserv=OWN_SERVER, mail_acknowledge=True)
    times = {"created_at": made.now, "modified_at": made.now}
    with made.house.engine.begin() as connection:
        connection.execute(sa.insert(crm.company).values(id=7, name="Client", website="client.example", **times))
        values = {"id": 8, "name": "Anna Client", "email": "anna@client.example", "company_id": 7}
        connection.execute(sa.insert(crm.contact).values(**values, **times))
    return made


def forged(text: str = "Срочно", *, sender: str = "Anna Client <anna@client.example>", **more: str) -> bytes:
    return mail(text, sender=sender, at=None, Authentication_Results=FAILED, **more)


def requests(centre: Centre) -> list[tuple[int | None, int | None]]:
    """(contact, company) of each."""
    with centre.house.engine.connect() as connection:
        query = sa.select(crm.record.c.contact_id, crm.record.c.company_id).order_by(crm.record.c.id)
        return [(row.contact_id, row.company_id) for row in connection.execute(query)]


def letters(centre: Centre) -> int:
    with centre.house.engine.connect() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(letter)).scalar_one()


def test_the_request_says_whom_the_sender_claims_to_be_and_no_company(centre: Centre) -> None:
    centre.get(forged(), mail("Честно"))

    assert requests(centre) == [(8, None), (8, 7)]
    assert [one.unproven for number in centre.landed() for one in centre.timeline(number or 0) if one.mail_ref] == [
        OWN_SERVER,
        None,
    ]


def test_a_newcomer_is_of_no_company_until_somebody_says_so(centre: Centre) -> None:
    centre.get(forged(sender="Boris <boris@client.example>"), mail(sender="Vera <vera@client.example>"))

    with centre.house.engine.connect() as connection:
        query = sa.select(crm.contact.c.email, crm.contact.c.company_id).where(crm.contact.c.id != 8)
        found = {row.email: row.company_id for row in connection.execute(query)}
    assert found == {"boris@client.example": None, "vera@client.example": 7}


def test_nobody_is_written_to_whose_address_may_be_forged(centre: Centre) -> None:
    centre.get(forged())
    assert letters(centre) == 0

    centre.get(mail("Честно"))
    assert letters(centre) == 1


def test_why_says_so_in_both_languages(centre: Centre) -> None:
    centre.get(mail(Message_ID="<1@client.example>"), forged(In_Reply_To="<1@client.example>"))

    (said,) = keep_mails.verdict(centre.house, 2).as_dict()["verdicts"]
    assert (said["unproven"], said["unverified"]) == (OWN_SERVER, True)
    assert RUSSIAN in said["ru"]
    assert f"{ENGLISH}; the request that it names is only linked as a possible one" in said["en"]
    assert "not the sender's" not in said["en"]


def test_the_request_shows_it_beside_its_contact_and_at_the_mail(
    centre: Centre, capsys: pytest.CaptureFixture[str]
) -> None:
    centre.get(forged())
    sight = show_request.show(centre.house, f"id:{centre.landed()[0]}", now=centre.now)
    held = given_fields.held(centre.house, sight.card.id, "en")

    for language, words in (("ru", RUSSIAN), ("en", ENGLISH)):
        request_shown.sight(sight, language, held=held, as_json=False, now=centre.now)
        shown = " ".join(capsys.readouterr().out.split())
        assert f"Contact: Anna Client ({words})" in shown
        assert shown.count(words) == 2
    assert request_shown.as_dict(sight, centre.now)["timeline"][0]["unproven"] == OWN_SERVER
    assert timeline_shown.as_dict(sight.timeline[0])["unverified"]


def test_a_token_lets_it_in_marked(centre: Centre) -> None:
    centre.get(mail(Message_ID="<1@client.example>"))

    centre.get(forged("И ещё", to=centre.reply_address(centre.landed()[0] or 0)))

    assert centre.landed()[0] == centre.landed()[1]
    assert ENGLISH in verdicts.told(centre.mails()[1]["verdict"], "en")
    assert "somebody new" not in verdicts.told(centre.mails()[1]["verdict"], "en")


def test_only_the_word_of_own_server_counts(centre: Centre) -> None:
    others = mail(Authentication_Results="mx.elsewhere.example; dmarc=fail header.from=client.example")

    centre.get(others)

    assert centre.mails()[0]["verdict"]["unproven"] is None
    assert requests(centre) == [(8, 7)]


def test_without_a_sender_or_split_off_or_out_of_the_tray_it_stays_marked_and_nothing_is_lost(centre: Centre) -> None:
    centre.get(
        mail(sender="", Authentication_Results=FAILED),
        forged(Message_ID="<2@client.example>"),
        forged("Счёт", Auto_Submitted="auto-generated"),
    )
    message = centre.timeline(centre.landed()[1] or 0)[0]
    reply_to_client.reply(centre.house, f"id:{message.record_id}", "Кто вы?", by=None, now=centre.now)
    card = sort_mail.split(centre.house, message.id, by=None, now=centre.now)
    opened = take_in_mail.open_from_tray(centre.house, 3, by=None, now=centre.now)

    assert [one["state"] for one in centre.mails()] == ["done", "done", "done"]
    assert {company for _contact, company in requests(centre)} == {None}
    for number in (centre.landed()[0] or 0, card.id, opened.id):
        assert [one.unproven for one in centre.timeline(number)] == [OWN_SERVER], number
