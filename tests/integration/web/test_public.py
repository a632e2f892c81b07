"""The page behind the link of a letter: whoever opens it changes nothing, and its button ends the assignment once."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import httpx
import pytest
import sqlalchemy as sa

from caseline.actions import assign, end_by_link, keep_letters, show_request, sort_mail
from caseline.actions.end_by_link import LONGEST_REMARK
from caseline.crm.cards import Refused
from caseline.crm.port import NotOffered
from caseline.crm.timeline import AssignmentState
from caseline.outbox import keys
from caseline.outbox.faults import OutboxFault
from caseline.web.bodies import LARGEST
from caseline.web.public import door
from caseline.web.public.application import HEADERS
from caseline.web.public.door import BAD_A_MINUTE, POSTS_AN_HOUR
from tests.factories import outsiders
from tests.factories.conversations import mail
from tests.factories.outsiders import PUBLIC, SMITH, Work

OOPS: Final = "Oops. Something went wrong"
EVIL: Final = "<script>alert(1)</script> \"'&{{ 7*7 }}%(x)s"


@pytest.fixture
def work(database_url: str, tmp_path: Path) -> Work:
    return outsiders.work(database_url, tmp_path)


@pytest.fixture
def client(work: Work) -> Iterator[httpx.Client]:
    with outsiders.pages(work) as found:
        yield found


def path(work: Work) -> str:
    return f"/a/{work.link}"


class TestLetters:
    def test_the_letters_carry_the_link_and_only_their_recipient_sees_it(self, work: Work) -> None:
        work.centre.now += timedelta(hours=20)
        assert assign.remind(work.centre.house, now=work.centre.now) == 1

        given, reminder = work.letters()
        for letter in (given, reminder):
            assert f"{PUBLIC}/a/{work.link}\n" in letter.text
            assert f'href="{PUBLIC}/a/{work.link}"' in (letter.html or "")
            assert letter.secret_links == (work.link,)
            shown = keep_letters.show(work.centre.house, letter.id)
            assert work.link not in repr(shown)
            assert f"{PUBLIC}/a/[…]" in repr(shown)
        assert [work.link in one.text for one in work.messages()] == [False, False]
        assert all(f"{PUBLIC}/a/[…]" in one.text for one in work.messages())

    def test_an_answer_that_quotes_the_letter_shows_no_secret(self, work: Work) -> None:
        (letter,) = work.letters()
        quoted = "\r\n".join(f"> {line}" for line in letter.text.splitlines())
        html = f"<p>A question</p><blockquote>{letter.html}</blockquote>"
        raw = (
            f"From: {SMITH}\r\nTo: {letter.reply_to}\r\nSubject: Re\r\nMessage-ID: <q@r>\r\nMIME-Version: 1.0\r\n"
            "Content-Type: multipart/alternative; boundary=b\r\n\r\n"
            f"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nA question {PUBLIC}/a/{work.link}\r\n\r\n{quoted}\r\n"
            f"--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n--b--\r\n"
        )
        work.centre.get(raw.encode())

        answer = work.messages()[-1]
        assert answer.mail_id == "q@r"
        for said in (answer.text, answer.html, answer.new_text):
            assert f"{PUBLIC}/a/[…]" in (said or "")
            assert work.link not in (said or "")

    def test_without_an_address_of_public_pages_no_letter_speaks_of_a_link(
        self, database_url: str, tmp_path: Path
    ) -> None:
        made = outsiders.work(database_url, tmp_path, public_url=None)

        (letter,) = made.letters()
        assert "страницу" not in letter.text + (letter.html or "")
        assert "«Готово»" in letter.text
        assert letter.secret_links == ()

    def test_a_template_that_asks_for_no_link_makes_a_letter_without_secrets(self, work: Work) -> None:
        assign.answer(work.centre.house, work.assignment_id, "Third floor", by=None, now=work.centre.now)

        assert work.letters()[1].secret_links == ()


class TestLooking:
    def test_it_shows_one_assignment_in_the_language_of_the_browser(self, work: Work, client: httpx.Client) -> None:
        english, russian = (
            client.get(path(work), headers={"Accept-Language": one}).text for one in ("en-GB", "de, ru;q=0.5")
        )
        other = client.get(path(work), headers={"Accept-Language": "fr"}).text

        for shown in ("Printer", "Please look", "<textarea", "Europe/Moscow"):
            assert shown in english
        assert "not finished yet" in english
        assert ">Done</button>" in english
        assert ">Готово</button>" in russian
        assert 'lang="ru"' in other, "the language of letters stands in"

    def test_it_shows_nothing_of_client_or_outsider(self, work: Work, client: httpx.Client) -> None:
        shown = client.get(path(work)).text

        for hidden in (SMITH, "smith", "anna", "Anna", "client.example", "Вопрос", "принтер"):
            assert hidden not in shown

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"Sec-Purpose": "prefetch;prerender"},
            {"Purpose": "prefetch"},
            {"X-Moz": "prefetch"},
            {"User-Agent": "TelegramBot (like TwitterBot)", "Range": "bytes=0-100"},
        ],
        ids=str,
    )
    def test_scanners_prefetchers_and_previews_change_nothing(
        self, work: Work, client: httpx.Client, headers: dict[str, str]
    ) -> None:
        before = work.contents()
        for address in (path(work), f"{path(work)}?remark=done", f"{path(work)}?_method=POST&state=done"):
            for method in ("HEAD", "GET", "GET", "OPTIONS", "PUT", "DELETE", "PATCH"):
                client.request(method, address, headers=headers)

        assert work.contents() == before
        assert work.read().state is AssignmentState.OPEN

    def test_head_answers_like_get_without_a_body(self, work: Work, client: httpx.Client) -> None:
        head = client.head(path(work))

        assert (head.status_code, head.content) == (200, b"")

    def test_looking_is_read_only_in_the_database_itself(self, work: Work) -> None:
        link, asked = work.link, list[bool | None]()
        sa.event.listen(
            work.centre.house.engine, "after_cursor_execute", lambda *said: asked.append(said[1].connection.read_only)
        )
        assert end_by_link.see(work.centre.house, link) is not None

        assert set(asked) == {True}

    def test_a_house_without_any_secret_is_not_given_one_by_looking(self, work: Work, client: httpx.Client) -> None:
        link = path(work)
        with work.centre.house.engine.begin() as connection:
            connection.execute(sa.text("DELETE FROM outbox.secret"))

        assert client.get(link).status_code == 404
        assert client.post(link).status_code == 404
        assert work.contents()["outbox.secret"] == []


class TestEnding:
    def test_the_button_ends_it_and_the_remark_stands_on_the_assignment(self, work: Work, client: httpx.Client) -> None:
        done = client.post(path(work), data={"remark": "  Replaced the drum\r\nno charge \x1b[31m "})

        assert (done.status_code, done.headers["location"]) == (303, f"/out{path(work)}")
        ended = work.read()
        assert (ended.state, ended.ended_by, ended.remind_at) == (AssignmentState.DONE, "link", None)
        remark = work.messages()[-1]
        assert remark.text == "Replaced the drum\nno charge [31m"
        assert (remark.kind, remark.sender, remark.public) == ("comment", f"{SMITH} <{SMITH}>", False)
        shown = client.get(path(work))
        assert "The assignment is finished. Thank you!" in shown.text
        assert "<form" not in shown.text
        assert "Please look" not in shown.text
        assert assign.remind(work.centre.house, now=work.centre.now + timedelta(days=30)) == 0

    def test_a_remark_that_is_too_long_ends_nothing_and_stays_in_the_form(
        self, work: Work, client: httpx.Client
    ) -> None:
        longest, before = "a\r\n" + "x" * (LONGEST_REMARK - 2), work.contents()

        refused = client.post(path(work), data={"remark": longest + "y"})

        assert refused.status_code == 409
        assert "a remark has 4000 characters at most" in refused.text
        assert f"{'x' * (LONGEST_REMARK - 2)}y</textarea>" in refused.text
        assert work.contents() == before
        assert client.post(path(work), data={"remark": longest}).status_code == 303
        assert len(work.messages()[-1].text) == LONGEST_REMARK

    def test_without_a_remark_there_is_no_message(self, work: Work, client: httpx.Client) -> None:
        before = len(work.messages())
        client.post(path(work), data={"remark": " \r\n\0 "})

        assert work.read().state is AssignmentState.DONE
        assert len(work.messages()) == before

    def test_a_form_without_fields_is_enough(self, work: Work, client: httpx.Client) -> None:
        assert client.post(path(work)).status_code == 303
        assert work.read().state is AssignmentState.DONE

    def test_it_ends_once_and_later_presses_change_nothing(self, work: Work, client: httpx.Client) -> None:
        client.post(path(work), data={"remark": "first"})
        before = work.contents()

        again, late = client.post(path(work)), client.post(path(work), data={"remark": "something <b>more"})

        assert again.status_code == 303
        assert (late.status_code, "Your remark was not kept" in late.text) == (409, True)
        assert "something &lt;b&gt;more" in late.text
        assert work.contents() == before

    def test_of_many_presses_at_once_one_ends_it(self, work: Work, client: httpx.Client) -> None:
        link = path(work)

        def press(number: int) -> int:
            return client.post(link, data={"remark": f"remark {number}"}).status_code

        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(press, range(6)))

        assert sorted(answers) == [303, 409, 409, 409, 409, 409]
        assert len(work.messages()) == 2

    @pytest.mark.parametrize(
        ("state", "words"), [("done", "The assignment is finished"), ("cancelled", "The assignment is cancelled")]
    )
    def test_what_the_house_has_ended_says_so_politely(
        self, work: Work, client: httpx.Client, state: str, words: str
    ) -> None:
        assign.end(work.centre.house, work.assignment_id, AssignmentState(state), by=None, now=work.centre.now)

        shown = client.get(path(work))
        pressed = client.post(path(work), follow_redirects=False)

        assert (shown.status_code, pressed.status_code) == (200, 303)
        assert words in shown.text
        assert work.read().ended_by == "person"

    def test_a_link_from_before_a_new_secret_is_still_good(self, work: Work, client: httpx.Client) -> None:
        with work.centre.house.engine.begin() as connection:
            keys.rotate(connection, now=work.centre.now)
        other = work.give("Paper")

        assert client.post(path(work)).status_code == 303
        assert client.post(path(other)).status_code == 303

    def test_what_was_sent_is_blanked_and_the_link_still_works(self, work: Work, client: httpx.Client) -> None:
        link = path(work)
        with work.centre.house.engine.begin() as connection:
            connection.execute(sa.text("UPDATE outbox.letter SET secret_links = '{}', body = 'x', html = NULL"))

        assert client.get(link).status_code == 200

    def test_a_link_that_went_to_a_wrong_address_ends_nothing_once_it_is_corrected(
        self, work: Work, client: httpx.Client
    ) -> None:
        wrong = path(work)
        assign.address(work.centre.house, work.assignment_id, "smyth@repair.example", now=work.centre.now)
        right = f"/a/{outsiders.link(work.letters()[1])}"

        assert [client.get(wrong).status_code, client.post(wrong).status_code] == [404, 404]
        assert work.read().state is AssignmentState.OPEN
        assert client.post(right).status_code == 303
        assert work.read().state is AssignmentState.DONE

    def test_a_letter_that_bounced_is_not_sent_again_and_the_fault_names_what_does_it(
        self, work: Work, client: httpx.Client
    ) -> None:
        with work.centre.house.engine.begin() as connection:
            connection.execute(
                sa.text(
                    "UPDATE outbox.letter SET state = 'failed', reason = 'x', done_at = now(), secret_links = '{}',"
                    " blanked = true"
                )
            )
        with pytest.raises(OutboxFault, match=f"`caseline assignment resend {work.assignment_id}` writes a new one"):
            keep_letters.retry(work.centre.house, [work.letters()[0].id], now=work.centre.now)

        assign.resend(work.centre.house, work.assignment_id, by=None, now=work.centre.now)

        assert client.post(f"/a/{outsiders.link(work.letters()[1])}").status_code == 303

    def test_an_assignment_of_a_merged_request_can_be_ended(self, work: Work, client: httpx.Client) -> None:
        work.centre.get(mail("Другое", sender="boris@other.example", Message_ID="<2@other.example>"))
        first, second = (f"id:{one}" for one in work.centre.landed())
        sort_mail.merge(work.centre.house, first, second, by=None, now=work.centre.now)

        assert client.post(path(work), data={"remark": "x"}).status_code == 303
        assert f"id:{work.messages()[-1].record_id}" == second

    def test_the_timeline_says_how_it_ended(self, work: Work, client: httpx.Client) -> None:
        client.post(path(work))

        found = show_request.show(work.centre.house, f"id:{work.read().record_id}", now=work.centre.now)
        assert [one.ended_by for one in found.assignments] == ["link"]


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever tries links is let try many."""
    monkeypatch.setattr(door, "BAD_A_MINUTE", 1_000)


class TestHostile:
    @pytest.mark.usefixtures("patient")
    def test_whatever_is_invalid_gets_the_same_page_and_changes_nothing(self, work: Work, client: httpx.Client) -> None:
        other, number, secret = work.give("Paper"), *work.link.split(".")
        before = work.contents()
        forged = [
            f"{number}.{other.link.split('.')[1]}",
            f"{other.assignment_id}.{secret}",
            f"{number}.{secret[:-1]}",
            f"{number}.{secret}a",
            f"{number}.{secret.upper()}",
            f"{number}.",
            number,
            f"999999.{secret}",
            f"{'9' * 30}.{secret}",
            f"{number}.{'a' * 32}",
            f"0{number}.{secret}",
            "%00",
            "%F0%9F%98%80",
            "x" * 3_000,
        ]
        answers = [client.get(f"/a/{one}") for one in forged[:7]] + [client.post(f"/a/{one}") for one in forged[7:]]
        answers += [client.get(one) for one in ("/", "/a/", "/a", "/b/1", "/static/../a", "/static/none.css")]
        answers += [client.put(path(work)), client.delete(path(work))]

        assert {one.status_code for one in answers} == {404}
        assert {one.text for one in answers} == {answers[0].text}
        assert OOPS in answers[0].text
        assert {tuple(sorted(set(one.headers) - {"date"})) for one in answers[:14]} == {
            tuple(sorted(set(answers[0].headers) - {"date"}))
        }
        assert work.contents() == before

    def test_in_russian_it_says_its_sentence(self, client: httpx.Client) -> None:
        shown = client.get("/a/1.x", headers={"Accept-Language": "ru"}).text
        assert "Упс. Что-то пошло не так" in shown

    def test_a_forged_link_costs_one_look_at_the_secrets_and_none_at_assignments(self, work: Work) -> None:
        number, secret = work.link.split(".")
        asked: list[list[str]] = []

        def note(*said: object) -> None:
            asked[-1].append(str(said[2]))

        sa.event.listen(work.centre.house.engine, "before_cursor_execute", note)
        for link in (f"{number}.{'a' * 32}", f"999999.{secret}", "nonsense", ""):
            asked.append([])
            end_by_link.see(work.centre.house, link)

        assert all(one == asked[0] for one in asked)
        assert not any("assignment" in statement for one in asked for statement in one)

    def test_work_for_people_of_the_house_has_no_page(self, work: Work, client: httpx.Client) -> None:
        link = path(work)
        with work.centre.house.engine.begin() as connection:
            person = connection.execute(
                sa.text("INSERT INTO people.person (name) VALUES ('Agent') RETURNING id")
            ).scalar_one()
            connection.execute(sa.text(f"UPDATE crm.assignment SET contact_id = NULL, assignee_id = {person}"))

        assert client.get(link).status_code == 404

    def test_words_of_strangers_are_escaped(self, database_url: str, tmp_path: Path) -> None:
        made = outsiders.work(database_url, tmp_path, title=EVIL, text=f"{EVIL}\n</textarea></p>", mail_name="<b>us")
        with outsiders.pages(made) as client:
            shown = client.get(path(made)).text
            client.post(path(made))
            late = client.post(path(made), data={"remark": f"{EVIL}</p>"}).text

        for page in (shown, late):
            assert "<script" not in page
            assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
            assert "{{ 7*7 }}%(x)s" in page
            assert "&lt;b&gt;us" in page
        assert shown.count("</textarea>") == 1

    def test_every_answer_has_the_headers_and_no_cookie(self, work: Work, client: httpx.Client) -> None:
        sheet = re.search(r'href="/out(/static/[^"]+)"', client.get(path(work)).text)
        assert sheet is not None
        answers = [client.get(path(work)), client.get("/a/x"), client.get("/nothing"), client.get(sheet[1])]
        answers += [client.head(path(work)), client.post(path(work)), client.put(path(work))]

        for one in answers:
            assert {name: one.headers.get(name) for name in HEADERS} == HEADERS
            assert "set-cookie" not in one.headers
        assert [one.headers["cache-control"] for one in answers[:3]] == ["no-store"] * 3
        assert answers[3].status_code == 200
        assert "immutable" in answers[3].headers["cache-control"]

    def test_the_policy_names_no_host_and_allows_no_script(self, work: Work, client: httpx.Client) -> None:
        policy = HEADERS["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'")
        assert "script" not in policy
        assert "http" not in policy
        assert HEADERS["Referrer-Policy"] == "no-referrer"
        shown = client.get(path(work)).text
        assert "<script" not in shown
        assert not re.search(r"""(?:src|href|action)=["'](?!/out/static/)""", shown)

    @pytest.mark.parametrize(
        "headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}], ids=["origin", "fetch-site"]
    )
    def test_a_form_of_another_site_is_turned_away(
        self, work: Work, client: httpx.Client, headers: dict[str, str]
    ) -> None:
        assert client.post(path(work), headers=headers).status_code == 404
        assert work.read().state is AssignmentState.OPEN

    def test_a_form_is_sent_as_browsers_do_it_without_a_referrer(self, work: Work, client: httpx.Client) -> None:
        told = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
        assert client.post(path(work), headers=told).status_code == 303

    def test_large_and_broken_forms_are_turned_away(self, work: Work, client: httpx.Client) -> None:
        for body in (b"remark=" + b"x" * LARGEST, b"remark=\xff", b"&".join([b"a=1"] * 500)):
            assert client.post(path(work), content=body).status_code == 404
        assert work.read().state is AssignmentState.OPEN

    def test_whoever_guesses_waits_and_who_sends_by_a_link_that_is_right_is_heard_all_the_same(
        self, work: Work, client: httpx.Client
    ) -> None:
        for number in range(BAD_A_MINUTE):
            assert client.get(f"/a/{number}.x").status_code == 404

        held = client.get(path(work))
        assert (held.status_code, OOPS in held.text, held.headers["Retry-After"]) == (429, True, "60")
        assert client.post("/a/1.x").status_code == 429
        assert work.read().state is AssignmentState.OPEN
        assert client.post(path(work)).status_code == 303
        assert work.read().state is AssignmentState.DONE

    def test_what_is_sent_very_often_is_shown_again_and_changes_nothing(self, work: Work, client: httpx.Client) -> None:
        long = "x" * 5_000
        for _ in range(POSTS_AN_HOUR):
            assert client.post(path(work), data={"remark": long}).status_code == 409

        refused = client.post(path(work), data={"remark": "all is done"})

        assert (refused.status_code, "all is done" in refused.text) == (429, True)
        assert work.read().state is AssignmentState.OPEN

    def test_a_fault_of_ours_says_no_more_than_that(self, work: Work, client: httpx.Client) -> None:
        link = path(work)
        with work.centre.house.engine.begin() as connection:
            connection.execute(sa.text("ALTER TABLE outbox.secret RENAME TO gone"))
        shown = client.get(link)

        assert (shown.status_code, OOPS in shown.text) == (500, True)
        assert "secret" not in shown.text
        assert {name: shown.headers.get(name) for name in HEADERS} == HEADERS


def test_a_portal_has_no_assignments_of_ours(work: Work) -> None:
    settings = work.centre.house.settings.model_copy(update={"crm": "bitrix24"})
    with pytest.raises(NotOffered):
        end_by_link.offered(replace(work.centre.house, settings=settings))


class TestAnswers:
    def answer(self, work: Work, text: str, sender: str = SMITH, automatic: str = "no") -> None:
        parent = work.letters()[0]
        raw = mail(text, sender=sender, to=parent.reply_to, In_Reply_To=parent.message_id, Auto_Submitted=automatic)
        work.centre.get(raw)

    def test_an_answer_that_says_only_done_ends_it(self, work: Work) -> None:
        self.answer(work, "Готово, спасибо!\n\n> Чтобы завершить поручение, ответьте «Готово»")

        ended = work.read()
        assert (ended.state, ended.ended_by, ended.ended_at) == (AssignmentState.DONE, "reply", work.centre.now)
        assert work.messages()[-1].text.startswith("Готово")

    @pytest.mark.parametrize("text", ["не готово", "готово?", "будет готово завтра", "Какой этаж?", "> Готово"])
    def test_any_other_answer_leaves_it_open(self, work: Work, text: str) -> None:
        self.answer(work, text)

        assert work.read().state is AssignmentState.OPEN
        assert len(work.messages()) == 2

    def test_a_stranger_who_got_hold_of_the_address_does_not_end_it(self, work: Work) -> None:
        self.answer(work, "Готово", sender="stranger@elsewhere.example")

        assert work.read().state is AssignmentState.OPEN
        assert work.messages()[-1].unverified

    def test_the_client_does_not_end_it(self, work: Work) -> None:
        work.centre.get(mail("Готово", In_Reply_To="<1@client.example>"))
        self.answer(work, "Готово", sender="anna@client.example")

        assert work.read().state is AssignmentState.OPEN

    def test_an_automatic_answer_does_not_end_it(self, work: Work) -> None:
        self.answer(work, "Done", automatic="auto-replied")

        assert work.read().state is AssignmentState.OPEN

    def test_it_ends_the_assignment_of_the_letter_and_no_other(self, work: Work) -> None:
        other = work.give("Paper")
        self.answer(other, "Done")

        assert (work.read().state, other.read().state) == (AssignmentState.OPEN, AssignmentState.DONE)

    def test_said_twice_or_after_the_link_it_changes_nothing_more(self, work: Work, client: httpx.Client) -> None:
        client.post(path(work))
        for text in ("Готово", "Готово!"):
            self.answer(work, text)

        assert work.read().ended_by == "link"
        assert [one["state"] for one in work.centre.mails()] == ["done"] * 3
        with pytest.raises(Refused):
            assign.end(work.centre.house, work.assignment_id, AssignmentState.DONE, by=None, now=work.centre.now)
