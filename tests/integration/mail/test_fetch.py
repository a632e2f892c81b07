"""What lies in the mailboxes of a real server comes into the register, each mail once."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from caseline.actions import fetch_mail
from caseline.mail import imap_idle, mailboxes
from tests.factories import mails
from tests.factories.dovecot import Dovecot
from tests.factories.mails import PostRoom

pytestmark = pytest.mark.timeout(120)


WRONG = "wrong-word"


def deliver(post_office: Dovecot, *numbers: int, user: str = "support", folder: str = "") -> None:
    for number in numbers:
        post_office.deliver(user, mails.raw(number), folder)


def stored(room: PostRoom) -> list[str]:
    """Subjects of the requests that were made, once each mail was taken in."""
    room.take_in()
    return room.subjects()


def matters(*numbers: int) -> list[str]:
    return [f"Matter {number}" for number in numbers]


@pytest.mark.parametrize("scheme", ["imaps", "imap+starttls", "imap"])
def test_mail_is_fetched_over_tls_starttls_and_plainly_on_this_machine(
    post_office: Dovecot, room: PostRoom, scheme: str
) -> None:
    deliver(post_office, 1, 2)
    room.name(post_office.address("support", scheme=scheme))

    found = room.fetch()

    assert (found.fetched, found.troubles) == (2, ())
    assert stored(room) == matters(1, 2)


def test_the_bytes_are_kept_as_they_came(post_office: Dovecot, room: PostRoom) -> None:
    odd = b"Subject: \xd1\xf2\xf0\xe0\xed\xed\xee\xe5\r\nBroken header\r\n\r\n\xff\xfe \x80 text\r\n.\r\n"
    post_office.deliver("support", odd)

    room.fetch()

    assert room.ask("SELECT content FROM mail.piece") == [(odd,)]


def test_what_is_known_is_not_fetched_again(post_office: Dovecot, room: PostRoom) -> None:
    deliver(post_office, 1, 2)
    room.fetch()
    deliver(post_office, 3)

    found = room.fetch()

    assert (found.known, found.fetched) == (2, 1)
    assert room.fetch().fetched == 0
    assert stored(room) == matters(1, 2, 3)


def test_what_others_have_read_comes_all_the_same(post_office: Dovecot, room: PostRoom) -> None:
    deliver(post_office, 1, 2)
    with post_office.client() as client:
        client.add_flags([1, 2], [r"\Seen", r"\Answered"])

    assert room.fetch().fetched == 2


def test_an_older_mail_that_could_not_be_fetched_is_asked_for_again(post_office: Dovecot, room: PostRoom) -> None:
    deliver(post_office, 1, 2, 3)
    room.fetch()
    with room.house.engine.begin() as connection:
        for table in ("arrival", "mail", "piece", "raw"):
            connection.exec_driver_sql(f"DELETE FROM mail.{table} WHERE {'id' if table != 'piece' else 'raw_id'} = 1")

    assert room.fetch().fetched == 1
    assert stored(room) == matters(1, 2, 3)


def test_when_the_server_counts_anew_the_same_bytes_are_known(post_office: Dovecot, room: PostRoom) -> None:
    deliver(post_office, 1, 2)
    room.fetch()
    time.sleep(1.1)  # UIDVALIDITY is the time in seconds
    post_office.forget_uids("support")
    deliver(post_office, 3)

    found = room.fetch()

    assert (found.fetched, found.again, found.known) == (1, 2, 0)
    assert room.count("mail.arrival") == 5
    assert stored(room) == matters(1, 2, 3)


def test_the_same_mail_in_two_mailboxes_is_one_raw_and_two_arrivals(post_office: Dovecot, room: PostRoom) -> None:
    deliver(post_office, 1, user="sales")
    deliver(post_office, 1)
    room.name(post_office.address("support"), post_office.address("sales"))

    found = room.fetch()

    assert (found.fetched, found.again) == (1, 1)
    assert (room.count("mail.raw"), room.count("mail.arrival"), room.count("mail.mail")) == (1, 2, 1)


def test_all_folders_that_are_named_are_fetched(post_office: Dovecot, room: PostRoom) -> None:
    deliver(post_office, 1)
    deliver(post_office, 2, folder="Claims")
    post_office.deliver("support", mails.raw(3), "&BB8EPgRHBEIEMA-")
    room.name(post_office.address("support", "INBOX", "Claims", "Почта"))

    room.fetch()

    assert stored(room) == matters(1, 2, 3)


def test_a_mail_that_moves_between_folders_is_known(post_office: Dovecot, room: PostRoom) -> None:
    deliver(post_office, 1)
    post_office.deliver("support", mails.raw(9), "Claims")
    room.name(post_office.address("support", "INBOX", "Claims"))
    room.fetch()
    with post_office.client() as client:
        client.move([1], "Claims")

    found = room.fetch()

    assert (found.fetched, found.again) == (0, 1)


def test_a_folder_that_is_not_there_keeps_no_other_from_being_fetched(post_office: Dovecot, room: PostRoom) -> None:
    deliver(post_office, 1)
    room.name(post_office.address("support", "Nowhere", "INBOX"))

    found = room.fetch()

    assert found.fetched == 1
    assert [(one.folder, one.uid) for one in found.troubles] == [("Nowhere", 0)]
    assert room.fetch().troubles[0].times == 2


def test_nothing_is_told_to_the_server_unless_it_is_set(post_office: Dovecot, room: PostRoom) -> None:
    deliver(post_office, 1)
    room.fetch()

    with post_office.client() as client:
        assert client.get_flags([1])[1] == (rb"\Recent",) or client.get_flags([1])[1] == ()


@pytest.mark.parametrize(("after", "flag"), [("seen", rb"\Seen"), ("keyword:$Stored", b"$Stored")])
def test_a_stored_mail_is_marked_as_set(post_office: Dovecot, room: PostRoom, after: str, flag: bytes) -> None:
    deliver(post_office, 1, 2)
    room.fetch()
    room.after(after)

    assert room.fetch().told == 2
    assert room.fetch().told == 0
    with post_office.client() as client:
        assert all(flag in flags for flags in client.get_flags([1, 2]).values())


def test_a_stored_mail_is_moved_and_known_where_it_lies_then(post_office: Dovecot, room: PostRoom) -> None:
    deliver(post_office, 1, 2)
    room.name(post_office.address("support", "INBOX", "In store"))
    room.after("move:In store")

    first, second = room.fetch(), room.fetch()

    assert (first.fetched, first.told, first.again) == (2, 2, 2)
    assert (second.fetched, second.known, second.told) == (0, 2, 0)
    with post_office.client() as client:
        assert client.search() == []
    assert stored(room) == matters(1, 2)


def test_what_cannot_be_marked_is_stored_all_the_same(post_office: Dovecot, room: PostRoom) -> None:
    deliver(post_office, 1)
    room.after("move:" + "x" * 300)

    found = room.fetch()

    assert found.fetched == 1
    assert "move" in found.troubles[0].text
    room.after("seen")
    assert room.fetch().told == 1


def test_a_wrong_password_stops_that_mailbox_alone_and_is_not_repeated(post_office: Dovecot, room: PostRoom) -> None:
    deliver(post_office, 1)
    refused = post_office.logins_refused()
    room.name(post_office.address("sales", password=WRONG), post_office.address("support"))

    first = room.fetch()
    for _ in range(4):
        room.clock.go(minutes=1)
        assert room.fetch().paused[0].mailbox.startswith("sales")

    assert first.fetched == 1
    assert "correct user and password in CASELINE_MAILBOX" in first.troubles[0].text
    assert "wrong-word" not in str(room.ask("SELECT * FROM mail.trouble"))
    assert post_office.logins_refused() == refused + 1


def test_the_pause_after_a_wrong_password_grows(post_office: Dovecot, room: PostRoom) -> None:
    room.name(post_office.address("support", password=WRONG))
    pauses = []
    for _ in range(8):
        (trouble,) = room.fetch().troubles
        pauses.append((trouble.not_before - room.clock.now).total_seconds() / 60)
        room.clock.now = trouble.not_before

    assert pauses == [5, 10, 20, 40, 80, 160, 320, 360]


def test_a_corrected_password_is_tried_at_once_when_asked_to(post_office: Dovecot, room: PostRoom) -> None:
    deliver(post_office, 1)
    room.name(post_office.address("support", password=WRONG))
    room.fetch()
    room.name(post_office.address("support"))

    assert room.fetch().fetched == 0
    assert room.fetch(now_too=True).fetched == 1
    assert room.count("mail.trouble") == 0


def test_troubles_of_what_is_fetched_from_no_more_are_forgotten(post_office: Dovecot, room: PostRoom) -> None:
    room.name(post_office.address("sales", password=WRONG), post_office.address("support", "INBOX", "Nowhere"))
    room.fetch()
    assert room.count("mail.trouble") == 2

    room.name(post_office.address("support"))
    room.fetch()

    assert room.count("mail.trouble") == 0


def test_a_password_may_have_any_letters(post_office: Dovecot, room: PostRoom) -> None:
    deliver(post_office, 1, user="letters")
    room.name(post_office.address("letters"))

    assert room.fetch().fetched == 1


def test_a_certificate_that_nobody_vouches_for_is_refused_with_the_setting(
    post_office: Dovecot, room: PostRoom
) -> None:
    for scheme in ("imaps", "imap+starttls"):
        room.name(post_office.address("support", scheme=scheme))
        room.post = type(room.post)(room.post.mailboxes, room.post.after, None, room.post.largest)
        (trouble,) = room.fetch(now_too=True).troubles
        assert "name the file of the authority that signed it in CASELINE_MAIL_CA" in trouble.text
    assert "Login" not in post_office.log().split("unknown ca")[-1]


def test_a_certificate_of_another_name_is_refused(post_office: Dovecot, room: PostRoom) -> None:
    room.name(post_office.address("support").replace("localhost", "127.0.0.1"))

    (trouble,) = room.fetch().troubles

    assert "CASELINE_MAIL_CA" in trouble.text


def test_a_file_that_holds_no_certificate_names_the_setting(
    post_office: Dovecot, room: PostRoom, tmp_path: Path
) -> None:
    room.name(post_office.address("support"))
    file = tmp_path / "ca.pem"
    file.write_text("no certificate", encoding="utf-8")
    room.post = type(room.post)(room.post.mailboxes, room.post.after, file, room.post.largest)

    assert room.fetch().troubles[0].text.startswith("CASELINE_MAIL_CA: ")


def test_many_mails_come_in_rounds(post_office: Dovecot, room: PostRoom) -> None:
    deliver(post_office, *range(520))

    first = room.fetch()

    assert (first.fetched, first.waiting) == (500, 20)
    whole = fetch_mail.fetch_all(room.house, room.post, clock=room.clock)
    assert (whole.fetched, whole.waiting) == (20, 0)


def test_two_fetchers_at_once_lose_and_double_nothing(post_office: Dovecot, room: PostRoom, database_url: str) -> None:
    deliver(post_office, *range(80))
    other = mails.post_room(database_url)
    other.post = room.post

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda one: one.fetch(), (room, other)))
        taken = list(pool.map(lambda one: one.take_in(), (room, other)))

    assert [one.troubles for one in found] == [(), ()]
    assert (sum(one.fetched for one in found), sum(one.done for one in taken)) == (80, 80)
    assert room.count("mail.arrival") == 80
    assert room.subjects() == sorted(matters(*range(80)))


def test_new_mail_is_told_by_the_server_itself(post_office: Dovecot) -> None:
    mailbox = mailboxes.read(post_office.address("support"))
    threading.Timer(0.7, deliver, (post_office, 1)).start()

    assert imap_idle.wait_for_mail([mailbox], 60, ca=post_office.certificate)


def test_without_news_waiting_comes_to_an_end(post_office: Dovecot) -> None:
    mailbox = mailboxes.read(post_office.address("support"))

    assert not imap_idle.wait_for_mail([mailbox], 0.2, ca=post_office.certificate)
