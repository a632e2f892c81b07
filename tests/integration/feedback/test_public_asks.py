"""The pages of asks: what a link shows, what is kept of what comes, and what is refused."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import pytest
import sqlalchemy as sa

from caseline.actions import judge_ask
from caseline.feedback import books
from caseline.feedback.forms import LONGEST_TEXT
from caseline.feedback.states import State
from caseline.web.public import asks as pages
from caseline.web.public import door
from caseline.web.public.application import HEADERS
from tests.factories import feedback_asks
from tests.factories.feedback_asks import Asking, asking, hidden

__all__ = ["asking"]
OOPS: Final = "Oops. Something went wrong"
EVIL: Final = "<script>alert(1)</script> \"'&{{ 7*7 }}%(x)s"
_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
_RANDOM: Final = re.compile(r'(name="page-(?:mark|submission)" value=")[^"]*')


class TestLooking:
    def test_the_client_sees_the_form_of_his_link_in_the_language_of_the_letter(self, asking: Asking) -> None:
        english = asking.sent("nps-after-a-stage", "nps")
        russian = asking.sent("review-registry", "review", language="ru")
        client = asking.client()

        first, second = client.get(english.path).text, client.get(russian.path).text

        assert "Five questions about our work" in first
        assert "Отзыв об услуге" in second
        assert "Сохранить</button>" in second
        assert "Review of the service" in client.get(f"{russian.path}?language=en").text

    def test_looking_changes_nothing_but_tells_of_the_visit(self, asking: Asking) -> None:
        one, client = asking.sent(), asking.client()
        asking.later(hours=1)
        for path in (one.path, f"{one.path}/4", f"{one.path}/9"):
            client.get(path, headers={"User-Agent": "x" * 900})
            head = client.head(path)
            assert (head.status_code, head.content) == (200, b"")
        client.get(f"{one.path}/2", headers={"Sec-Purpose": "prefetch"})

        told = asking.rows("SELECT kind, value, prefetch, text(net), length(agent) FROM feedback.signal ORDER BY id")
        net = "192.0.2.0/24"
        assert told[:4] == [
            ("visit", None, False, net, 200),
            ("visit", None, True, net, told[1][4]),
            ("visit", 4, False, net, 200),
            ("visit", 4, True, net, told[1][4]),
        ]
        assert [row[1:3] for row in told[4:]] == [(None, False), (None, True), (2, True)]
        assert (one.ask.state, one.ratings, one.submissions) == (State.SENT, [], 0)

    def test_a_person_who_looks_has_visited_and_who_comes_with_the_letter_has_not(self, asking: Asking) -> None:
        early, late, client = asking.sent(), asking.sent(), asking.client()
        client.script(client.get(early.path), f"{early.path}/seen")
        asking.later(hours=1)
        page = client.get(late.path)
        client.post(f"{late.path}/seen", {"page-mark": hidden(client.get(early.path))["page-mark"]})
        assert late.ask.state is State.SENT
        client.script(page, f"{late.path}/seen")

        assert (early.ask.state, late.ask.state) == (State.SENT, State.VISITED)

    def test_a_queued_ask_opens_as_soon_as_the_server_has_its_letter(self, asking: Asking) -> None:
        one, client = asking.queued(), asking.client()
        assert client.get(one.path).status_code == 404

        with asking.house.engine.begin() as connection:
            _letter(connection, one.id, asking)

        assert client.get(one.path).status_code == 200
        assert (one.ask.state, one.ask.sent_at) == (State.SENT, feedback_asks.SENT)

    @pytest.mark.parametrize(
        ("then", "words"),
        [
            (State.EXPIRED, "This link could be used until"),
            (State.CANCELLED, "This question was withdrawn"),
            (State.OPTED_OUT, "You asked not to be asked any more"),
        ],
    )
    def test_what_has_ended_says_so_and_gives_back_what_was_written(
        self, asking: Asking, then: State, words: str
    ) -> None:
        one, client = asking.sent(), asking.client()
        page = client.get(one.path)
        one.move(then, reason="tried")

        shown = client.get(f"{one.path}/4")
        posted = client.save(page, one.path, rating="4", comment=f"Written in vain {EVIL}")

        assert (shown.status_code, posted.status_code) == (200, 409)
        assert words in shown.text
        assert "<form" not in shown.text
        assert "Written in vain &lt;script&gt;" in posted.text
        assert (one.submissions, one.ask.state) == (0, then)

    def test_a_link_ends_on_its_day_whether_or_not_a_job_has_come_by(self, asking: Asking) -> None:
        one, client = asking.sent(), asking.client()
        asking.later(days=30)

        assert "This link could be used until" in client.get(one.path).text


def _letter(connection: sa.Connection, ask_id: int, asking: Asking) -> None:
    values = {"at": asking.now, "id": ask_id}
    made = sa.text(
        "INSERT INTO outbox.letter (record_id, nature, occasion, message_id, sender, reply_to, mark, subject, body,"
        " thread_index, state, queued_at, due_at, done_at) VALUES (1, 'notice', 'o', '<m@x>', 'a@x.example', 'a@x.example',"
        " 'm', 's', 'b', '', 'sent', :at, :at, :at) RETURNING id"
    )
    letter = connection.execute(made, values).scalar_one()
    connection.execute(
        sa.text("UPDATE feedback.ask SET letter_id = :letter WHERE id = :id"), {**values, "letter": letter}
    )


class TestAnswering:
    def test_save_counts_at_once_and_the_page_thanks(self, asking: Asking) -> None:
        one, person = asking.sent(), asking.client()

        done = person.save(person.get(f"{one.path}/4"), one.path, rating="2", comment="Долго\r\nи дорого")

        assert (done.status_code, done.headers["location"]) == (303, f"{one.path}?saved=1")
        assert (one.counted, one.said) == ({"rating": 2}, {"rating": 2, "comment": "Долго\nи дорого"})
        assert (one.ask.state, one.ask.grade) == (State.ANSWERED, "bad")
        assert one.follows == ["event", "notice"]
        shown = person.get(done.headers["location"]).text
        assert "Thank you! Your rating is kept." in shown
        assert "Долго\nи дорого</textarea>" in shown
        assert "We received your answer on" in person.get(one.path).text

    def test_a_correction_of_the_day_replaces_and_one_of_another_day_stands_beside(self, asking: Asking) -> None:
        one, person = asking.sent(), asking.client()
        for value, comment in (("2", "Bad"), ("4", "")):
            person.save(person.get(one.path), one.path, rating=value, comment=comment)
        assert one.counted == {"rating": 4}
        assert one.said == {"rating": 4, "comment": ""}
        asking.later(days=2)
        person.save(person.get(one.path), one.path, rating="5")

        assert [(rating.value, rating.superseded_at is None) for rating in one.ratings] == [
            (2, False),
            (4, True),
            (5, True),
        ]
        assert one.follows == ["correction", "correction", "event", "notice"]

    def test_what_a_correction_leads_to_no_more_counts_no_more(self, asking: Asking) -> None:
        questions = [
            {"key": "again", "kind": "choice", "label": "Снова?", "options": [
                {"code": "yes", "label": "Да"}, {"code": "no", "label": "Нет"}]},
            {"key": "how_bad", "kind": "scale", "label": "Плохо?", "when": {"question": "again", "is": ["no"]}},
            {"key": "all", "kind": "scale", "label": "В целом"},
        ]  # fmt: skip
        with asking.house.engine.begin() as connection:
            books.save_form(connection, "review", {"title": "Отзыв", "questions": questions}, by="t", now=asking.now)
        one, person = asking.sent("review-registry", "review"), asking.client()
        for again in ("no", "yes", "no"):
            page = person.get(one.path)
            assert person.save(page, one.path, again=again, how_bad="1", all="5").status_code == 303
            assert one.ask.grade == ("bad" if again == "no" else "good")
            assert one.counted == ({"how_bad": 1, "all": 5} if again == "no" else {"all": 5})

    def test_the_same_page_sent_twice_is_one_answer_and_two_devices_are_two(self, asking: Asking) -> None:
        one, person = asking.sent(), asking.client()
        first, second = person.get(one.path), person.get(one.path)
        asking.later(minutes=1)
        fields = {**hidden(first), "rating": "3"}
        with ThreadPoolExecutor(4) as pool:
            told = list(pool.map(lambda _: person.post(one.path, fields).status_code, range(4)))
        asking.later(minutes=1)
        person.post(one.path, fields)
        assert (told, one.submissions, len(one.ratings)) == ([303] * 4, 1, 1)

        person.save(second, one.path, rating="4")

        assert (one.submissions, one.counted) == (2, {"rating": 4})

    def test_faults_are_named_and_everything_typed_is_shown_again(self, asking: Asking) -> None:
        one, person = asking.sent("review-registry", "review"), asking.client()
        long = "ж" * (LONGEST_TEXT + 1)

        told = person.save(
            person.get(one.path), one.path, quality="2", manager="9", again="no", why_not=EVIL, comment=long
        )

        assert told.status_code == 422
        assert long + "</textarea>" in told.text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in told.text
        assert "Please choose one of the values." in told.text
        assert "The text is too long: 10,000 characters are kept at most" in told.text
        assert one.said == {"quality": 2, "again": "no", "why_not": EVIL}, "what holds is kept meanwhile"
        assert one.ask.state is State.ANSWERING
        done = person.save(told, one.path, quality="2", manager="4", again="yes", why_not="", comment="short")
        assert done.status_code == 303
        assert (one.ask.state, one.counted) == (State.ANSWERED, {"quality": 2, "manager": 4})

    @pytest.mark.parametrize(("size", "status"), [(1_000_000, 422), (pages.LARGEST + 1, 413)])
    def test_a_comment_of_a_megabyte_is_refused_politely(self, asking: Asking, size: int, status: int) -> None:
        one, person = asking.sent(), asking.client()

        told = person.save(person.get(one.path), one.path, rating="4", comment="x" * size)

        assert told.status_code == status
        assert 'role="alert"' in told.text
        assert ('value="4" checked' in told.text) is (status == 422)

    def test_unknown_questions_wrong_scales_and_forged_marks_are_no_answers(self, asking: Asking) -> None:
        one, person = asking.sent(), asking.client()
        page = person.get(one.path)
        for fields in ({"rating": "6"}, {"rating": "4️"}, {"rating": "-1"}, {"nobody": "asks"}, {"rating": "1e0"}):
            assert person.save(page, one.path, **fields).status_code == 422  # type: ignore[arg-type]
            assert person.save(page, one.path, looks=5, **fields).status_code == 422
        assert (one.ratings, one.submissions) == ([], 0)
        asking.later(minutes=1)

        forged = {**hidden(page), "page-mark": "1.-." + "a" * 24, "rating": "1"}
        assert "Save” once more" in person.post(one.path, forged).text
        asking.later(hours=1)
        asking.job()

        assert one.counted == {}

    def test_a_mark_speaks_for_its_value_its_ask_and_half_an_hour(self, asking: Asking) -> None:
        one, other, person = asking.sent(), asking.sent(), asking.client()
        asking.later(hours=1)
        page = person.get(f"{one.path}/4")
        mark = {"page-mark": hidden(page)["page-mark"]}
        asking.later(seconds=3)
        assert person.post(f"{one.path}/5", mark).json() == {"told": "press"}
        assert person.post(f"{other.path}/4", mark).json() == {"told": "press"}
        asking.later(minutes=31)
        assert person.post(f"{one.path}/4", mark).json() == {"told": "press"}
        assert asking.rows("SELECT DISTINCT kind FROM feedback.signal") == [("visit",)]

        done = person.save(page, one.path, rating="4")

        assert (done.status_code, one.counted) == (303, {"rating": 4}), "a person may take his time"

    def test_the_form_that_was_sent_answers_whatever_it_became(self, asking: Asking) -> None:
        one, person = asking.sent(), asking.client()
        changed = feedback_asks.shipped("forms")["smileys"]
        changed["questions"][0]["to"] = 3
        changed["title"] = {"ru": "Другая", "en": "Another one"}
        with asking.house.engine.begin() as connection:
            books.save_form(connection, "smileys", changed, by="test", now=asking.now)

        page = person.get(one.path)
        assert "How did we help?" in page.text
        person.save(page, one.path, rating="5")

        assert one.counted == {"rating": 5}

    def test_a_contact_who_is_gone_meanwhile_may_answer(self, asking: Asking) -> None:
        one, person = asking.sent(contact_id=999_999), asking.client()
        person.save(person.get(one.path), one.path, rating="5")

        assert one.counted == {"rating": 5}

    def test_what_is_kept_and_not_judged_is_judged_by_the_job(
        self, asking: Asking, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        one, person = asking.sent(), asking.client()
        page = person.get(one.path)
        with monkeypatch.context() as patched:
            patched.setattr(judge_ask, "judge", _dies)
            assert person.save(page, one.path, rating="1").status_code == 500
        assert (one.submissions, one.ratings) == (1, [])

        assert asking.job() == 1
        again = person.save(page, one.path, rating="1")

        assert (one.counted, one.follows, one.submissions) == ({"rating": 1}, ["event", "notice"], 1)
        assert again.status_code == 303


def _dies(*_given: object, **_more: object) -> None:
    raise OSError("the machine is gone")


class TestHostile:
    def test_whatever_is_invalid_gets_the_same_answer(self, asking: Asking) -> None:
        one, other = asking.sent(), asking.sent("nps-after-a-stage", "nps")
        waiting = asking.queued("review-registry", "review")
        form, service, tail = one.path.split("/")[2:]
        number, secret = tail.split(".")
        flipped = [
            f"/f/{form}/{service}/{number}.{secret[:place]}{'A' if secret[place] != 'A' else 'B'}{secret[place + 1 :]}"
            for place in (0, 20, 42)
        ]
        paths = [
            *flipped,
            f"/f/nps/{service}/{tail}",
            f"/f/{form}/sales/{tail}",
            f"/f/{form}/{service}/{other.ask.public_id}.{secret}",
            f"/f/{form}/{service}/{number}.{other.secret}",
            f"/f/{form}/{service}/{number}",
            f"/f/{form}/{service}/{number}.",
            f"/f/{form}/{service}/{tail}/4/5",
            f"/f/{form}/{service}/{tail}/good",
            f"/f/{form}/{service}/{tail}/{'9' * 5_000}",
            f"/f/{form}/{tail}",
            f"/f/{form.upper()}/{service}/{tail}",
            f"/f/{form}/{service}/{'A' * 12}.{'A' * 43}",
            waiting.path,
            f"/u/{number}.{other.secret}",
            f"/u/{number}",
            "/u/%00",
        ]
        answers = []
        for place, path in enumerate(paths):
            client = asking.client(address=f"198.51.{place}.1")
            answers += [client.get(path), client.head(path), client.post(path, {"rating": "1"})]

        first = answers[0]
        assert (first.status_code, OOPS in first.text) == (404, True)
        assert {(one.status_code, one.content or first.content) for one in answers} <= {
            (404, first.content),
            (405, first.content),
        }
        assert len({str(sorted(one.headers.items())) for one in answers if one.status_code == 404}) == 1
        assert asking.rows("SELECT count(*) FROM feedback.signal") == [(0,)]

    def test_whatever_is_posted_is_an_answer_or_is_named(self, asking: Asking) -> None:
        one, person = asking.sent(), asking.client()
        page = person.get(one.path)
        for fields in (
            {"page-language": "\0", "page-submission": "\0" * 70, "rating": "4", "comment": EVIL},
            {"page-language": "xx", "page-mark": "\0", "rating": "4"},
            {"rating": "\0"},
            {"rating": "4", "comment": "\0"},
            {"\0": "\0"},
            {},
        ):
            asking.later(minutes=1)
            status = person.post(one.path, {**hidden(page), **fields}).status_code
            assert status in {200, 303, 422}, fields
        raw = person.ask("POST", one.path, content=b"rating=4&%ED%A0%80=%00&%ff", headers=_FORM)

        assert raw.status_code == 422
        assert person.ask("POST", one.path, content=b"\xff\xfe", headers=_FORM).status_code == 404
        assert one.said == {"rating": 4, "comment": EVIL}
        assert asking.rows("SELECT DISTINCT language FROM feedback.answer") == [("en",)]

    def test_posts_from_other_sites_are_refused(self, asking: Asking) -> None:
        one, person = asking.sent(), asking.client()
        page = person.get(f"{one.path}/4")
        asking.later(hours=1)
        foreign = ({"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"})
        for headers in foreign:
            for path in (one.path, f"{one.path}/4", f"{one.path}/seen"):
                assert person.post(path, {**hidden(page), "rating": "1"}, headers=headers).status_code == 404

        assert (one.submissions, one.ask.state) == (0, State.SENT)

    def test_who_guesses_waits_and_others_do_not(self, asking: Asking) -> None:
        one = asking.sent()
        application = asking.application()
        guesser = feedback_asks.Program(asking, "192.0.2.1", {}, application)
        told = [guesser.get(f"/f/smileys/support/{'A' * 12}.{'A' * 43}") for _ in range(door.BAD_A_MINUTE + 1)]
        held = guesser.get(one.path)

        assert [answer.status_code for answer in told] == [404] * door.BAD_A_MINUTE + [429]
        assert (held.status_code, held.content) == (429, told[0].content)
        assert feedback_asks.Program(asking, "192.0.2.2", {}, application).get(one.path).status_code == 200
        asking.later(minutes=1)
        assert guesser.get(one.path).status_code == 200

    def test_pages_of_a_network_and_posts_for_an_ask_are_counted(self, asking: Asking) -> None:
        one, person = asking.sent(), asking.client()
        told = [person.get(one.path).status_code for _ in range(door.PAGES_A_MINUTE + 1)]
        assert told == [200] * door.PAGES_A_MINUTE + [429]
        asking.later(minutes=1)
        page = person.get(one.path)
        posts = [person.save(page, one.path, rating="1", comment="kept on the page") for _ in range(21)]

        assert [answer.status_code for answer in posts] == [303] * door.POSTS_AN_HOUR + [429]
        assert "kept on the page</textarea>" in posts[-1].text
        other = asking.client(address="203.0.113.5")
        assert other.save(other.get(one.path), one.path, rating="2").status_code == 303


class TestRefusing:
    def test_the_page_asks_first_and_scanners_refuse_nothing(self, asking: Asking) -> None:
        one, person = asking.sent(contact_id=7), asking.client()

        assert "Do not ask me any more" in person.get(one.unsubscribe).text
        person.head(one.unsubscribe)
        assert asking.rows("SELECT * FROM feedback.opt_out") == []
        told = person.post(one.unsubscribe)

        assert "We will not ask you any more" in told.text
        assert "We will not ask you any more" in person.get(one.unsubscribe).text
        assert asking.rows("SELECT address, contact_id, by FROM feedback.opt_out") == [
            (feedback_asks.CLIENT, 7, "client")
        ]
        assert one.ask.state is State.OPTED_OUT

    def test_one_click_of_a_mail_program_is_enough_and_twice_is_once(self, asking: Asking) -> None:
        one, other = asking.sent(), asking.sent("nps-after-a-stage", "nps", contact_id=8)
        headers = {"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"}
        for made in (one, one, other):
            told = asking.client().post(made.unsubscribe, {"List-Unsubscribe": "One-Click"}, headers=headers)
            assert (told.status_code, told.headers.get("set-cookie")) == (200, None)

        assert asking.rows("SELECT address, contact_id FROM feedback.opt_out") == [(feedback_asks.CLIENT, 8)]

    def test_who_has_answered_has_answered(self, asking: Asking) -> None:
        one, person = asking.sent(), asking.client()
        person.save(person.get(one.path), one.path, rating="5")
        person.post(one.unsubscribe)

        assert one.ask.state is State.ANSWERED
        assert "We received your answer on" in person.get(one.path).text


def test_headers_of_every_public_route(asking: Asking) -> None:
    one = asking.sent()
    told: dict[str, dict[str, str]] = {}
    for route in asking.application().routes:
        path = re.sub(r"/{link}|/{path:path}|/{name}", "/x", route.path)
        for shown in {path.replace("{value}", "4")} if "{form}" not in path else {path}:
            page = shown.replace("/f/{form}/{service}/{tail}", one.path).replace("/u/{tail}", one.unsubscribe)
            answer = asking.client().get(page.replace("{value}", "4"))
            told[route.path] = {"status": str(answer.status_code), **answer.headers}
    script = "script-src 'self'; connect-src 'self'; "

    assert len(told) >= 6
    for path, headers in told.items():
        scripted = path.startswith("/f/") and not path.endswith("/seen")
        csp = HEADERS["Content-Security-Policy"]
        expected = csp.replace("form-action", f"{script}form-action") if scripted else csp
        assert headers["content-security-policy"] == expected, path
        for name in set(HEADERS) - {"Content-Security-Policy"}:
            assert headers[name.lower()] == HEADERS[name], path
        assert headers["cache-control"] == "no-store", path
        assert "set-cookie" not in headers
        assert "server" not in headers


def test_pages_hold_nothing_inline_and_nothing_of_the_client(asking: Asking) -> None:
    one = asking.sent("nps-after-a-stage", "nps", contact_id=5)
    page = asking.client().get(one.path).text

    assert re.findall(r"<script(?![^>]* src=)|style=|\son\w+=|<style", page) == []
    assert feedback_asks.CLIENT not in page
    assert _RANDOM.sub(r"\1", page) == _RANDOM.sub(r"\1", asking.client().get(one.path).text)


def test_a_house_has_a_look_of_its_own_for_a_form(asking: Asking, caplog: pytest.LogCaptureFixture) -> None:
    one, other, person = asking.sent(), asking.sent("nps-after-a-stage", "nps"), asking.client()
    asking.later(hours=1)
    folder = asking.house.settings.home / "public"
    folder.mkdir()
    (folder / "logo.png").write_bytes(b"a picture")
    page = '{% extends "ask.html" %}{% block intro %}<img src="{{ brand }}/logo.png" alt="">{{ title }}!{% endblock %}'
    (folder / "smileys.html").write_text(page, encoding="utf-8")
    (folder / "nps.html").write_text("{{ nothing.of.that }}", encoding="utf-8")

    shown = person.get(f"{one.path}/4")

    assert '<img src="/brand/logo.png" alt="">How did we help?!' in shown.text
    assert person.save(shown, one.path, rating="4").status_code == 303
    assert "img-src 'self'" in shown.headers["content-security-policy"]
    assert person.get("/brand/logo.png").content == b"a picture"
    for name in ("smileys.html", "..%2Fsmileys.html", "nothing.png"):
        assert person.get(f"/brand/{name}").status_code == 404
    assert "Five questions about our work" in person.get(other.path).text
    assert "nps.html: 'nothing' is undefined" in caplog.text
