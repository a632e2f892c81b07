"""Work for outsiders: a letter at once, answers on their assignment alone, whatever address they come from."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from caseline.actions import assign, keep_templates, move_request, reply_to_client, sort_mail
from caseline.actions.assign import NO_ADDRESS, Order
from caseline.actions.move_request import Move
from caseline.crm import connect
from caseline.crm.cards import Refused
from caseline.crm.timeline import AssignmentState, Message
from caseline.outbox import store as outbox
from caseline.outbox import tables as outbox_tables
from caseline.outbox.faults import OutboxFault
from caseline.outbox.letters import Letter
from caseline.outbox.templates import Template
from tests.factories import conversations
from tests.factories.conversations import Centre, mail


@pytest.fixture
def centre(database_url: str, tmp_path: Path) -> Centre:
    """A centre with a request of Anna's."""
    made = conversations.centre(database_url, tmp_path)
    made.get(mail(Message_ID="<1@client.example>"))
    return made


def give(centre: Centre, title: str = "Printer", contact: str | None = "Smith <smith@repair.example>") -> assign.Given:
    key = str(centre.landed()[0])
    address = (contact and contact.partition("<")[2].rstrip(">")) or contact
    order = Order(request=f"id:{key}", title=title, text=f"Please look at it: {title}", contact=address, hours=24)
    return assign.give(centre.house, order, now=centre.now)


def letters(centre: Centre) -> list[Letter]:
    with centre.house.engine.connect() as connection:
        ids = connection.execute(sa.select(outbox_tables.letter.c.id).order_by(outbox_tables.letter.c.id)).scalars()
        return [found for one in ids.all() if (found := outbox.get(connection, one)) is not None]


def of(centre: Centre, assignment_id: int | None) -> list[Message]:
    return [one for one in centre.timeline(centre.landed()[0] or 0) if one.assignment_id == assignment_id]


def test_the_outsider_gets_a_letter_at_once_and_it_stands_in_the_timeline(centre: Centre) -> None:
    given = give(centre)

    (letter,) = letters(centre)
    assert given.letter_id == letter.id
    assert [one.address for one in letter.recipients] == ["smith@repair.example"]
    assert "Please look at it: Printer" in letter.text
    (shown,) = of(centre, given.assignment.id)
    assert (shown.kind, shown.mail_id) == ("mail_out", letter.message_id.strip("<>"))


def test_a_template_may_say_the_date_of_its_letter(centre: Centre) -> None:
    template = Template("assignment_given", "ru", "Поручение", "Написано %Дата%", "")
    keep_templates.save(centre.house, template, by=None, now=centre.now)

    give(centre)

    assert letters(centre)[0].text.strip() == "Написано 02.03.2026"


def test_an_answer_lands_on_the_assignment_and_apart_from_the_client(centre: Centre) -> None:
    given = give(centre)
    (letter,) = letters(centre)

    centre.get(
        mail("Done soon", sender="smith@repair.example", subject="RE: whatever", In_Reply_To=letter.message_id),
        mail("И ещё", In_Reply_To="<1@client.example>"),
    )

    assert [one.text.strip() for one in of(centre, given.assignment.id)][1:] == ["Done soon"]
    assert [one.text.strip() for one in of(centre, None)] == ["Не работает принтер", "И ещё"]


def test_two_assignments_of_one_request_never_mix_from_a_second_address_without_quotes(centre: Centre) -> None:
    first, second = give(centre, "Printer"), give(centre, "Paper")
    one, two = letters(centre)

    centre.get(
        mail("paper comes", sender="smith@private.example", to=two.reply_to),
        mail("printer runs", sender="smith@private.example", to=one.reply_to),
    )

    assert [found.text.strip() for found in of(centre, first.assignment.id)][1:] == ["printer runs"]
    assert [found.text.strip() for found in of(centre, second.assignment.id)][1:] == ["paper comes"]
    assert all(found.unverified for found in of(centre, second.assignment.id)[1:])


def test_one_outsider_with_two_requests_never_mixes_them(centre: Centre) -> None:
    centre.get(mail("Другое", sender="boris@other.example", Message_ID="<2@other.example>"))
    first = give(centre)
    other = Order(
        request=f"id:{centre.landed()[1]}", title="Door", text="Door", contact="smith@repair.example", hours=24
    )
    second = assign.give(centre.house, other, now=centre.now)
    one, two = letters(centre)

    centre.get(
        mail("door", sender="smith@repair.example", In_Reply_To=two.message_id),
        mail("printer", sender="smith@repair.example", to=one.reply_to),
    )

    assert centre.landed()[2:] == [second.assignment.record_id, first.assignment.record_id]


def test_staff_writes_back_to_the_outsider_alone_any_number_of_times(centre: Centre) -> None:
    given = give(centre)
    (letter,) = letters(centre)
    centre.get(mail("Which floor?", sender="smith@repair.example", Message_ID="<q@r>", In_Reply_To=letter.message_id))

    for text in ("Third", "Left"):
        centre.now += timedelta(minutes=1)
        assign.answer(centre.house, given.assignment.id, text, by=None, now=centre.now)

    _, third, left = letters(centre)
    assert {one.address for sent in (third, left) for one in sent.recipients} == {"smith@repair.example"}
    assert third.in_reply_to == "<q@r>"
    assert left.in_reply_to == third.message_id
    assert "<q@r>" in left.references
    assert [one.text.split("\n")[0] for one in of(centre, given.assignment.id)][2:] == ["Third", "Left"]


def test_without_an_address_it_is_kept_and_sent_when_there_is_one(centre: Centre) -> None:
    key, house = f"id:{centre.landed()[0]}", centre.house
    with house.engine.begin() as connection:
        contact = connect.timelines("embedded").make_contact(
            connection, "Smith", address=None, company_id=None, at=centre.now
        )
    given = assign.give(house, Order(request=key, title="T", text="Text", contact=str(contact.id)), now=centre.now)
    assert (given.letter_id, given.trouble) == (None, NO_ADDRESS)

    sent = assign.address(house, given.assignment.id, "smith@repair.example", now=centre.now)
    again = assign.address(house, given.assignment.id, "smith@repair.example", now=centre.now)

    assert sent.letter_id == again.letter_id
    assert len(letters(centre)) == 1
    assert len(of(centre, given.assignment.id)) == 1


def test_a_reminder_leaves_once_before_the_deadline(centre: Centre) -> None:
    give(centre)
    assert assign.remind(centre.house, now=centre.now) == 0

    centre.now += timedelta(hours=20)
    assert [assign.remind(centre.house, now=centre.now) for _ in range(2)] == [1, 0]

    assert "Напоминание" in letters(centre)[1].subject


def test_what_is_done_is_not_reminded_of_and_not_done_twice(centre: Centre) -> None:
    given = give(centre)
    ended = assign.end(centre.house, given.assignment.id, AssignmentState.DONE, by=None, now=centre.now)
    assert ended.state is AssignmentState.DONE

    with pytest.raises(Refused, match="done already"):
        assign.end(centre.house, given.assignment.id, AssignmentState.DONE, by=None, now=centre.now)
    assert assign.remind(centre.house, now=centre.now + timedelta(days=30)) == 0


def test_an_answer_to_the_client_goes_on_with_the_clients_thread(centre: Centre) -> None:
    give(centre)
    written = reply_to_client.reply(centre.house, f"id:{centre.landed()[0]}", "We look", by=None, now=centre.now)

    letter = letters(centre)[1]
    assert letter.id == written.letter_id
    assert [one.address for one in letter.recipients] == ["anna@client.example"]
    assert letter.in_reply_to == "<1@client.example>"
    centre.get(mail("Спасибо", subject="Спасибо большое", In_Reply_To=letter.message_id))
    assert len(of(centre, None)) == 3


def test_a_message_is_split_off_with_its_ids_and_the_verdict_of_the_rules_is_kept(centre: Centre) -> None:
    centre.get(mail("Другое дело", Message_ID="<2@client.example>", In_Reply_To="<1@client.example>"))
    message = centre.timeline(centre.landed()[0] or 0)[1]

    card = sort_mail.split(centre.house, message.id, by=None, now=centre.now)
    centre.get(mail("Дальше", Message_ID="<3@client.example>", In_Reply_To="<2@client.example>"))

    assert centre.landed()[1:] == [card.id, card.id]
    verdict = centre.mails()[1]["verdict"]
    assert (verdict["by"], [one["rule"] for one in verdict["before"]]) == ("person", ["stored_id"])

    back = sort_mail.join(centre.house, message.id, f"id:{centre.landed()[0]}", by=None, now=centre.now)
    assert centre.landed()[1] == back.id


def test_merged_requests_get_the_mails_of_both_and_come_apart_again(centre: Centre) -> None:
    centre.get(mail("Дубль", sender="boris@other.example", Message_ID="<2@other.example>"))
    first, second = (f"id:{one}" for one in centre.landed())

    sort_mail.merge(centre.house, second, first, by=None, now=centre.now)
    centre.get(mail("К дублю", sender="boris@other.example", Message_ID="<3@o>", In_Reply_To="<2@other.example>"))

    assert set(centre.landed()) == {int(first[3:])}
    sort_mail.unmerge(centre.house, second, by=None, now=centre.now)
    assert centre.landed() == [int(first[3:]), int(second[3:]), int(first[3:])]
    with pytest.raises(Refused, match="not merged"):
        sort_mail.unmerge(centre.house, second, by=None, now=centre.now)


def do(centre: Centre, statement: str) -> None:
    with centre.house.engine.begin() as connection:
        connection.execute(sa.text(statement))


def to(centre: Centre) -> list[tuple[str, str]]:
    """(state, address) of all letters, in order."""
    return [(one.state.value, recipient.address) for one in letters(centre) for recipient in one.recipients]


def test_an_address_that_is_corrected_gets_the_letter_and_the_wrong_one_nothing_more(centre: Centre) -> None:
    sent, waiting = give(centre, contact="smiht@repair.example"), give(centre, "Paper", "smiht@repair.example")
    do(centre, f"UPDATE outbox.letter SET state = 'sent', done_at = now() WHERE id = {sent.letter_id}")

    corrected = assign.address(centre.house, sent.assignment.id, "smith@repair.example", now=centre.now)

    assert (corrected.letter_id, corrected.others, corrected.trouble) == (3, (4,), "")
    assert to(centre) == [
        ("sent", "smiht@repair.example"),
        ("cancelled", "smiht@repair.example"),
        ("queued", "smith@repair.example"),
        ("queued", "smith@repair.example"),
    ]
    assert [len(of(centre, one.assignment.id)) for one in (sent, waiting)] == [2, 2]


def test_the_same_address_once_more_says_that_its_letter_is_there_already(centre: Centre) -> None:
    given = give(centre)
    do(centre, "UPDATE outbox.letter SET state = 'sent', done_at = now()")

    again = assign.address(centre.house, given.assignment.id, "Smith@repair.example", now=centre.now)

    assert again.letter_id == given.letter_id
    assert "is sent already: `caseline assignment resend 1` writes another" in again.trouble


def test_what_is_no_address_is_refused_and_changes_nothing(centre: Centre) -> None:
    given = give(centre)

    with pytest.raises(OutboxFault, match="'smith at repair' is no mail address"):
        assign.address(centre.house, given.assignment.id, "smith at repair", now=centre.now)

    assert to(centre) == [("queued", "smith@repair.example")]


def test_the_letter_of_an_open_assignment_is_written_again_as_often_as_somebody_wants(centre: Centre) -> None:
    given = give(centre)

    again = [assign.resend(centre.house, given.assignment.id, by=None, now=centre.now).letter_id for _ in range(2)]

    assert again == [2, 3]
    assert len(of(centre, given.assignment.id)) == 3
    assign.end(centre.house, given.assignment.id, AssignmentState.DONE, by=None, now=centre.now)
    with pytest.raises(Refused, match="is done already: `caseline assignment reply`"):
        assign.resend(centre.house, given.assignment.id, by=None, now=centre.now)


def test_a_name_beside_the_address_becomes_the_contacts(centre: Centre) -> None:
    order = Order(request="id:1", title="T", text="Text", contact='"Smith, John" <smith@repair.example>')

    given = assign.give(centre.house, order, now=centre.now)

    assert (given.assignment.contact, given.assignment.address) == ("Smith, John", "smith@repair.example")


def test_work_on_a_closed_request_is_given_with_a_warning(centre: Centre) -> None:
    assert give(centre).warning == ""
    move_request.close(centre.house, Move(key="id:1"), now=centre.now)

    given = give(centre)

    assert "is closed: reopen it" in given.warning
    assert given.letter_id is not None
