"""Fields of files: attached, kept and removed on the card, served to whoever sees the request, named in its history."""

import html
import re
from datetime import UTC, datetime

import httpx
import pytest

from caseline.actions import change_request, keep_fields, keep_rules, open_request
from caseline.actions.change_request import Changes
from caseline.actions.open_request import Order
from caseline.actions.wiring import House
from caseline.crm import field_files, rule_words
from caseline.crm.cards import Refused
from caseline.crm.field_faults import Unsaved
from caseline.crm.field_files import Files, Upload
from caseline.crm.field_rules import Op
from caseline.crm.vocabulary import Type
from tests.factories import fields, pages
from tests.factories.pages import Browser
from tests.factories.request_cards import Staff, mail

PDF = ("Схема.pdf", b"%PDF-1.4 plan", "application/pdf")
SHOT = ("screen.svg", b"<svg onload=alert(1)>", "image/svg+xml")
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def own_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASELINE_MAIL_ADDRESS", "support@example.org")


@pytest.fixture
def staff(house: House, browser: Browser) -> Staff:
    made = Staff(house)
    made.person("Anna Agent", login="anna")
    browser.sign_in("anna")
    return made


def form(page: str) -> dict[str, object]:
    """What a browser would send that changes nothing."""
    hidden = re.findall(r'<input type="hidden" name="([bf]:extra\.[^"]+|version)" value="([^"]*)"', page)
    ticked = re.findall(r'<input type="checkbox" name="(f:[^"]+)" value="([^"]*)" checked', page)
    found: dict[str, object] = {name: html.unescape(value) for name, value in hidden}
    for name, _value in ticked:
        found[name] = ["", *(html.unescape(value) for other, value in ticked if other == name)]
    return found


def send(browser: Browser, path: str, data: dict[str, object], *files: tuple[str, bytes, str]) -> httpx.Response:
    sent = [("u:extra.Plan", one) for one in files] or [("u:extra.Plan", ("", b"", "application/octet-stream"))]
    data = {"form_token": browser.token, **data}
    return browser.client.post(path, data=data, files=sent, headers={"Origin": browser.base})


def held(staff: Staff) -> list[str]:
    return field_files.names(staff.query("SELECT extra FROM crm.record")[0][0].get("Plan"))


def test_files_are_attached_shown_replaced_and_removed(house: House, staff: Staff, browser: Browser) -> None:
    fields.field(house, "Plan", Type.FILE, label="Plans")
    number = staff.opened(mail())
    path = f"/requests/{number}/fields"

    page = send(browser, path, form(browser.get(path).text), PDF, SHOT).text

    assert held(staff) == ["Схема.pdf", "screen.svg"]
    assert "13 B" in html.unescape(page)
    assert "Plans: – → Схема.pdf, screen.svg" in html.unescape(page)

    edit = browser.get(path).text
    given = form(edit)
    assert send(browser, path, given).status_code == 200
    assert held(staff) == ["Схема.pdf", "screen.svg"]

    given = form(browser.get(path).text)
    kept = [one for one in given["f:extra.Plan"] if "screen" not in one]  # type: ignore[attr-defined]
    send(browser, path, {**given, "f:extra.Plan": kept}, ("new.txt", b"n", "text/plain"))
    assert held(staff) == ["Схема.pdf", "new.txt"]

    given = form(browser.get(path).text)
    page = send(browser, path, {**given, "f:extra.Plan": ""}).text
    assert held(staff) == []
    assert "Plans: Схема.pdf, new.txt → –" in html.unescape(page)


def test_a_file_is_served_like_attachments_to_those_who_see_the_request(
    house: House, staff: Staff, browser: Browser
) -> None:
    fields.field(house, "Plan", Type.FILE)
    number = staff.opened(mail())
    path = f"/requests/{number}/fields"
    page = send(browser, path, form(browser.get(path).text), SHOT).text
    link = html.unescape(re.findall(r'href="([^"]+fields/file[^"]+)"', page)[0])

    answer = browser.client.get(link)

    assert answer.content == SHOT[1]
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert browser.client.get(link.replace("extra.Plan", "extra.Other")).status_code == 404
    assert browser.client.get(link[:-64] + "0" * 64).status_code == 404
    other = open_request.open_request(house, Order(subject="other"), now=NOW).id
    assert browser.client.get(link.replace(f"/{number}/", f"/{other}/")).status_code == 404

    group = fields.group(house, "Far")
    change_request.change(house, f"id:{number}", Changes(group=f"id:{group}"), now=NOW)
    staff.person("Near Agent", login="near", scope="groups")
    browser.post("/sign-out")
    browser.sign_in("near")
    assert browser.client.get(link).status_code == 404


def test_a_digest_opens_nobody_elses_file(house: House) -> None:
    fields.field(house, "Plan", Type.FILE)
    card = open_request.open_request(house, Order(subject="x"), now=NOW)
    other = open_request.open_request(house, Order(subject="y"), now=NOW)
    fields.save(house, card, {"extra.Plan": Files((Upload("a.txt", "text/plain", b"secret"),))})
    token = field_files.held(fields.held(house, card)["extra.Plan"])[0].token

    with pytest.raises(Unsaved, match="is not among its files"):
        fields.save(house, other, {"extra.Plan": token})
    assert fields.held(house, other).get("extra.Plan") is None


def test_an_obligatory_field_wants_one_file_and_limits_are_told_at_it(
    house: House, staff: Staff, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = fields.field(house, "Plan", Type.FILE, label="Plans")
    fields.require(house, plan)
    number = staff.opened(mail())
    path = f"/requests/{number}/fields"
    given = form(browser.get(path).text)

    assert "is empty, and such a request needs it" in send(browser, path, given).text
    monkeypatch.setattr(field_files, "MOST_BYTES", 10)
    answer = send(browser, path, given, PDF)
    assert answer.status_code == 422
    assert "MB are the most at once" in answer.text
    assert staff.query("SELECT count(*) FROM files.content") == [(0,)]
    monkeypatch.undo()
    assert send(browser, path, given, PDF).status_code == 200
    assert held(staff) == ["Схема.pdf"]


def test_a_new_request_takes_its_files_along(house: House, staff: Staff, browser: Browser) -> None:
    fields.require(house, fields.field(house, "Plan", Type.FILE))
    page = browser.get("/requests/new").text
    once = re.search(r'name="once" value="([^"]+)"', page)
    assert once
    data: dict[str, object] = {"once": once[1], "f:subject": "With a plan"}

    assert "is empty, and such a request needs it" in send(browser, "/requests/new", data).text
    assert send(browser, "/requests/new", data, PDF).status_code == 200
    assert held(staff) == ["Схема.pdf"]


def test_lists_ask_whether_there_are_files_and_name_them(house: House, browser: Browser) -> None:
    pages.login(house, "anna")
    browser.sign_in("anna")
    fields.field(house, "Plan", Type.FILE)
    card = open_request.open_request(house, Order(subject="With a plan"), now=NOW)
    open_request.open_request(house, Order(subject="Without one"), now=NOW)
    fields.save(house, card, {"extra.Plan": Files((Upload("a.txt", "text/plain", b"x"),))})

    filled = browser.get("/requests?w=extra.Plan:filled:&sort=-extra.Plan").text
    empty = browser.get("/requests?w=extra.Plan:empty:").text

    assert ("With a plan" in filled, "Without one" in filled) == (True, False)
    assert ("With a plan" in empty, "Without one" in empty) == (False, True)
    known = next(one for one in keep_fields.fields(house) if one.name == "Plan")
    assert set(rule_words.ops(known)) == {Op.EMPTY, Op.FILLED}
    assert keep_rules.rules(house) == ()


def test_other_fields_take_no_files(house: House) -> None:
    fields.field(house, "City")
    card = open_request.open_request(house, Order(subject="x"), now=NOW)
    with pytest.raises(Refused, match="takes no files"):
        fields.save(house, card, {"extra.City": Files((Upload("a.txt", "text/plain", b"x"),))})
