"""Who has to do with a request or an assignment: only whom somebody vouches for, by the address that a mail really has."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from caseline.actions import assign
from caseline.actions.assign import Order
from caseline.crm.embedded.stores import parties
from tests.factories import conversations
from tests.factories.conversations import Centre, mail

SMITH = "Smith <smith@repair.example>"
COLIN = "Colin <colin@other.example>"


@pytest.fixture
def centre(database_url: str, tmp_path: Path) -> Centre:
    """A centre with a request of Anna's."""
    made = conversations.centre(database_url, tmp_path)
    made.get(mail(Message_ID="<1@client.example>"))
    return made


def give(centre: Centre, contact: str = "smith@repair.example") -> str:
    """Give an assignment; answers its reply address."""
    order = Order(request=f"id:{centre.landed()[0]}", title="Printer", text="Please look", contact=contact)
    one = assign.give(centre.house, order, now=centre.now).assignment
    return centre.reply_address(one.record_id, one.id)


def ended_by(centre: Centre) -> list[str | None]:
    with centre.house.engine.connect() as connection:
        return list(connection.execute(sa.text("SELECT ended_by FROM crm.assignment ORDER BY id")).scalars())


def forget_addresses(centre: Centre) -> None:
    """The messages look as older versions have kept them."""
    with centre.house.engine.begin() as connection:
        connection.execute(sa.text("UPDATE crm.message SET sender_address = NULL, told_addresses = NULL"))


def test_whoever_only_got_a_copy_ends_nothing_however_often_he_writes(centre: Centre) -> None:
    to = give(centre)

    centre.get(
        mail("I ask my colleague", sender=SMITH, Cc=COLIN, Message_ID="<s1@r>", to=to),
        mail("Hello", sender=COLIN, Message_ID="<s2@r>", to=to),
        mail("Done", sender=COLIN, Message_ID="<s3@r>", to=to),
    )

    assert [one["verdict"]["relation"] for one in centre.mails()[1:]] == ["outsider", "participant", "participant"]
    assert ended_by(centre) == [None]


def test_whoever_sends_a_report_about_a_letter_is_nobody_for_that(centre: Centre) -> None:
    to = give(centre)
    with centre.house.engine.connect() as connection:
        letter = connection.execute(sa.text("SELECT message_id FROM outbox.letter")).scalar_one()
    report = (
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n"
        "Final-Recipient: rfc822; q@q.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {letter}\r\n\r\n--b--"
    )
    kind = b"Content-Type: multipart/report; report-type=delivery-status; boundary=b"
    raw = mail(report, sender="Eve <eve@evil.example>", Message_ID="<e1@evil>")

    centre.get(raw.replace(b"Content-Type: text/plain; charset=utf-8", kind, 1))
    centre.get(mail("Done", sender="Eve <eve@evil.example>", Message_ID="<e2@evil>", to=to))

    assert [one["automatic"] for one in centre.mails()] == [None, "bounce", None]
    assert centre.timeline(centre.landed()[0] or 0)[-1].unverified
    assert ended_by(centre) == [None]


def test_an_outsider_who_has_answered_stays_one_when_his_address_changes(centre: Centre) -> None:
    to = give(centre)
    centre.get(mail("I look", sender=SMITH, Message_ID="<s1@r>", to=to))
    with centre.house.engine.begin() as connection:
        change = "UPDATE crm.contact SET email = 'smith@new.example' WHERE email = 'smith@repair.example'"
        connection.execute(sa.text(change))

    centre.get(mail("Done", sender=SMITH, Message_ID="<s2@r>", to=to))

    assert ended_by(centre) == ["reply"]


def test_a_client_who_was_given_work_on_his_own_request_ends_it_by_an_answer(centre: Centre) -> None:
    centre.get(mail("Done", Message_ID="<s1@r>", to=give(centre, "anna@client.example")))

    assert ended_by(centre) == ["reply"]


@pytest.mark.parametrize("kept", ["now", "by older versions"])
def test_an_apostrophe_is_a_part_of_an_address(centre: Centre, kept: str) -> None:
    pat = "Pat <p.o'brien@partner.example>"
    centre.get(mail(Message_ID="<2@client.example>", In_Reply_To="<1@client.example>", Cc=pat))
    if kept != "now":
        forget_addresses(centre)

    centre.get(mail(Message_ID="<3@p>", In_Reply_To="<2@client.example>", sender=pat))

    assert len(set(centre.landed())) == 1


@pytest.mark.parametrize("kept", ["now", "by older versions"])
def test_an_address_in_a_name_has_nothing_to_do_with_the_request(centre: Centre, kept: str) -> None:
    named = '"evil@evil.example" <anna@client.example>'
    centre.get(mail(Message_ID="<2@client.example>", In_Reply_To="<1@client.example>", sender=named))
    if kept != "now":
        forget_addresses(centre)

    centre.get(mail(Message_ID="<3@evil>", In_Reply_To="<2@client.example>", sender="evil@evil.example"))

    assert centre.landed()[2] != centre.landed()[0]


def test_a_contact_is_known_in_whichever_form_his_domain_is_kept(centre: Centre) -> None:
    with centre.house.engine.begin() as connection:
        connection.execute(sa.text("UPDATE crm.contact SET email = 'anna@пример.рф'"))
    anna = "Anna <anna@xn--e1afmkfd.xn--p1ai>"

    centre.get(mail(sender=anna, In_Reply_To="<1@client.example>"), mail("Другое", sender=anna, Message_ID="<3@x>"))

    assert centre.landed()[1] == centre.landed()[0]
    assert centre.mails()[1]["verdict"]["relation"] == "requester"
    with centre.house.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM crm.contact")).scalar_one() == 1


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ("Anna <Anna@Client.example>", {"anna@client.example"}),
        ("a@x.example, b@x.example; 'c@x.example'", {"a@x.example", "b@x.example", "c@x.example"}),
        ("Client, Anna <a@x.example>, b@x.example\nC <c@x.example>", {"a@x.example", "b@x.example", "c@x.example"}),
        ("evil@x.example <a@x.example>", {"a@x.example"}),
        ('"evil@x.example, b" <a@x.example>', {"a@x.example"}),
        ('"a@x.example"', {"a@x.example"}),
        ("mailto:a@x.example.", {"a@x.example"}),
        ("nobody, @x.example, a@, a@b@c", set()),
    ],
)
def test_headers_that_nobody_has_parsed_are_read_all_the_same(headers: str, found: set[str]) -> None:
    assert parties.addresses(headers) == found


@pytest.mark.parametrize("part", ["A", "<", ">", "@", "a@", '"', ",", "<a@x>", "' "])
def test_headers_of_any_length_are_read_in_time_that_grows_with_it(part: str) -> None:
    # What grows faster than its length would meet the time limit of the suite.
    assert parties.addresses(part * 500_000 + "\n<a@x.example>") >= {"a@x.example"}
