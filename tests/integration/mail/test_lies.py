"""A mail server may answer what it likes: nothing is lost, nothing stops, memory stays small."""

import errno
import os
import re
import tempfile
import time
from datetime import timedelta

import pytest

from caseline.mail import imap, mailboxes
from caseline.mail.faults import MailboxFault, NoFolder, Unreachable
from caseline.mail.imap_line import Patience
from tests.factories import lying_imap, mails
from tests.factories.lying_imap import DROP, LyingImap
from tests.factories.mails import PostRoom

ALL = [f"Matter {uid}" for uid in (3, 4, 7, 8, 9)]
OTHERS = [f"Matter {uid}" for uid in (3, 4, 8, 9)]

NOT_GIVEN = {
    "dropped": b"",
    "literal cut short": b"* 3 FETCH (UID 7 BODY[]<0> {500}\r\nshort)\r\n" + DROP,
    "literal of 100 GB": b"* 3 FETCH (UID 7 BODY[]<0> {99999999999}\r\nmuch too long)\r\n",
    "literal of negative length": b"* 3 FETCH (UID 7 BODY[]<0> {-1}\r\n)\r\n",
    "literal longer than said": b"* 3 FETCH (UID 7 BODY[]<0> {3}\r\nmore than that)\r\n{tag} OK done\r\n",
    "NIL": b"* 3 FETCH (UID 7 BODY[]<0> NIL)\r\n{tag} OK done\r\n",
    "empty": b'* 3 FETCH (UID 7 BODY[]<0> "")\r\n{tag} OK done\r\n',
    "list": b"* 3 FETCH (UID 7 BODY[]<0> (1 2))\r\n{tag} OK done\r\n",
    "cut off": b"* 3 FETCH (UID 7 BODY[]<0>\r\n{tag} OK done\r\n",
    "bare": b"* 3 FETCH\r\n{tag} OK done\r\n",
    "no number": b"* x FETCH (UID 7)\r\n{tag} OK done\r\n",
    "refused": b"{tag} NO [SERVERBUG] not that one\r\n",
    "not understood": b"{tag} BAD what\r\n",
    "answer to another command": b"other OK not yours\r\n",
    "goodbye": b"* BYE enough\r\n",
    "noise": b"\xff\xfe\x00 nonsense \r\n",
}
"""Ways of not giving a mail, as answers to the command that asks for its bytes."""


def body_of(uid: int, command: str) -> bool:
    return command.startswith(f"UID FETCH {uid} (BODY")


def stored(room: PostRoom) -> list[str]:
    room.take_in()
    return room.subjects()


@pytest.mark.usefixtures("liar")
def test_an_honest_server_gives_all(room: PostRoom) -> None:
    found = room.fetch()

    assert (found.fetched, found.troubles) == (5, ())
    assert stored(room) == ALL
    assert room.fetch().known == 5


@pytest.mark.parametrize("answer", NOT_GIVEN.values(), ids=NOT_GIVEN)
def test_a_mail_that_the_server_does_not_give_holds_up_no_other(liar: LyingImap, room: PostRoom, answer: bytes) -> None:
    def lie(tag: str, command: str) -> bytes | None:
        return answer.replace(b"{tag}", tag.encode()) if body_of(7, command) else None

    liar.lie = lie
    found = room.fetch()

    assert stored(room) == OTHERS
    assert [(trouble.folder, trouble.uid, trouble.times) for trouble in found.troubles] == [("INBOX", 7, 1)]

    liar.lie = lambda _tag, _command: None
    assert room.fetch().fetched == 0  # it pauses
    room.clock.go(minutes=1)
    assert room.fetch().fetched == 1
    assert stored(room) == ALL
    assert room.count("mail.trouble") == 0


def test_a_large_mail_for_which_there_is_no_room_holds_up_no_other(
    liar: LyingImap, room: PostRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    liar.mails[7] = mails.raw(7, size=1_200_000)

    def full(**_options: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    found = room.fetch()

    assert stored(room) == OTHERS
    assert [(trouble.uid, "TMPDIR" in trouble.text) for trouble in found.troubles] == [(7, True)]
    monkeypatch.undo()
    room.clock.go(minutes=1)
    assert room.fetch().fetched == 1
    assert stored(room) == ALL


def test_an_answer_for_another_mail_is_not_taken_for_this_one(liar: LyingImap, room: PostRoom) -> None:
    def lie(tag: str, command: str) -> bytes | None:
        return liar.piece(1, 3, command) + f"{tag} OK done\r\n".encode() if body_of(7, command) else None

    liar.lie = lie
    found = room.fetch()

    assert found.gone == 1
    assert stored(room) == OTHERS


@pytest.mark.parametrize("said", [0, 1, 10_000_000, 2**40])
def test_a_size_that_is_not_true_does_no_harm(liar: LyingImap, room: PostRoom, said: int) -> None:
    liar.sizes[7] = said
    room.fetch()

    assert stored(room) == ALL
    sizes = room.ask("SELECT size FROM mail.raw ORDER BY id")
    assert sizes == [(len(content),) for content in liar.mails.values()]


def test_uids_that_cannot_be_are_not_asked_for(liar: LyingImap, room: PostRoom) -> None:
    def lie(tag: str, command: str) -> bytes | None:
        if command == "UID SEARCH ALL":
            return f"* SEARCH 0 3 3 4 7 8 9 4294967296 99999999999999999999\r\n{tag} OK done\r\n".encode()
        return None

    liar.lie = lie
    assert room.fetch().fetched == 5
    assert stored(room) == ALL


def test_a_uid_that_is_not_there_is_gone(liar: LyingImap, room: PostRoom) -> None:
    def lie(tag: str, command: str) -> bytes | None:
        if command == "UID SEARCH ALL":
            return f"* SEARCH 3 4 5 7 8 9\r\n{tag} OK done\r\n".encode()
        return None

    liar.lie = lie
    assert room.fetch().fetched == 5


def test_an_endless_mail_is_given_up(liar: LyingImap, room: PostRoom) -> None:
    piece = b"y" * (1 << 20)

    def lie(tag: str, command: str) -> bytes | None:
        if not body_of(7, command):
            return None
        first = re.search(r"<(\d+)\.", command)
        assert first
        head = f"* 3 FETCH (UID 7 BODY[]<{first[1]}> {{{len(piece)}}}\r\n".encode()
        return head + piece + f")\r\n{tag} OK done\r\n".encode()

    liar.lie = lie
    found = room.fetch()

    assert "more and more" in found.troubles[0].text
    assert stored(room) == OTHERS


def test_an_endless_answer_is_given_up(liar: LyingImap, room: PostRoom) -> None:
    def lie(_tag: str, command: str) -> bytes | None:
        return b"* OK and on and on it goes\r\n" * 250_000 if body_of(7, command) else None

    liar.lie = lie
    found = room.fetch()

    assert "answers with more than" in found.troubles[0].text
    assert stored(room) == OTHERS


def test_a_server_without_uidvalidity_is_refused(liar: LyingImap, room: PostRoom) -> None:
    liar.uidvalidity = 0

    found = room.fetch()

    assert "keeps no UIDs" in found.troubles[0].text


def test_a_literal_is_not_taken_for_the_password(liar: LyingImap, room: PostRoom) -> None:
    def lie(tag: str, command: str) -> bytes | None:
        if command.startswith("LOGIN"):
            return f"{tag} NO you said {lying_imap.PASSWORD} and {command}\r\n".encode()
        return None

    liar.lie = lie
    found = room.fetch()

    assert "correct user and password" in found.troubles[0].text
    assert lying_imap.PASSWORD not in found.troubles[0].text


def test_what_sasl_sends_is_not_shown_when_the_server_repeats_it(liar: LyingImap, room: PostRoom) -> None:
    asked: list[str] = []

    def lie(tag: str, command: str) -> bytes | None:
        if command == "CAPABILITY":
            return f"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n{tag} OK done\r\n".encode()
        if command.startswith("AUTHENTICATE"):
            asked.append(tag)
            return b"+ \r\n"
        if asked and not command:
            return f"{asked[0]} NO what is {tag}?\r\n".encode()
        return None

    liar.lie = lie
    (trouble,) = room.fetch().troubles

    sent = liar.commands
    assert "" in sent  # the line of SASL has one word
    assert "what is …?" in trouble.text


@pytest.mark.parametrize("drip", [False, True], ids=["silent", "dripping"])
def test_a_server_that_does_not_come_to_an_end_is_hung_up_on(drip: bool) -> None:
    with lying_imap.serving({1: mails.raw(1)}) as server:

        def lie(_tag: str, command: str) -> bytes | None:
            if command.startswith("UID SEARCH"):
                time.sleep(1.5)
            return None

        server.lie = lie
        patience = Patience(silence=30 if drip else 0.3, command=0.4 if drip else 30)
        with imap.open_mailbox(mailboxes.read(server.address), None, patience) as box:
            box.select("INBOX")
            with pytest.raises(Unreachable):
                box.uids(1)  # it would be answered after a second and a half


def test_a_login_that_is_cut_off_is_not_a_wrong_password(liar: LyingImap, room: PostRoom) -> None:
    liar.lie = lambda _tag, command: b"" if command.startswith("LOGIN") else None

    found = room.fetch()

    assert "hung up" in found.troubles[0].text
    assert found.troubles[0].not_before - room.clock.now < timedelta(minutes=1)


def test_a_server_that_cannot_log_in_now_is_tried_soon(liar: LyingImap, room: PostRoom) -> None:
    def lie(tag: str, command: str) -> bytes | None:
        return f"{tag} NO [UNAVAILABLE] later\r\n".encode() if command.startswith("LOGIN") else None

    liar.lie = lie
    found = room.fetch()

    assert found.troubles[0].not_before - room.clock.now < timedelta(minutes=1)


def test_many_mails_are_looked_for_in_windows() -> None:
    with lying_imap.serving({1: b""}) as server:

        def lie(tag: str, command: str) -> bytes | None:
            if window := re.match(r"UID SEARCH (\d+):(\d+|\*)$", command):
                first = int(window[1])
                last = 45_000 if window[2] == "*" else int(window[2])
                found = " ".join(str(2 * number) for number in range(first, last + 1))
                return f"* SEARCH {found}\r\n{tag} OK done\r\n".encode()
            return None

        server.lie = lie
        with imap.open_mailbox(mailboxes.read(server.address)) as box:
            box.select("INBOX")
            found = box.uids(45_000)

    assert found == [2 * number for number in range(1, 45_001)]


def test_nobody_there_is_a_fault_with_the_address() -> None:
    with lying_imap.serving({}) as server:
        address = server.address
    with pytest.raises(MailboxFault, match=r"127\.0\.0\.1"), imap.open_mailbox(mailboxes.read(address)):
        raise AssertionError


def test_a_folder_that_is_not_there_is_no_fault_of_the_mailbox(liar: LyingImap) -> None:
    def lie(tag: str, command: str) -> bytes | None:
        return f"{tag} NO no such folder\r\n".encode() if command.startswith("EXAMINE") else None

    liar.lie = lie
    with imap.open_mailbox(mailboxes.read(liar.address)) as box, pytest.raises(NoFolder, match="no such folder"):
        box.select("Nowhere")
