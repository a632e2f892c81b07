"""Pages of feedback with weeks of answers, in both languages, on a screen and on a phone: nothing is cut off.

With TEST_SCREENSHOTS=FOLDER a picture of each is left there; those of docs/pictures that are called `feedback-…` are made so.
"""

from typing import Final

import pytest
from playwright.sync_api import Browser, ViewportSize, expect

from caseline.actions.wiring import House
from caseline.feedback import links, review_store
from caseline.feedback.reviews import Reward, Target
from tests.browser.conftest import opened, shot
from tests.browser.test_feedback import asked
from tests.factories import feedback_filled, pages
from tests.factories.feedback_asks import Asking, asking
from tests.factories.pages import listening_at

__all__ = ["asking"]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
SIZES: Final[dict[int, ViewportSize]] = {1280: {"width": 1280, "height": 800}, 375: {"width": 375, "height": 812}}
WIDE: Final = "document.documentElement.scrollWidth - innerWidth"
PERIOD: Final = "from=2026-05-01&to=2026-06-15"
DESK: Final = {
    "asks": "/asks",
    "ask": "/asks/{answered}",
    "card": "/requests/{answered}",
    "nps": f"/reports/feedback-nps?{PERIOD}",
    "mean": f"/reports/feedback-mean?{PERIOD}&by=person",
    "csat": f"/reports/feedback-csat?{PERIOD}&by=division",
    "funnel": f"/reports/feedback-funnel?{PERIOD}&by=campaign",
    "variants": f"/reports/feedback-variants?{PERIOD}",
    "campaign": "/settings/campaigns/show?key=chat-rating-with-bonus",
    "editor": "/settings/campaigns/edit?key=smileys-on-closure",
    "form": "/settings/forms/edit?key=nps",
}


@pytest.mark.parametrize(("language", "width"), [("ru", 1280), ("ru", 375), ("en", 1280)])
def test_the_desk(house: House, chromium: Browser, desk: str, faults: list[str], language: str, width: int) -> None:
    told = feedback_filled.drawn(3, 240)
    feedback_filled.kept(house, told)
    answered = next(one.id for one in told if one.answered and one.comment and len(one.ratings) > 1)
    pages.login(house, "anna", language=language)
    context = chromium.new_context(
        base_url=desk, viewport=SIZES[width], locale={"ru": "ru-RU", "en": "en-GB"}[language]
    )
    page = opened(context, faults)
    page.goto("/sign-in")
    page.locator("input[name=name]").fill("anna")
    page.locator("input[name=password]").fill(pages.PASSWORD)
    page.keyboard.press("Enter")
    page.locator("form[action='/sign-out']").wait_for(state="attached")

    for name, path in DESK.items():
        answer = page.goto(path.format(answered=answered))
        assert answer is not None
        assert answer.status == 200, name
        assert page.evaluate(WIDE) <= 0, name
        shot(page, f"feedback-{name}-{language}-{width}", whole=name in {"ask", "card"} or width == 375)
    context.close()
    assert faults == []


@pytest.mark.parametrize("width", [1280, 375])
def test_what_clients_see(chromium: Browser, asking: Asking, faults: list[str], width: int) -> None:
    one, nps = asked(asking), asked(asking, "nps-after-a-stage", "nps")
    number, secret = links.mint_id(), links.mint_secret()
    with asking.house.engine.begin() as connection:
        address = "https://yandex.ru/maps/org/primer/1"
        review_store.put(connection, Target(code="yandex", name="Яндекс Карты", address=address, reward=Reward.CLICK))
        target = review_store.target(connection, "yandex")
        assert target is not None
        digest = links.digest(secret)
        assert review_store.offer(connection, one.id, target[0], public_id=number, digest=digest, now=asking.now)
    with listening_at(asking.application()) as base:
        context = chromium.new_context(base_url=base, locale="ru-RU", viewport=SIZES[width])
        page = opened(context, faults)
        for name, path in {"smileys": f"{one.path}/4", "form": nps.path, "go": f"/go/{number}.{secret}"}.items():
            answer = page.goto(path)
            assert answer is not None
            assert answer.status == 200, name
            assert page.evaluate(WIDE) <= 0, name
            shot(page, f"feedback-client-{name}-{width}")
        page.goto(one.path)
        page.get_by_role("radio", name="5 отлично").check(force=True)
        asking.later(seconds=20)
        page.get_by_role("button", name="Сохранить").click()
        expect(page.get_by_role("status")).to_contain_text("Спасибо")
        shot(page, f"feedback-client-thanks-{width}")
        context.close()
    assert faults == []
