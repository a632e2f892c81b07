"""A client at a phone rates in a web chat: buttons, typing, the script that keeps the page fresh, and without scripts."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, ViewportSize, expect

from caseline.actions import chat_asks, chat_run
from caseline.feedback.asks import Ask
from caseline.feedback.dialogue import Stage
from caseline.feedback.states import State
from caseline.web.public.application import build
from tests.browser.conftest import opened, shot
from tests.factories import chat_asks as factory
from tests.factories.chat_asks import Asking
from tests.factories.pages import listening_at

pytestmark = pytest.mark.browser

PHONE: Final[ViewportSize] = {"width": 390, "height": 844}
RULES: Final = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
DESK: Final[ViewportSize] = {"width": 1280, "height": 800}


@pytest.fixture
def asking(database_url: str, tmp_path: Path) -> Asking:
    return factory.asking(database_url, tmp_path, now=datetime.now(UTC), public_url="https://desk.example")


@contextmanager
def looking(
    chromium: Browser, asking: Asking, faults: list[str], *, size: ViewportSize = PHONE, scripts: bool = True
) -> Iterator[tuple[Page, Ask]]:
    ask, said = asking.start()
    assert said is None
    with listening_at(build(asking.house)) as address:
        context = chromium.new_context(
            base_url=address, locale="ru-RU", viewport=size, java_script_enabled=scripts, has_touch=size is PHONE
        )
        page = opened(context, faults)
        page.goto(asking.link(base="https://desk.example").path)
        yield page, ask
        context.close()
    assert faults == []


def test_three_ratings_at_a_phone(chromium: Browser, asking: Asking, faults: list[str]) -> None:
    with looking(chromium, asking, faults) as (page, ask):
        expect(page.get_by_text("Качество работы")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        heights = [one.bounding_box() for one in page.locator(".choices button").all()]
        assert all(box is not None and box["height"] >= 44 and box["width"] >= 44 for box in heights)
        assert Axe().run(page, options=RULES).response["violations"] == []
        shot(page, "chat-390-first")

        page.get_by_role("button", name="9", exact=True).tap()
        expect(page.get_by_text("Скорость")).to_be_visible()
        page.get_by_label("Сообщение").fill("ну так себе")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Не получилось понять ответ")).to_be_visible()
        shot(page, "chat-390-again")
        page.get_by_label("Сообщение").fill("восемь")
        page.get_by_role("button", name="Отправить").tap()
        expect(page.get_by_text("Вежливость")).to_be_visible()
        page.get_by_role("button", name="10", exact=True).tap()
        expect(page.get_by_text("Спасибо")).to_be_visible()
        expect(page.locator(".choices")).to_have_count(0)

        # What we say later comes by itself, and what is being typed stays.
        page.get_by_label("Сообщение").fill("и ещё")
        with asking.house.engine.begin() as connection:
            chat_asks.say(connection, ask.id, "Вам начислено 500 бонусов", key="bonus", now=datetime.now(UTC))
        expect(page.get_by_text("Вам начислено 500 бонусов")).to_be_visible(timeout=9_000)
        assert page.get_by_label("Сообщение").input_value() == "и ещё"
        assert Axe().run(page, options=RULES).response["violations"] == []
        shot(page, "chat-390-end")

    assert asking.signals(ask) == [("quality", 9), ("speed", 8), ("courtesy", 10)]
    assert asking.ask(ask.id).state is State.ANSWERED
    assert chat_run.run(asking.house, now=datetime.now(UTC)).failed == 0


def test_without_scripts_and_at_a_desk(chromium: Browser, asking: Asking, faults: list[str]) -> None:
    with looking(chromium, asking, faults, size=DESK, scripts=False) as (page, ask):
        expect(page.get_by_role("link", name="Обновить")).to_be_visible()
        page.get_by_role("button", name="7", exact=True).click()
        page.get_by_label("Сообщение").fill("8/10")
        page.get_by_role("button", name="Отправить").click()
        shot(page, "chat-1280-plain")
        page.get_by_label("Сообщение").fill("стоп")
        page.get_by_role("button", name="Отправить").click()
        expect(page.get_by_text("Чат завершён.")).to_be_visible()
        shot(page, "chat-1280-stopped")

    assert asking.signals(ask) == [("quality", 7), ("speed", 8)]
    assert asking.dialogue(ask).stage is Stage.STOPPED


def test_at_a_desk_with_scripts(chromium: Browser, asking: Asking, faults: list[str]) -> None:
    with looking(chromium, asking, faults, size=DESK) as (page, _):
        page.get_by_role("button", name="3", exact=True).click()
        expect(page.get_by_text("Скорость")).to_be_visible()
        expect(page.get_by_role("link", name="Обновить")).to_be_hidden()
        shot(page, "chat-1280-scripts", whole=False)


def test_what_is_typed_while_a_message_is_on_its_way_stays_and_both_arrive_in_order(
    chromium: Browser, asking: Asking, faults: list[str]
) -> None:
    with looking(chromium, asking, faults) as (page, ask):
        held: list[Route] = []
        page.route("**/c/*", lambda route: held.append(route) if route.request.method == "POST" else route.continue_())
        box = page.get_by_label("Сообщение")
        box.fill("семь")
        page.keyboard.press("Enter")
        expect(page.locator(".waiting li")).to_contain_text("семь")
        assert box.input_value() == ""
        box.fill("сейчас отвечу и на")
        page.wait_for_timeout(4500)  # the page looks for news meanwhile
        box.press("End")
        page.keyboard.type(" второе")
        _let_go(page, held)
        expect(page.locator(".log ol").first).to_contain_text("Скорость")

        assert box.input_value() == "сейчас отвечу и на второе"
        expect(page.locator(".waiting li")).to_have_count(0)
        for text in ("восемь", "нет, девять"):  # the second one before the first has arrived
            box.fill(text)
            page.keyboard.press("Enter")
        expect(page.locator(".waiting li")).to_have_count(2)
        _let_go(page, held)
        expect(page.locator(".waiting li")).to_have_count(1)
        _let_go(page, held)
        expect(page.locator(".waiting li")).to_have_count(0)

    said = asking.rows("SELECT text FROM chat.incoming ORDER BY id")
    assert [text for (text,) in said] == ["семь", "восемь", "нет, девять"]
    assert asking.signals(ask)[0] == ("quality", 7)


def test_what_was_not_sent_says_so_and_goes_by_a_button_once(
    chromium: Browser, asking: Asking, faults: list[str]
) -> None:
    with looking(chromium, asking, faults) as (page, ask):
        answers: list[int | None] = [None, 502, 429]
        page.route("**/c/*", lambda route: _refused(route, answers))
        page.get_by_label("Сообщение").fill("восемь")
        page.keyboard.press("Enter")
        unsent = page.locator(".waiting li.unsent")
        for words in ("Это не отправлено", "Это не отправлено", "Слишком много сообщений"):
            expect(page.get_by_role("alert")).to_contain_text(words)
            expect(unsent).to_contain_text("восемь")
            expect(unsent).to_contain_text("не отправлено")
            if words == "Это не отправлено" and len(answers) == 2:
                assert Axe().run(page, options=RULES).response["violations"] == []
                shot(page, "chat-390-unsent")
            page.get_by_label("Сообщение").fill("и это")
            page.get_by_role("button", name="Отправить ещё раз").tap()
        expect(unsent).to_have_count(0)
        expect(page.get_by_text("Скорость")).to_be_visible()
        assert page.get_by_label("Сообщение").input_value() == "и это"
        expect(page.get_by_role("alert")).to_have_count(0)
        assert all("Failed to load resource" in one for one in faults)
        faults.clear()

    # The first one had arrived, and only its answer was lost.
    assert asking.rows("SELECT text FROM chat.incoming") == [("восемь",)]
    assert asking.signals(ask) == [("quality", 8)]


def _let_go(page: Page, held: list[Route]) -> None:
    """Let what is on its way arrive; the browser may take a moment until it has sent it."""
    while not held:
        page.wait_for_timeout(20)
    held.pop().continue_()


def _refused(route: Route, answers: list[int | None]) -> None:
    """Answer what is posted as a bad line does: the first one arrives, and nobody hears of it."""
    if route.request.method != "POST" or not answers:
        route.continue_()
    elif (status := answers.pop(0)) is None:
        route.fetch()
        route.abort("connectionreset")
    else:
        route.fulfill(status=status, body="<p>Bad gateway</p>", content_type="text/html")
