"""A rating letter in a real browser, as mailers show it: on a phone and on a wide screen, light and dark, without pictures."""

from base64 import b64encode

import pytest
from playwright.sync_api import Browser

from caseline.outbox import pictures, smileys, templates
from caseline.outbox.tags import Tag
from tests.browser.conftest import shot

pytestmark = pytest.mark.browser

VALUES = {
    Tag.CLIENT_NAME: "Мария Петрова",
    Tag.REQUEST_NUMBER_DATE: "№ 1024 от 01.12.2026",
    Tag.REQUEST_SUBJECT: "Не включается насос",
    Tag.LINK: "https://127.0.0.1/f/smileys/request/x",
    Tag.LINK_UNTIL: "31.12.2026",
    Tag.UNSUBSCRIBE: "https://127.0.0.1/u/x",
    Tag.SIGNATURE: "Служба поддержки",
}


def html(*, shown: bool) -> str:
    """The letter as a mailer shows it, with its pictures or without."""
    found = pictures.shipped()
    block = smileys.example("ru", VALUES[Tag.LINK], found if shown else {})
    words = templates.render(templates.shipped()["ask_smileys", "ru"], {**VALUES, Tag.SMILEYS: block}, found)
    made = words.html or ""
    for one in words.pictures:
        made = made.replace(f"cid:{one.cid}", f"data:image/png;base64,{b64encode(one.content).decode()}")
    return made


@pytest.mark.parametrize("width", [360, 700])
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("shown", [True, False])
def test_its_cells_are_large_enough_and_stack_on_a_phone(
    chromium: Browser, width: int, dark: bool, shown: bool
) -> None:
    context = chromium.new_context(
        viewport={"width": width, "height": 700}, color_scheme="dark" if dark else "light", java_script_enabled=True
    )
    page = context.new_page()
    page.set_content(html(shown=shown))

    links = page.locator("td.smiley a")
    boxes = [box for number in range(links.count()) if (box := links.nth(number).bounding_box())]
    assert len(boxes) == 5
    assert all(box["height"] >= 44 and box["width"] >= 44 for box in boxes)
    assert (len({round(box["x"]) for box in boxes}) == 1) is (width < 480)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    contrasts = links.evaluate_all(
        "all => all.map(one => [getComputedStyle(one).color, getComputedStyle(one).backgroundColor])"
    )
    assert all(_contrast(front, back) >= 4.5 for front, back in contrasts)
    shot(page, f"rating-letter-{width}{'-dark' if dark else ''}{'' if shown else '-without-pictures'}")
    context.close()


def _contrast(front: str, back: str) -> float:
    """The contrast of two colours as WCAG counts it."""
    light, dark = sorted((_luminance(front), _luminance(back)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(one) / 255 for one in colour.removeprefix("rgb(").removesuffix(")").split(",")]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
