"""Autotexts, service tags and pictures of letters in the settings."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import httpx
import pytest

from caseline.actions import keep_autotexts, keep_pictures, keep_templates, note_deed
from caseline.actions.wiring import House
from caseline.outbox import faces
from caseline.outbox.templates import Template
from tests.factories import pages
from tests.factories.pages import Browser

_SEEN = re.compile(r'name="seen" value="([0-9a-f]+)"')
NOW = datetime.now(UTC)


@pytest.fixture
def admin(house: House, browser: Browser) -> Browser:
    pages.login(house, "anna")
    browser.sign_in("anna")
    return browser


@pytest.fixture
def russian(house: House, browser: Browser) -> Browser:
    pages.login(house, "anna", language="ru")
    browser.sign_in("anna")
    return browser


def seen(browser: Browser, path: str) -> str:
    found = _SEEN.search(browser.get(path).text)
    assert found is not None
    return found[1]


# --------------------------------------------------------------------------------------------------- autotexts

HOURS = {"name": "Часы", "ru": "Работаем с 9 до 18. %Подпись%", "en": "Open 9 to 18."}


def test_an_autotext_is_made_used_changed_and_cannot_be_removed_while_templates_name_it(
    house: House, admin: Browser
) -> None:
    admin.get("/settings/autotexts/new")
    assert "Saved." in admin.post("/settings/autotexts/edit", **HOURS).text
    assert note_deed.noted(house, most=1)[0].action == "autotext.added"
    own = {"code": "sorry", "language": "ru", "subject": "Простите", "text": "Мы опоздали.\n%часы%", "html": ""}
    admin.get("/settings/templates/new")
    assert "Saved." in admin.post("/settings/templates/edit", **own).text
    preview = admin.post("/settings/templates/preview", key="sorry.ru", subject="x", text="%Часы%").text
    assert "Работаем с 9 до 18. Служба поддержки" in preview
    assert "sorry (ru)" in admin.get("/settings/autotexts").text

    mark = seen(admin, "/settings/autotexts/remove?key=Часы")
    refused = admin.post("/settings/autotexts/remove", key="Часы", seen=mark)
    assert refused.status_code == 422
    assert "templates name it (sorry (ru)): take %Часы% out of them first" in refused.text

    mark = seen(admin, "/settings/autotexts/edit?key=Часы")
    admin.post("/settings/autotexts/edit", key="Часы", seen=mark, ru="С 10 до 19.", en="")
    assert keep_autotexts.find(house, "часы").said("en") == "С 10 до 19."
    assert admin.post("/settings/autotexts/edit", key="Часы", seen=mark, ru="С 8.", en="").status_code == 409

    keep_templates.forget(house, "sorry", "ru", login="anna", now=NOW)
    mark = seen(admin, "/settings/autotexts/remove?key=Часы")
    admin.post("/settings/autotexts/remove", key="Часы", seen=mark)
    assert keep_autotexts.every(house) == []
    before = note_deed.noted(house, most=1)[0].data["before"]
    assert before == {"ru": "С 10 до 19.", "en": ""}


@pytest.mark.parametrize(
    ("changes", "field", "why"),
    [
        ({"name": "номер"}, "name", "так называется метка"),
        ({"name": "НомерДатаОбращения"}, "name", "так называется метка"),
        ({"name": "Часы"}, "name", "Автотекст «Часы» уже есть"),
        ({"name": "два слова"}, "name", "имя — одно слово"),
        ({"name": "Ещё", "ru": "%Часы%"}, "ru", "тега %Часы% нет"),
        ({"name": "Ещё", "en": "%Smileys%"}, "en", "%Smileys% допустима только в письмах с запросом оценки"),
    ],
)
def test_what_an_autotext_cannot_be_is_refused_at_its_field_in_russian(
    house: House, russian: Browser, changes: dict[str, str], field: str, why: str
) -> None:
    russian.get("/settings/autotexts/new")
    russian.post("/settings/autotexts/edit", **HOURS)
    kept = keep_autotexts.every(house)
    russian.get("/settings/autotexts/new")

    answer = russian.post("/settings/autotexts/edit", **{**HOURS, **changes})

    assert answer.status_code == 422
    fault = re.search(rf'id="field-{field}-fault"[^>]*>(.*?)</p>', answer.text, re.DOTALL)
    assert fault is not None
    assert why in fault[1]
    assert keep_autotexts.every(house) == kept
    assert changes.get("ru", HOURS["ru"]) in answer.text  # nothing that was typed is lost


# ------------------------------------------------------------------------------------------------ service tags


@pytest.mark.parametrize("tag", ["%НомерДатаОбращения%", "%RequestSubject%"])
def test_a_service_tag_elsewhere_is_refused_in_russian_with_tag_template_and_remedy(
    house: House, russian: Browser, tag: str
) -> None:
    mark = seen(russian, "/settings/templates/edit?key=request_received.ru")

    answer = russian.post(
        "/settings/templates/edit", key="request_received.ru", seen=mark, subject="x", text=f"О {tag}", html=""
    )

    assert answer.status_code == 422
    assert f"шаблон request_received: метка {tag} допустима только в письмах с запросом оценки" in answer.text
    assert "уберите её" in answer.text
    assert keep_templates.templates(house)["request_received", "ru"][1]


def test_service_tags_are_offered_for_rating_letters_only(house: House, admin: Browser) -> None:
    keep_templates.save(house, Template("ask_own", "ru", "О %ТемаОбращения%", "%Смайлики%", ""), by=None, now=NOW)

    assert "%НомерДатаОбращения%" in admin.get("/settings/templates/edit?key=ask_own.ru").text
    assert "%НомерДатаОбращения%" not in admin.get("/settings/templates/edit?key=request_received.ru").text


# ---------------------------------------------------------------------------------------------------- pictures


@pytest.fixture
def upload(admin: Browser) -> Callable[[str, bytes], httpx.Response]:
    def sent(name: str, content: bytes) -> httpx.Response:
        admin.get("/settings/pictures")
        return admin.client.post(
            "/settings/pictures/replace",
            data={"form_token": admin.token, "name": name},
            files={"file": ("any name.png", content, "image/png")},
            headers={"Origin": admin.base},
        )

    return sent


def test_a_picture_is_replaced_by_one_of_its_name_and_taken_back(
    house: House, admin: Browser, upload: Callable[[str, bytes], httpx.Response]
) -> None:
    assert "Saved." in upload("smiley-5", faces.face(1)).text
    shown = admin.client.get("/settings/pictures/file?name=smiley-5")
    assert (shown.content, shown.headers["content-type"]) == (faces.face(1), "image/png")
    assert "replaced here" in admin.get("/settings/pictures").text
    line = note_deed.noted(house, most=1)[0]
    assert (line.action, line.subject) == ("picture.changed", "smiley-5")

    admin.post("/settings/pictures/restore", name="smiley-5")
    assert keep_pictures.every(house)["smiley-5"].content == faces.face(5)
    assert admin.post("/settings/pictures/restore", name="smiley-5").status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "status", "why"),
    [
        ("logo", b"<svg/>", 422, "the file is no PNG, JPEG or GIF"),
        ("logo", faces.face(1) + bytes(100_000), 422, "are the most: make it smaller"),
        ("smiley-6", faces.face(1), 404, ""),
    ],
)
def test_what_is_no_fit_picture_is_refused(
    house: House, upload: Callable[[str, bytes], httpx.Response], name: str, content: bytes, status: int, why: str
) -> None:
    answer = upload(name, content)

    assert answer.status_code == status
    assert why in answer.text
    assert not any(one.replaced for one in keep_pictures.places(house))


def test_a_preview_of_a_rating_letter_shows_phone_wide_screen_and_text_without_foreign_pictures(admin: Browser) -> None:
    page = admin.get("/settings/templates/edit?key=ask_smileys.en").text

    assert page.count('<img src="/settings/pictures/file?name=smiley-') == 10
    assert "cid:" not in page
    assert 'class="shown phone rating"' in page
    assert 'class="shown wide rating"' in page
    assert "5 — excellent: https://support.example.org/f/smileys/request/…/5" in page
