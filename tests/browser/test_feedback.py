"""Somebody at a phone clicks a smiley in a letter: with a script, without one, by the keyboard alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize, expect

from caseline.feedback.states import State
from tests.browser.conftest import opened, shot
from tests.browser.test_every_page import RULES
from tests.factories.feedback_asks import Asking, Sent, asking
from tests.factories.pages import listening_at

__all__ = ["asking"]
pytestmark = pytest.mark.browser
PHONE: Final[ViewportSize] = {"width": 390, "height": 844}
_HUMAN: Final = "Object.defineProperty(Navigator.prototype, 'webdriver', {get: () => false})"
"""A browser that a program drives says so, and our script then sends nothing; a person's says no."""


@contextmanager
def phone(
    chromium: Browser, made: Asking, faults: list[str], *, scripts: bool = True, person: bool = True, dark: bool = False
) -> Iterator[Page]:
    with listening_at(made.application()) as address:
        context = chromium.new_context(
            base_url=address,
            locale="ru-RU",
            java_script_enabled=scripts,
            viewport=PHONE,
            color_scheme="dark" if dark else "light",
        )
        if person:
            context.add_init_script(_HUMAN)
        yield opened(context, faults)
        context.close()


def shown(page: Page, one: Sent, name: str, path: str = "") -> None:
    """Open a page of an ask in both languages, and leave a picture of each."""
    for language in ("en", "ru"):
        page.goto(f"{path or one.path}?language={language}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        shot(page, f"feedback-{name}-{language}")


def asked(made: Asking, campaign: str = "smileys-on-closure", form: str = "smileys") -> Sent:
    made.now = datetime.now(UTC).replace(microsecond=0)
    one = made.sent(campaign, form, language="ru")
    made.later(hours=2)
    return one


def test_one_click_is_a_rating_after_the_quiet_period(chromium: Browser, asking: Asking, faults: list[str]) -> None:
    one = asked(asking)
    with phone(chromium, asking, faults) as page:
        page.goto(f"{one.path}/4")
        expect(page.get_by_role("status")).to_have_text(
            "Вы выбрали: 4 – хорошо. Нажмите «Сохранить», чтобы записать оценку."
        )
        expect(page.get_by_role("radio", name="4 хорошо")).to_be_checked()
        asking.later(seconds=3)
        expect(page.get_by_role("status")).to_contain_text("Оценка записана: 4 – хорошо.")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        shot(page, "feedback-clicked-ru")
        assert Axe().run(page, options=RULES).response["violations"] == []
        assert one.counted == {}
        asking.later(minutes=11)
        asking.job()

    assert faults == []
    assert (one.counted, one.ask.state) == ({"rating": 4}, State.ANSWERED)


def test_a_browser_without_a_person_sends_nothing(chromium: Browser, asking: Asking, faults: list[str]) -> None:
    one = asked(asking)
    with phone(chromium, asking, faults, person=False) as page:
        page.goto(f"{one.path}/1")
        page.wait_for_timeout(2_500)

    assert asking.rows("SELECT DISTINCT kind FROM feedback.signal") == [("visit",)]
    assert one.ask.state is State.SENT


def test_without_scripts_save_counts(chromium: Browser, asking: Asking, faults: list[str]) -> None:
    one = asked(asking)
    with phone(chromium, asking, faults, scripts=False) as page:
        page.goto(f"{one.path}/2")
        page.get_by_role("radio", name="1 очень плохо").click()
        page.get_by_label("Что нам улучшить?").fill("Отвечать быстрее")
        asking.later(seconds=20)
        shot(page, "feedback-chosen-ru")
        page.get_by_role("button", name="Сохранить").click()
        expect(page.get_by_role("status")).to_have_text("Спасибо! Ваша оценка записана.")
        shot(page, "feedback-thanks-ru")
        page.reload()

    assert faults == []
    assert (one.counted, one.said["comment"]) == ({"rating": 1}, "Отвечать быстрее")
    assert one.submissions == 1


def test_the_keyboard_alone_fills_in_a_form_whose_questions_follow_from_answers(
    chromium: Browser, asking: Asking, faults: list[str]
) -> None:
    one = asked(asking, "review-registry", "review")
    with phone(chromium, asking, faults) as page:
        page.goto(one.path)
        expect(page.get_by_label("Почему нет?")).to_be_hidden()
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        expect(page.get_by_label("Почему нет?")).to_be_visible()
        asking.later(seconds=20)
        page.get_by_role("button", name="Сохранить").press("Enter")
        expect(page.get_by_role("alert")).to_be_focused()
        expect(page.get_by_role("alert")).to_contain_text("Работа ответственного менеджера")
        shot(page, "feedback-faults-ru")
        assert Axe().run(page, options=RULES).response["violations"] == []
        page.get_by_role("link", name="Работа ответственного менеджера").press("Enter")
        page.keyboard.press("Space")
        asking.later(seconds=20)
        page.get_by_role("button", name="Сохранить").press("Enter")
        expect(page.get_by_role("status")).to_contain_text("Спасибо за отзыв!")

    assert [one for one in faults if "status of 422" not in one] == []
    assert one.ask.state is State.ANSWERED
    assert (one.counted["manager"], one.said["again"]) == (1, "no")


def test_pages_in_both_languages(chromium: Browser, asking: Asking, faults: list[str]) -> None:
    one, other, nps = asked(asking), asked(asking), asked(asking, "nps-after-a-stage", "nps")
    review = asked(asking, "review-registry", "review")
    with phone(chromium, asking, faults, scripts=False) as page:
        shown(page, one, "smileys")
        shown(page, one, "value", f"{one.path}/3")
        shown(page, nps, "nps")
        shown(page, review, "review")
        shown(page, one, "unsubscribe", one.unsubscribe)
        page.goto(one.path)
        page.get_by_role("radio", name="5 отлично").click()
        asking.later(seconds=20)
        page.get_by_role("button", name="Сохранить").click()
        shown(page, one, "answered")
        page.goto(other.unsubscribe)
        page.get_by_role("button").click()
        shown(page, other, "unsubscribed", other.unsubscribe)
        asking.now += timedelta(days=40)
        shown(page, one, "expired-answered")
        shown(page, nps, "expired")
        page.goto(f"{one.path}x")
        shot(page, "feedback-oops-ru")
    with phone(chromium, asking, faults, scripts=False, dark=True) as page:
        asking.now -= timedelta(days=40)
        page.goto(nps.path)
        shot(page, "feedback-nps-dark-ru")

    assert [one for one in faults if "status of 404" not in one] == []
