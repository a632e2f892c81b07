"""What people sort otherwise than the rules stays so for later mails, and can be taken back as it was."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from caseline.actions import assign, move_request, reply_to_client, show_request, sort_mail
from caseline.actions.assign import Order
from caseline.actions.move_request import Move
from caseline.crm.cards import Refused
from caseline.crm.timeline import Assignment, Message
from caseline.mail import verdicts
from caseline.outbox import store as outbox
from caseline.outbox.letters import Letter
from tests.factories import conversations
from tests.factories.conversations import Centre, mail

SMITH = "Smith <smith@repair.example>"
PAT = "Pat <pat@partner.example>"


@pytest.fixture
def centre(database_url: str, tmp_path: Path) -> Centre:
    """A centre with three requests of Anna's, 1 to 3."""
    made = conversations.centre(database_url, tmp_path)
    made.get(*(mail(Message_ID=f"<{number}@client.example>") for number in (1, 2, 3)))
    assert made.landed() == [1, 2, 3]
    return made


def give(centre: Centre, request: int = 1, contact: str = "smith@repair.example") -> Assignment:
    order = Order(request=f"id:{request}", title="Printer", text="Please look", contact=contact)
    return assign.give(centre.house, order, now=centre.now).assignment


def wrote(centre: Centre, request: int) -> Letter:
    """Write to the client of a request."""
    letter_id = reply_to_client.reply(centre.house, f"id:{request}", "We look", by=None, now=centre.now).letter_id
    with centre.house.engine.connect() as connection:
        letter = outbox.get(connection, letter_id)
    assert letter is not None
    return letter


def message(centre: Centre, mail_id: str) -> Message:
    (found,) = [one for number in range(1, 6) for one in centre.timeline(number) if one.mail_id == mail_id]
    return found


def test_a_request_that_is_split_off_is_of_whoever_sent_its_mail(centre: Centre) -> None:
    centre.get(mail("Mine", sender=PAT, Message_ID="<p@p>", to=centre.reply_address(1)))

    card = sort_mail.split(centre.house, message(centre, "p@p").id, by=None, now=centre.now)

    assert card.contact == "Pat"
    assert [one.address for one in wrote(centre, card.id).recipients] == ["pat@partner.example"]


def test_a_mail_of_a_form_that_is_split_off_is_of_whom_the_form_names(database_url: str, tmp_path: Path) -> None:
    made = conversations.centre(database_url, tmp_path, mail_forms="form@shop.example")
    form, vera = "Form <form@shop.example>", "Vera <vera@partner.example>"
    made.get(mail(Message_ID="<1@client.example>"))
    made.get(mail("Order", Message_ID="<f@f>", sender=form, Reply_To=vera, to=made.reply_address(1)))

    card = sort_mail.split(made.house, message(made, "f@f").id, by=None, now=made.now)

    assert (card.contact, card.company) == ("Vera", None)
    assert [one.address for one in wrote(made, card.id).recipients] == ["vera@partner.example"]


def test_who_moves_what_stands_in_the_history_of_both_requests(centre: Centre) -> None:
    number = message(centre, "1@client.example").id
    with centre.house.engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO people.person (name, active) VALUES ('Ada', true)"))

    with pytest.raises(Refused, match="person 'Nobody': there is none of this name"):
        sort_mail.join(centre.house, number, "id:2", by="Nobody", now=centre.now)
    sort_mail.join(centre.house, number, "id:2", by="Ada", now=centre.now)

    told = {"message": number, "from": 1, "to": 2, "by": 1}
    assert events(centre, "message_moved") == [(1, told), (2, told)]


def test_a_corrected_address_stands_in_the_history_of_each_request_on_which_the_outsider_works(centre: Centre) -> None:
    first, second = give(centre, 1), give(centre, 2)

    assign.address(centre.house, second.id, "new@repair.example", now=centre.now)

    told = {"contact": first.contact_id, "old": "smith@repair.example", "new": "new@repair.example"}
    assert events(centre, "outsider_address") == [(1, told), (2, told)]


def events(centre: Centre, what: str) -> list[tuple[int, dict[str, object]]]:
    """(request, what was noted) of the events of a type."""
    query = sa.text("SELECT record_id, data FROM crm.event WHERE type = :what ORDER BY record_id, id")
    with centre.house.engine.connect() as connection:
        return [(row.record_id, row.data) for row in connection.execute(query, {"what": what})]


def test_a_letter_of_ours_that_is_split_off_stays_with_its_client(centre: Centre) -> None:
    letter = wrote(centre, 1)
    ours = message(centre, letter.message_id.strip("<>"))

    card = sort_mail.split(centre.house, ours.id, by=None, now=centre.now)
    centre.get(mail("Answer", Message_ID="<a@client.example>", In_Reply_To=letter.message_id, to=letter.reply_to))

    assert card.contact == "Anna Client"
    assert centre.landed()[-1] == card.id, "an answer follows the letter, whatever its token says"


def test_the_only_message_of_a_request_is_not_split_off(centre: Centre) -> None:
    with pytest.raises(Refused, match=r"all that request 1 consists of: `caseline mail move`"):
        sort_mail.split(centre.house, message(centre, "1@client.example").id, by=None, now=centre.now)


def test_later_mails_follow_what_somebody_has_split_off_whatever_else_they_name(centre: Centre) -> None:
    letter = wrote(centre, 1)
    chain = f"<1@client.example> {letter.message_id}"
    centre.get(mail("Another", Message_ID="<4@client.example>", In_Reply_To=letter.message_id, References=chain))
    card = sort_mail.split(centre.house, message(centre, "4@client.example").id, by=None, now=centre.now)

    centre.get(
        mail(
            "More",
            Message_ID="<5@client.example>",
            In_Reply_To="<4@client.example>",
            References=f"{chain} <4@client.example>",
            to=letter.reply_to,
        ),
        mail("To the letter", Message_ID="<6@client.example>", In_Reply_To=letter.message_id),
        mail("Evil", sender="Eve <eve@evil.example>", Message_ID="<7@evil>", In_Reply_To="<4@client.example>"),
    )

    *_, more, to_the_letter, evil = centre.landed()
    assert (more, to_the_letter) == (card.id, 1)
    assert evil not in {1, card.id}


def test_what_is_moved_back_stands_on_its_assignment_again(centre: Centre) -> None:
    one = give(centre)
    centre.get(mail("Answer", sender=SMITH, Message_ID="<s@r>", to=centre.reply_address(1, one.id)))
    said = message(centre, "s@r")

    for request, assignment_id in ((2, None), (1, one.id)):
        sort_mail.join(centre.house, said.id, f"id:{request}", by=None, now=centre.now)
        said = message(centre, "s@r")
        assert (said.record_id, said.assignment_id) == (request, assignment_id)
        assert centre.mails()[-1]["assignment_id"] == assignment_id


def test_a_message_is_moved_onto_an_assignment_of_that_request_only(centre: Centre) -> None:
    one, other = give(centre), give(centre, 2, "jones@repair.example")
    centre.get(mail("Answer", sender=SMITH, Message_ID="<s@r>"))
    said = message(centre, "s@r")

    with pytest.raises(Refused, match=f"assignment {other.id} is none of request 1"):
        sort_mail.join(centre.house, said.id, "id:1", assignment_id=other.id, by=None, now=centre.now)
    sort_mail.join(centre.house, said.id, "id:1", assignment_id=one.id, by=None, now=centre.now)
    centre.get(mail("More", sender=SMITH, Message_ID="<s2@r>", In_Reply_To="<s@r>"))

    assert [message(centre, each).assignment_id for each in ("s@r", "s2@r")] == [one.id, one.id]


def test_what_was_written_on_an_assignment_after_a_merge_goes_back_with_it(centre: Centre) -> None:
    one = give(centre)
    sort_mail.merge(centre.house, "id:1", "id:2", by=None, now=centre.now)
    letter_id = assign.answer(centre.house, one.id, "And?", by=None, now=centre.now).letter_id
    with centre.house.engine.connect() as connection:
        letter = outbox.get(connection, letter_id or 0)
    assert letter is not None
    centre.get(mail("Soon", sender=SMITH, Message_ID="<s1@r>", In_Reply_To=letter.message_id, to=letter.reply_to))

    sort_mail.unmerge(centre.house, "id:1", by=None, now=centre.now)
    centre.get(mail("Done", sender=SMITH, Message_ID="<s2@r>", In_Reply_To=letter.message_id, to=letter.reply_to))

    assert centre.landed()[-2:] == [1, 1]
    assert {found.record_id for each in (1, 2) for found in centre.timeline(each) if found.assignment_id} == {1}
    assert show_request.show(centre.house, "id:1", now=centre.now).assignments[0].ended_by == "reply"


def test_merges_one_after_the_other_are_taken_back_from_the_last(centre: Centre) -> None:
    sort_mail.merge(centre.house, "id:1", "id:2", by=None, now=centre.now)
    sort_mail.merge(centre.house, "id:2", "id:3", by=None, now=centre.now)

    with pytest.raises(Refused, match=r"into request 2, which is merged into request 3 itself: .* unmerge id:2` comes"):
        sort_mail.unmerge(centre.house, "id:1", by=None, now=centre.now)
    for key in ("id:2", "id:1"):
        sort_mail.unmerge(centre.house, key, by=None, now=centre.now)

    assert [[one.mail_id for one in centre.timeline(number)] for number in (1, 2, 3)] == [
        ["1@client.example"],
        ["2@client.example"],
        ["3@client.example"],
    ]
    assert centre.landed() == [1, 2, 3]


def test_nothing_is_written_or_moved_into_a_request_that_goes_on_in_another(centre: Centre) -> None:
    sort_mail.merge(centre.house, "id:1", "id:2", by=None, now=centre.now)
    sort_mail.merge(centre.house, "id:2", "id:3", by=None, now=centre.now)
    moved = message(centre, "3@client.example").id

    for what in (
        lambda: wrote(centre, 1),
        lambda: give(centre, 1),
        lambda: sort_mail.join(centre.house, moved, "id:1", by=None, now=centre.now),
        lambda: move_request.reopen(centre.house, Move(key="id:1"), now=centre.now),
        lambda: sort_mail.merge(centre.house, "id:1", "id:3", by=None, now=centre.now),
    ):
        with pytest.raises(Refused, match=r"request 1 is merged into request 3: name id:3"):
            what()

    assert centre.timeline(1) == []
    assert show_request.show(centre.house, "id:1", now=centre.now).merged_into == 3
    assert show_request.show(centre.house, "id:3", now=centre.now).merged_into is None


def test_the_verdict_tells_of_other_assignments_that_a_mail_names(centre: Centre) -> None:
    one, other = give(centre), give(centre)
    both = f"{centre.reply_address(1, one.id)}, {centre.reply_address(1, other.id)}"

    centre.get(mail("Both", sender=SMITH, Message_ID="<s@r>", to=both))

    verdict = centre.mails()[-1]["verdict"]
    assert (verdict["assignment_id"], verdict["besides"]) == (one.id, [other.id])
    assert f"it names other assignments, too: {other.id}" in verdicts.told(verdict, "en")
    assert f"названы и другие поручения: {other.id}" in verdicts.told(verdict, "ru")
