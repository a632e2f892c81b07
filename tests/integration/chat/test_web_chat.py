"""A dialogue on the page of a web chat, over HTTP, without its script: from the letter to the ratings that count."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Final

import httpx
import pytest

from caseline.actions import chat_run, settle_asks, web_chat
from caseline.chat import links
from caseline.chat.gateway import LONGEST
from caseline.db.embedded import Server
from caseline.feedback.asks import Ask
from caseline.feedback.dialogue import Stage
from caseline.feedback.states import State
from caseline.web.public.application import build
from caseline.web.public.chat import POLICY
from caseline.web.public.door import BAD_A_MINUTE, POLLS_A_MINUTE
from tests.factories import chat_asks, databases
from tests.factories.chat_asks import PUBLIC, Asking
from tests.factories.pages import listening_at

_FIELD: Final = re.compile(r'<input type="hidden" name="(key|turn)" value="([^"]*)">')
_BUTTON: Final = re.compile(r'<button name="button" value="([^"]+)">([^<]+)</button>')


@pytest.fixture(scope="module")
def asking(server: Server, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asking]:
    """One house for all of them: each asks anew, in a chat of its own."""
    with databases.copied(server.url, template) as url:
        made = chat_asks.asking(url, tmp_path_factory.mktemp("home"), now=datetime.now(UTC))
        with chat_asks.pooled(made) as asking:
            yield asking


@pytest.fixture(scope="module")
def client(asking: Asking) -> Iterator[httpx.Client]:
    with (
        listening_at(build(asking.house)) as address,
        httpx.Client(base_url=address, headers={"Accept-Language": "en"}, timeout=30) as client,
    ):
        yield client


class Visitor:
    """Somebody with a browser without scripts, who sends what the last page had in its form."""

    def __init__(self, client: httpx.Client, path: str, ask: Ask) -> None:
        self.client, self.path, self.ask = client, path, ask
        self.page = ""

    def open(self) -> str:
        answer = self.client.get(self.path)
        assert answer.status_code == 200, answer.text
        self.page = answer.text
        return self.page

    def fields(self) -> dict[str, str]:
        return dict(_FIELD.findall(self.page))

    def send(self, **data: str) -> httpx.Response:
        return self.client.post(self.path, data={**self.fields(), **data})

    def says(self, text: str) -> str:
        assert self.send(text=text).status_code == 303
        return self.open()

    def presses(self, label: str) -> str:
        (code,) = [code for code, shown in _BUTTON.findall(self.page) if shown == label]
        assert self.send(button=code, text="").status_code == 303
        return self.open()


def begun(asking: Asking, client: httpx.Client) -> Visitor:
    ask, said = asking.start()
    assert said is None
    assert chat_run.run(asking.house, now=asking.now).sent >= 2
    with asking.house.engine.begin() as connection:  # as the mail server has taken the letter
        assert settle_asks.sent(asking.house, connection, ask, at=asking.now)
    return Visitor(client, asking.link().path, ask)


def test_three_ratings_end_to_end_become_signals_answers_and_ratings(asking: Asking, client: httpx.Client) -> None:
    visitor = begun(asking, client)
    shown = visitor.open()
    assert "Это служба заботы о клиентах" in shown
    assert "Качество работы" in shown
    assert 'lang="ru"' in shown

    visitor.presses("9")
    visitor.says("восемь")
    assert "Спасибо" in visitor.says("10/10")

    ask = asking.ask(visitor.ask.id)
    ratings = "SELECT question, value, by_hand FROM feedback.rating WHERE superseded_at IS NULL AND ask_id ="
    assert asking.rows(f"{ratings} {ask.id} ORDER BY id") == [
        ("quality", 9, True),
        ("speed", 8, True),
        ("courtesy", 10, True),
    ]
    assert asking.signals(ask) == [("quality", 9), ("speed", 8), ("courtesy", 10)]
    assert (ask.state, ask.mean, ask.grade) == (State.ANSWERED, 9.0, "neutral")
    effects = asking.rows(f"SELECT kind FROM feedback.effect WHERE ask_id = {ask.id} ORDER BY kind")
    assert effects == [("bonus",), ("event",), ("review",)]
    assert asking.dialogue(ask).stage is Stage.DONE


def test_who_what_and_why_come_first_and_the_link_only_by_letter(asking: Asking, client: httpx.Client) -> None:
    visitor = begun(asking, client)

    letter = asking.letters()[-1]
    assert f"{PUBLIC}{visitor.path}\n" in letter
    secret = visitor.path.rpartition(".")[2]
    assert all(
        secret not in str(row) for row in asking.rows("SELECT c.*::text, s.*::text FROM chat.chat c, chat.secret s")
    )
    first = re.findall(r'<p dir="auto">(.*?)</p>', visitor.open(), re.DOTALL)[0]
    assert "Оцените, пожалуйста, недавний визит кнопками" in first
    assert "«стоп»" in first


def test_sent_twice_from_two_pages_or_again_it_counts_once(asking: Asking, client: httpx.Client) -> None:
    visitor = begun(asking, client)
    visitor.open()
    first, second = visitor.fields(), Visitor(client, visitor.path, visitor.ask)
    second.open()

    for data in ({**first, "text": "7"}, {**first, "text": "7"}, {**second.fields(), "text": "3"}):
        assert client.post(visitor.path, data=data).status_code == 303

    assert asking.signals(visitor.ask) == [("quality", 7)]
    assert "Скорость" in visitor.open()
    assert asking.rows("SELECT text, result FROM chat.incoming ORDER BY id")[-2:] == [
        ("7", "quality: 7"),
        ("3", "late, or said again"),
    ]


def test_what_cannot_be_read_is_asked_again_once_and_then_goes_to_a_person(
    asking: Asking, client: httpx.Client
) -> None:
    visitor = begun(asking, client)
    visitor.open()
    assert "Не получилось понять ответ" in visitor.says("ну так себе")
    assert "Ваш ответ прочитает сотрудник" in visitor.says("мастер опоздал на 2 часа")

    assert asking.dialogue(visitor.ask).stage is Stage.HUMAN
    messages = asking.rows("SELECT kind, text, sender FROM crm.message ORDER BY id")
    assert messages[-1] == ("comment", "ну так себе\nмастер опоздал на 2 часа", f"Иван Пример {chat_asks.PHONE}")
    assert asking.rows("SELECT data -> 'chat' FROM crm.event WHERE type = 'message_added' AND data ? 'chat'") == [
        (True,)
    ]
    visitor.says("перезвоните мне")
    assert asking.rows("SELECT text FROM crm.message ORDER BY id")[-1] == ("перезвоните мне",)
    assert asking.signals(visitor.ask) == []


@pytest.mark.parametrize("word", ["Стоп!", "не пишите мне"])
def test_stop_ends_it_politely_and_for_all_channels(asking: Asking, client: httpx.Client, word: str) -> None:
    visitor = begun(asking, client)
    visitor.open()
    shown = visitor.says(word)

    assert "больше не будем спрашивать" in shown
    assert "<form" not in shown
    assert asking.ask(visitor.ask.id).state is State.OPTED_OUT
    assert asking.rows("SELECT address, contact_id, by FROM feedback.opt_out WHERE ended_at IS NULL") == [
        (chat_asks.PHONE, asking.contact_id, "client")
    ]
    assert visitor.send(text="9").status_code == 409


def test_looking_changes_nothing(asking: Asking, client: httpx.Client) -> None:
    visitor = begun(asking, client)
    count = "SELECT (SELECT count(*) FROM chat.incoming), (SELECT count(*) FROM chat.outgoing), (SELECT count(*) FROM feedback.signal)"
    before = asking.rows(count)
    for method in ("GET", "HEAD", "GET", "OPTIONS", "PUT", "DELETE"):
        client.request(method, visitor.path, headers={"Purpose": "prefetch"})

    assert asking.rows(count) == before


def test_news_are_told_only_where_there_are_some(asking: Asking, client: httpx.Client) -> None:
    visitor = begun(asking, client)
    mark = re.search(r'data-mark="([^"]+)"', visitor.open())
    assert mark is not None
    assert client.get(f"{visitor.path}/news", params={"mark": mark[1]}).status_code == 204
    visitor.says("9")
    assert "Скорость" in client.get(f"{visitor.path}/news", params={"mark": mark[1]}).text


def test_a_wrong_link_gets_the_one_page_and_says_nothing(asking: Asking, client: httpx.Client) -> None:
    visitor = begun(asking, client)
    path = visitor.path
    other = links.mint()
    number = path.split("/")[2].split(".")[0]
    wrong = [f"/c/{number}.{other.secret}", other.path, f"/c/{number}", "/c/x", f"{path}a", "/c/%00"]
    answers = [client.get(one) for one in wrong] + [client.post(wrong[0], data={"text": "9"})]

    assert {one.status_code for one in answers} == {404}
    assert len({one.text for one in answers}) == 1
    assert client.get(f"{wrong[0]}/news").status_code == 404
    assert client.post(path, data={"text": "9"}, headers={"Origin": "https://evil.example"}).status_code == 404
    assert asking.signals(visitor.ask) == []


def test_headers_allow_our_own_script_alone(asking: Asking, client: httpx.Client) -> None:
    answer = client.get(begun(asking, client).path)

    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert re.findall(r"<script[^>]*>(.*?)</script>", answer.text) == [""]
    assert "set-cookie" not in answer.headers


def test_what_is_too_long_or_too_much_stays_in_the_form(
    asking: Asking, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = begun(asking, client)
    visitor.open()
    long = "x" * (LONGEST + 1) + "<b>"
    refused = visitor.send(text=long)
    assert refused.status_code == 413
    assert f"{'x' * (LONGEST + 1)}&lt;b&gt;</textarea>" in refused.text

    monkeypatch.setattr(web_chat, "MOST", 1)
    visitor.says("9")
    refused = visitor.send(text="ещё")
    assert (refused.status_code, "ещё</textarea>" in refused.text) == (429, True)


def test_what_a_person_types_is_never_markup(asking: Asking, client: httpx.Client) -> None:
    visitor = begun(asking, client)
    visitor.open()
    shown = visitor.says("<script>alert(1)</script>\x00\x1b[31m \ud83d\ude00"[:40].encode("utf-8", "ignore").decode())

    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(1)" in shown


def test_after_its_end_the_page_says_so_and_counts_nothing(asking: Asking, client: httpx.Client) -> None:
    visitor = begun(asking, client)
    visitor.open()
    with asking.house.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE feedback.ask SET state = 'expired' WHERE id = {visitor.ask.id}")
    shown = visitor.send(text="9")

    assert shown.status_code == 409
    assert "9</p>" in shown.text
    assert asking.signals(visitor.ask) == []


def test_who_has_no_mail_address_or_a_form_without_ratings_is_asked_otherwise_or_not_at_all(asking: Asking) -> None:
    nobody = asking.contact(phone="+7 916 000-00-00")
    wordy = asking.version({"key": "a", "kind": "text", "label": "А?"})
    ask, said = asking.start(asking.queued(contact_id=nobody))
    assert (ask.state, ask.reason) == (State.SKIPPED, said)
    assert (said or "").startswith("cannot start a chat: nobody can be told of the page")

    ask, said = asking.start(asking.queued(contact_id=nobody), document={"fallback": "mail_link"})
    assert ask.state is State.SKIPPED
    assert "no mail address for mail_link" in (said or "")

    ask, said = asking.start(asking.queued(version_id=wordy), document={"fallback": "mail_link"})
    assert (ask.state, ask.channel, ask.address) == (State.QUEUED, "mail_link", "ivan@client.example")
    assert said == (
        "cannot start a chat: the form has no question that is answered by a rating: add one, or choose another form;"
        " asked by mail_link instead"
    )


def test_a_form_that_requires_what_a_chat_does_not_ask_is_asked_otherwise(asking: Asking) -> None:
    why = {"key": "why", "kind": "text", "label": "Почему?", "required": True, "when": {"question": "a", "is": ["1"]}}
    form = asking.version({"key": "a", "kind": "scale", "label": "А?"}, why)

    ask, said = asking.start(asking.queued(version_id=form), document={"fallback": "mail_link"})

    assert (ask.state, ask.channel) == (State.QUEUED, "mail_link")
    assert "the form requires 'why', which a chat does not ask" in (said or "")


def test_an_ask_is_begun_once(asking: Asking) -> None:
    ask, _ = asking.start()
    letters = len(asking.letters())
    assert asking.start(ask)[1] is None
    assert len(asking.letters()) == letters


def test_a_variant_without_buttons_asks_for_plain_replies(asking: Asking, client: httpx.Client) -> None:
    ask, _ = asking.start(document={"buttons": False})
    visitor = Visitor(client, asking.link().path, ask)
    shown = visitor.open()
    asking.start(document={"buttons": True})

    assert 'name="button"' not in shown
    assert "Здравствуйте! Это служба заботы о клиентах" in shown
    assert 'name="button"' in visitor.says("хм")


def test_a_reply_before_we_know_that_the_first_words_left_makes_the_ask_sent(
    asking: Asking, client: httpx.Client
) -> None:
    ask, _ = asking.start()
    assert ask.state is State.QUEUED
    visitor = Visitor(client, asking.link().path, ask)
    visitor.open()
    visitor.says("9")

    found = asking.ask(ask.id)
    assert found.state is State.ANSWERING
    assert found.expires_at is not None
    assert found.sent_at is not None
    assert timedelta(days=6) < found.expires_at - found.sent_at < timedelta(days=8)


def test_of_many_answers_at_once_one_counts(asking: Asking, client: httpx.Client) -> None:
    visitor = begun(asking, client)
    visitor.open()
    fields = visitor.fields()

    def send(value: int) -> int:
        data = {"turn": fields["turn"], "key": f"press-{value:05}", "text": str(value)}
        return client.post(visitor.path, data=data).status_code

    with ThreadPoolExecutor(5) as pool:
        assert set(pool.map(send, range(1, 6))) == {303}
    ((question, value),) = asking.signals(visitor.ask)
    assert (question, value in range(1, 6)) == ("quality", True)
    assert visitor.open().count("Скорость") == 1


def test_a_script_that_asks_as_ours_does_is_answered_and_one_that_does_not_waits(asking: Asking) -> None:
    now = [asking.now]
    visitor = begun(asking, httpx.Client())
    with (
        listening_at(build(asking.house, clock=lambda: now[0])) as address,
        httpx.Client(base_url=address, timeout=30) as client,
    ):
        found = re.search(r'data-mark="([^"]*)"', client.get(visitor.path).text)
        assert found is not None
        news = f"{visitor.path}/news?mark={found[1]}"
        for _ in range(45):  # three windows, for two minutes
            now[0] += timedelta(seconds=4)
            assert [client.get(news).status_code for _ in range(3)] == [204] * 3
        assert client.get(f"{visitor.path}/news?mark=old").status_code == 200

        now[0] += timedelta(minutes=1)
        told = [client.get(news) for _ in range(POLLS_A_MINUTE + 1)]
        assert [one.status_code for one in told] == [204] * POLLS_A_MINUTE + [429]
        assert told[-1].headers["Retry-After"] == "60"
        assert client.get(visitor.path).status_code == 200, "the page itself is counted apart"

        wrong = f"{visitor.path[:-1]}{'a' if visitor.path[-1] != 'a' else 'b'}"
        guessed = [client.get(f"{wrong}/news").status_code for _ in range(BAD_A_MINUTE + 1)]
        assert guessed == [404] * BAD_A_MINUTE + [429]
        assert client.get(visitor.path).status_code == 429
        now[0] += timedelta(minutes=1)
        assert client.get(visitor.path).status_code == 200
        assert client.get(news).status_code == 204
