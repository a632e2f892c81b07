"""The page of personal data: administrators see what there is, take it away, and erase it by typing the number."""

import io
import zipfile
from collections.abc import Iterator

import httpx
import pytest

from caseline.actions.wiring import House
from caseline.people.rights import Role
from tests.factories import marked_person, pages
from tests.factories.marked_person import MARK, NAME, Marked
from tests.factories.pages import Browser


@pytest.fixture
def anna(house: House) -> Iterator[Browser]:
    """An administrator at the desk."""
    pages.login(house, "anna", Role.ADMINISTRATOR, language="en")
    with pages.served(house) as base:
        browser = Browser(base)
        browser.sign_in("anna")
        yield browser


def _erase(browser: Browser, marked: Marked, typed: str) -> httpx.Response:
    return browser.post(f"/contacts/{marked.contact}/personal/erase", number=typed)


def test_an_administrator_takes_the_data_away_and_erases_them(house: House, anna: Browser, marked: Marked) -> None:
    path = f"/contacts/{marked.contact}/personal"
    assert f'href="{path}"' in anna.get(f"/contacts/{marked.contact}").text
    page = anna.get(path).text
    assert MARK not in page.lower()
    assert all(f">{kind}<" in page for kind in ("Messages", "Mails as they came", "Chats", "Letters"))

    answer = anna.post(f"{path}/export")
    assert answer.headers["content-type"] == "application/zip"
    packed = zipfile.ZipFile(io.BytesIO(answer.content))
    assert NAME in packed.read("data/crm.contact.json").decode()

    refused = _erase(anna, marked, "12<34>")
    assert (refused.status_code, "nothing was erased" in refused.text) == (422, True)
    assert 'value="12&lt;34&gt;"' in refused.text
    assert marked_person.where(house) != {}

    done = _erase(anna, marked, f" {marked.contact} ")
    assert "The personal data are erased." in done.text
    assert "by anna" in done.text
    assert "Nothing is there." in done.text
    assert {table for table in marked_person.where(house) if table != "people.session"} == set()
    log = anna.get("/audit").text
    assert all(deed in log for deed in ("personal data erased", "personal data handed out"))
    assert anna.get(f"/contacts/{marked.contact}").status_code == 200
    assert anna.get(f"/requests/{marked.request}").status_code == 200
    assert anna.get(f"/requests/{marked.other_request}").status_code == 200


def test_a_merged_contact_leads_to_the_one_that_remains(anna: Browser, marked: Marked) -> None:
    answer = anna.get(f"/contacts/{marked.merged}/personal")
    assert str(answer.url).endswith(f"/contacts/{marked.contact}/personal")
    assert anna.get("/contacts/999999/personal").status_code == 404


@pytest.mark.parametrize("role", [Role.AGENT, Role.DIRECTOR])
def test_nobody_else_comes_near(house: House, marked: Marked, role: Role) -> None:
    pages.login(house, "boris", role, language="en")
    with pages.served(house) as base:
        browser = Browser(base)
        browser.sign_in("boris")
        path = f"/contacts/{marked.contact}"
        assert "/personal" not in browser.get(path).text
        assert browser.get(f"{path}/personal").status_code == 403
        assert browser.post(f"{path}/personal/export").status_code == 403
        assert _erase(browser, marked, str(marked.contact)).status_code == 403
    assert marked_person.where(house) != {}
