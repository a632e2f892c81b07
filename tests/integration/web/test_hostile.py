"""What people with bad intentions, and programs with bugs, send to the desk."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import pytest
import sqlalchemy as sa

from caseline.actions.wiring import House
from caseline.web.desk.application import HEADERS
from keywords.entries import Entry
from tests.factories import pages
from tests.factories.pages import Browser


@pytest.fixture
def admin(house: House, browser: Browser) -> Browser:
    pages.login(house, "anna")
    pages.category(house, "returns")
    pages.dictionary(house, Entry("возврат", 60, "returns"))
    browser.sign_in("anna")
    browser.get("/keywords")
    return browser


LONG: Final = "9" * 5_000


FORMS: Final[tuple[tuple[str, dict[str, str]], ...]] = (
    ("/sign-in", {"name": "a\0b", "password": "x\0y"}),
    ("/language", {"language": "\0", "next": "/\0"}),
    ("/keywords/try", {"text": "возврат\0", "subject": "\0", f"seen-{LONG}": "1", "tick": LONG}),
    ("/keywords/propose", {"seen-1": "1", "weight-1": LONG, "category-1": "a\0b"}),
    ("/keywords/propose", {"seen-1": "1", "tick": LONG, "bulk": "category", "bulk-category": "\0"}),
    ("/keywords/propose", {"seen-1": str(2**63 - 1), "weight-1": str(2**63 - 1), "category-1": "returns"}),
    ("/keywords/new", {"keyword": "a\0b", "weight": "1", "category": "returns", "note": "\0"}),
    ("/keywords/forms", {"keyword": "\0 " * 1000}),
    ("/keywords/forms", {"keyword": "возврат " * 100_000}),
    ("/keywords/import", {"pasted": "keyword,weight,category\na\0b,1,returns\n"}),
    ("/keywords/settings", {"scoring": "max", "nested": "all", "min_score": "9" * 400}),
    ("/keywords/drafts/1/choose", {"tick": LONG}),
    ("/keywords/drafts/1/save", {"reason": "\0"}),
    ("/keywords/drafts/9223372036854775807/drop", {}),
    ("/keywords/history/3000000000/restore", {}),
    ("/keywords/history/9223372036854775807/restore", {"entry": "9223372036854775807"}),
    ("/keywords/history/0/restore", {"before": "1"}),
)


def test_nonsense_in_forms_is_no_fault_of_ours(admin: Browser) -> None:
    for path, fields in FORMS:
        assert admin.post(path, **fields).status_code < 500, (path, list(fields))


ADDRESSES: Final = (
    f"/keywords/{LONG}",
    "/keywords/history/3000000000",
    "/keywords/history/9223372036854775807",
    "/keywords/history?before=9223372036854775807",
    "/keywords/history?before=-5",
    "/keywords/drafts/9223372036854775807",
    "/audit?before=-1",
    f"/audit?before={LONG}",
    "/keywords?q=%00&category=%00",
    "/keywords?page=99999999999",
    "/sign-in?next=%00",
    "/%00",
)


def test_nonsense_in_addresses_is_no_fault_of_ours(admin: Browser) -> None:
    for path in ADDRESSES:
        assert admin.get(path).status_code < 500, path


def test_a_form_sent_after_the_session_ended_is_not_lost(house: House, admin: Browser) -> None:
    with house.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM people.session"))

    answer = admin.post("/keywords/propose", **{"seen-1": "1", "weight-1": "5"})

    assert answer.status_code == 401
    assert "it is not lost" in answer.text


def test_nobody_makes_the_desk_read_a_large_form_without_a_session(desk: str) -> None:
    stranger = Browser(desk)
    answer = stranger.client.post("/keywords/try", data={f"f{n}": "x" for n in range(30_000)})
    assert answer.status_code == 401
    stranger.client.close()


def test_a_fault_of_ours_is_shown_with_the_headers_too(house: House, admin: Browser) -> None:
    with house.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE people.audit RENAME TO hidden"))

    answer = admin.get("/audit")

    assert answer.status_code == 500
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert answer.headers["cache-control"] == "no-store"


def test_parallel_guesses_count_together(house: House, desk: str) -> None:
    pages.login(house, "anna")

    def guess(number: int) -> int:
        stranger = Browser(desk)
        try:
            return stranger.sign_in("anna", f"wrong guess {number}").status_code
        finally:
            stranger.client.close()

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(guess, range(12)))

    assert answers.count(401) == 5
    assert answers.count(429) == 7


def test_a_long_subject_is_cut_like_a_long_text(admin: Browser) -> None:
    answer = admin.post("/keywords/try", subject="возврат " * 500_000, text="x")
    assert answer.status_code == 200
    assert len(answer.text) < 10_000_000


def test_odd_names_of_files_do_no_harm(admin: Browser) -> None:
    evil = '"><script>alert(1)</script>\0.csv'
    content = "keyword,weight,category\nденьги,10,returns\n<b>x</b>,10,returns\n=1+1,999,returns\n"
    files = {"file": (evil, content.encode())}
    answer = admin.client.post("/keywords/import", data={"form_token": admin.token}, files=files)
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert "<b>x" not in answer.text
    (number,) = set(re.findall(r"/keywords/drafts/(\d+)", answer.text))
    assert "<script>alert" not in admin.get(f"/keywords/drafts/{number}").text


def test_a_restore_does_not_undo_what_somebody_saved_since_the_page_was_seen(house: House, admin: Browser) -> None:
    page = admin.get("/keywords/history/1").text
    (seen,) = re.findall(r'name="seen" value="(\d+)"', page)
    pages.dictionary(house, Entry("деньги", 20, "returns"))

    answer = admin.post("/keywords/history/1/restore", before="0", seen=seen)

    assert answer.status_code == 409
    with house.engine.connect() as connection:
        assert len(house.words.now(connection).kept) == 2
    assert admin.post("/keywords/history/77/restore").status_code == 404


@pytest.mark.parametrize("origin", ["null", "http://[", "http://[::1", "//", "http://desk.example@evil.example"])
def test_an_origin_that_is_no_address_of_ours_is_turned_away(admin: Browser, origin: str) -> None:
    answer = admin.client.post(
        "/keywords/forms", data={"form_token": admin.token, "keyword": "a"}, headers={"Origin": origin}
    )

    assert answer.status_code == 403


@pytest.mark.parametrize("charset", ["unicode_escape", "utf-7", "undefined", "no-such-one"])
def test_a_form_in_another_encoding_than_pages_ask_for_is_not_read(browser: Browser, charset: str) -> None:
    browser.get("/sign-in")
    part = "--x\r\nContent-Disposition: form-data; name={}\r\n\r\n{}\r\n"
    fields = {"form_token": browser.token, "name": "anna\\ud800", "password": "b"}
    body = "".join(part.format(name, value) for name, value in fields.items()) + "--x--\r\n"

    kind = f"multipart/form-data; boundary=x; charset={charset}"
    answer = browser.client.post("/sign-in", content=body.encode(), headers={"Content-Type": kind})

    assert answer.status_code == 400


def test_a_form_that_says_it_is_utf_8_is_read(admin: Browser) -> None:
    kind = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8", "X-Form-Token": admin.token}
    assert admin.client.post("/keywords/forms", content="keyword=a", headers=kind).status_code == 200
