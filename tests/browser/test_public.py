"""An outsider at a real browser and at a phone: opens the link of a letter, writes a remark, presses the button."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from caseline.actions import assign
from caseline.crm.timeline import AssignmentState
from caseline.web.public.application import build
from tests.browser.conftest import opened, shot
from tests.factories import outsiders
from tests.factories.outsiders import Work
from tests.factories.pages import listening_at

pytestmark = pytest.mark.browser

TEXT = """Принтер в кабинете 305 печатает с полосами. Пожалуйста:

1. замените барабан (артикул DR-2335-ОченьДлинныйАртикулБезЕдиногоПробелаВнутри-0000000000);
2. распечатайте пробную страницу;
3. напишите, сколько страниц осталось."""
ENGLISH = "The printer in room 305 prints stripes.\n\nPlease replace the drum and print a test page."
PHONE: Final[ViewportSize] = {"width": 360, "height": 740}


@pytest.fixture
def work(database_url: str, tmp_path: Path) -> Work:
    return outsiders.work(
        database_url, tmp_path, "Принтер печатает с полосами", TEXT, mail_name="Служба поддержки", public_url=None
    )


@contextmanager
def looking(  # what differs between visitors
    chromium: Browser, work: Work, faults: list[str], *, locale: str, scripts: bool = True, dark: bool = False
) -> Iterator[Page]:
    with listening_at(build(work.centre.house)) as address:
        context = chromium.new_context(
            base_url=address,
            locale=locale,
            java_script_enabled=scripts,
            viewport=PHONE,
            color_scheme="dark" if dark else "light",
        )
        yield opened(context, faults)
        context.close()


def link(work: Work) -> str:
    """As the letter would have it: these pages are served without a proxy, so below no path."""
    with work.centre.house.engine.connect() as connection:
        return f"/a/{outsiders.minted(connection, work.assignment_id)}"


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_a_phone_without_scripts_ends_it_in_russian(chromium: Browser, work: Work, faults: list[str]) -> None:
    with looking(chromium, work, faults, locale="ru-RU", scripts=False) as page:
        page.goto(link(work))
        expect(page.get_by_role("heading")).to_have_text("Принтер печатает с полосами")
        shot(page, "assignment-ru")
        page.get_by_label("Примечание").fill("Заменил барабан, осталось 12 000 страниц")
        page.get_by_role("button", name="Готово").click()
        expect(page.get_by_role("status")).to_have_text("Поручение завершено. Спасибо!")
        shot(page, "assignment-done-ru")
        page.reload()

    assert faults == []
    assert (work.read().state, work.read().ended_by) == (AssignmentState.DONE, "link")
    assert [one.text for one in work.messages()][1:] == ["Заменил барабан, осталось 12 000 страниц"]


def test_the_keyboard_alone_ends_it_in_english(chromium: Browser, work: Work, faults: list[str]) -> None:
    other = work.give("Printer prints stripes", ENGLISH)
    with looking(chromium, work, faults, locale="en-GB") as page:
        page.goto(link(other))
        assert fits(page)
        shot(page, "assignment-en")
        page.set_viewport_size({"width": 1280, "height": 900})
        shot(page, "assignment-wide-en")
        page.keyboard.press("Tab")
        page.keyboard.type("Done on Monday")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_have_text("The assignment is finished. Thank you!")
        page.set_viewport_size(PHONE)
        shot(page, "assignment-done-en")

    assert faults == []
    assert other.messages()[-1].text == "Done on Monday"
    assert work.read().state is AssignmentState.OPEN


def test_the_other_pages_fit_a_phone_too(chromium: Browser, work: Work, faults: list[str]) -> None:
    with looking(chromium, work, faults, locale="ru-RU", dark=True) as page:
        page.goto(link(work))
        assert fits(page)
        shot(page, "assignment-dark-ru")
        page.get_by_label("Примечание").fill("Ещё вопрос: кто подпишет акт?")
        assign.end(work.centre.house, work.assignment_id, AssignmentState.CANCELLED, by=None, now=work.centre.now)
        page.get_by_role("button", name="Готово").click()
        expect(page.get_by_role("status")).to_have_text("Поручение отменено.")
        expect(page.locator("main")).to_contain_text("Ещё вопрос: кто подпишет акт?")
        assert fits(page)
        shot(page, "assignment-late-ru")
        page.goto("/a/1.x")
        expect(page.locator("main")).to_have_text("Упс. Что-то пошло не так")
        shot(page, "oops-ru")

    # The browser itself notes the status of both answers.
    assert [one for one in faults if "status of 409" not in one and "status of 404" not in one] == []
    assert work.read().state is AssignmentState.CANCELLED
