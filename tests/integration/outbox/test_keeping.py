"""What is kept of a letter that is asked for, of templates and of secrets."""

from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes

import pytest
import sqlalchemy as sa

from caseline.actions import keep_letters, keep_templates, wiring
from caseline.outbox import keys, store
from caseline.outbox.faults import OutboxFault, TemplateFault
from caseline.outbox.letters import Address, Attachment, Parent
from caseline.outbox.minting import Thread
from caseline.outbox.templates import Template
from tests.factories.letters import NOW, new_letter
from tests.factories.post import Post

LINK = "https://example.org/f/a?b=1&c=very-secret"


def test_a_letter_is_kept_and_sent_as_it_was_asked_for(post: Post) -> None:
    parent = Parent("<m1@client.example>", ["<m0@client.example>"], bytes(range(1, 23)))
    file = Attachment("счёт.pdf", "application/pdf", b"%PDF")
    (number,) = post.queue(new_letter(thread=Thread(4, 9), parent=parent, attachments=[file], sender_name="Поддержка"))
    post.send()

    message = message_from_bytes(post.mailbox.taken[0].content)

    assert message["In-Reply-To"] == "<m1@client.example>"
    assert str(message["References"]).split() == ["<m0@client.example>", "<m1@client.example>"]
    with post.engine.begin() as connection:
        mint = wiring.mint(post.house, connection, now=NOW)
        kept = store.get(connection, number)
        assert store.by_message_id(connection, [str(message["Message-ID"]), "<x@y>"]) == {message["Message-ID"]: number}
    assert mint.read_id(str(message["Message-ID"])) == Thread(4, 9)
    assert mint.read_address(str(message["Reply-To"]).rpartition("<")[2]) == Thread(4, 9)
    assert kept is not None
    assert [one.name for one in kept.attachments] == ["счёт.pdf"]
    assert len(kept.thread_index) == 27


def test_a_letter_that_names_no_sender_comes_from_the_house(post: Post) -> None:
    post.settings = {"mail_name": "Support of Example"}
    post.queue(new_letter(1), new_letter(2, sender_name="Ann"))
    post.send()

    found = [str(one.message["From"]) for one in post.mailbox.taken]
    assert found == ["Support of Example <support@example.org>", "Ann <support@example.org>"]


def test_the_same_occasion_asked_for_twice_is_one_letter(post: Post) -> None:
    first = post.queue(new_letter(occasion="assignment 12 given"))
    second = post.queue(new_letter(occasion="assignment 12 given", text="other words"))

    assert first == second
    assert len(post.lines()) == 1


def test_the_same_occasion_asked_for_by_many_at_once_is_one_letter(post: Post) -> None:
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: post.queue(new_letter(occasion="once"))[0], range(6)))

    assert len(set(found)) == len(post.lines()) == 1


def test_a_letter_of_a_transaction_that_fails_never_was(post: Post) -> None:
    with post.engine.begin() as connection:
        store.queue(connection, new_letter(), wiring.mint(post.house, connection, now=NOW), now=NOW)
        connection.rollback()

    assert post.send().sent == 0
    assert post.lines() == []


def test_the_secret_is_made_once_though_all_ask_at_once(post: Post) -> None:
    def ready(_number: int) -> list[bytes]:
        with post.engine.begin() as connection:
            return keys.ready(connection, now=NOW)

    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(ready, range(6)))

    assert found == [found[0]] * 6
    assert len(found[0]) == 1


def test_a_rotated_secret_mints_anew_and_the_old_one_is_still_good_for_reading(post: Post) -> None:
    with post.engine.begin() as connection:
        before = wiring.mint(post.house, connection, now=NOW)
    assert keep_letters.rotate_secret(post.house, now=NOW) == 1
    with post.engine.begin() as connection:
        after = wiring.mint(post.house, connection, now=NOW)

    thread = Thread(5)
    assert after.reply_address(thread) != before.reply_address(thread)
    assert after.read_address(before.reply_address(thread)) == thread
    assert after.read_id(before.message_id(thread, 1)) == thread
    assert before.read_address(after.reply_address(thread)) is None


def test_secret_links_are_blanked_in_what_is_shown_and_gone_once_the_letter_is_sent(post: Post) -> None:
    html = f'<p><a href="{LINK.replace("&", "&amp;")}">here</a></p>'
    letter = new_letter(text=f"See {LINK} please", html=html, secret_links=[LINK])
    (number,) = post.queue(letter)
    before = keep_letters.show(post.house, number)
    post.send()
    after = keep_letters.show(post.house, number)

    assert before.text == after.text == "See […] please"
    assert "very-secret" not in repr((before, after))
    assert LINK.encode() in post.mailbox.taken[0].message.get_payload(0).get_payload(decode=True)  # type: ignore[union-attr]
    with post.engine.connect() as connection:
        row = connection.execute(sa.text("SELECT * FROM outbox.letter")).one()
    assert "very-secret" not in repr(row)


def test_a_letter_whose_links_are_gone_cannot_be_sent_again(post: Post) -> None:
    post.mailbox.recipient_answers["gone@example.com"] = "550 5.1.1 no such user"
    (number,) = post.queue(
        new_letter(text=LINK, secret_links=[LINK], to=[Address("a@example.com"), Address("gone@example.com")])
    )
    post.send()

    with pytest.raises(OutboxFault, match="write a new one"):
        keep_letters.retry(post.house, [number], now=post.now)


def test_a_template_is_saved_only_with_tags_that_exist(post: Post) -> None:
    good = Template("request_received", "ru", "Закрыто %Номер%", "Готово, %ИмяКлиента%", "")
    keep_templates.save(post.house, good, by="ann", now=NOW)

    with pytest.raises(TemplateFault, match=r"request_received \(ru\), text: there is no tag %Номр%: write %Номер%"):
        keep_templates.save(post.house, Template("request_received", "ru", "x", "%Номр%", ""), by="ann", now=NOW)

    assert keep_templates.find(post.house, "request_received", "ru") == good
    assert keep_templates.find(post.house, "request_received", "en").subject.startswith("Request %Number%")
    with pytest.raises(TemplateFault, match="there is no template 'closing' in 'ru': there are ask_address, ask_nps"):
        keep_templates.find(post.house, "closing", "ru")
