"""Files of an assignment's letters: whoever sees the assignment gets them, others find nothing."""

import re
from datetime import UTC, datetime

import pytest

from caseline.actions import assign
from caseline.actions.assign import Order
from caseline.actions.wiring import House
from tests.factories.pages import Browser
from tests.factories.request_cards import PNG, Staff, mail

FILES = (("отчёт.txt", "text/plain", b"done"), ("a.png", "image/png", PNG), ("b.html", "text/html", b"<b>no</b>"))


@pytest.fixture(autouse=True)
def own_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASELINE_MAIL_ADDRESS", "support@example.org")


@pytest.fixture
def staff(house: House) -> Staff:
    return Staff(house)


def given(staff: Staff, person: int) -> tuple[int, int]:
    """A request of another group and an assignment on it that has a letter with files; answers both ids."""
    record = staff.opened(mail(files=FILES))
    order = Order(request=f"id:{record}", title="Look", text="Please look", person=str(person))
    number = assign.give(staff.house, order, now=datetime.now(UTC)).assignment.id
    staff.query(
        "INSERT INTO crm.message_trait (message_id, assignment_id) SELECT id, :number FROM crm.message"
        " ON CONFLICT (message_id) DO UPDATE SET assignment_id = :number",
        number=number,
    )
    staff.give(record, staff.group("Theirs"))
    return record, number


def test_whoever_works_on_an_assignment_gets_the_files_of_its_letters(staff: Staff, browser: Browser) -> None:
    boris = staff.person("Boris", staff.group("Mine"), login="boris", scope="groups")
    record, number = given(staff, boris)
    browser.sign_in("boris")

    page = browser.get(f"/assignments/{number}").text

    files = staff.files(record)
    for name, file in files.items():
        assert f'href="/assignments/{number}/files/{file}" download>{name}</a>' in page
    assert re.findall(r'<img src="(/assign[^"]+)"', page) == [f"/assignments/{number}/files/{files['a.png']}?inline=1"]
    got = browser.get(f"/assignments/{number}/files/{files['отчёт.txt']}")
    assert got.content == b"done"
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["content-disposition"].startswith("attachment; ")
    assert "%D0%BE%D1%82%D1%87%D1%91%D1%82.txt" in got.headers["content-disposition"]
    assert got.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert got.headers["x-content-type-options"] == "nosniff"
    assert browser.get(f"/assignments/{number}/files/{files['a.png']}?inline=1").headers["content-type"] == "image/png"
    page_of_html = browser.get(f"/assignments/{number}/files/{files['b.html']}?inline=1")
    assert page_of_html.headers["content-disposition"].startswith("attachment; ")
    assert browser.get(f"/requests/{record}/files/{files['a.png']}").status_code == 404


def test_files_of_a_foreign_assignment_or_of_its_request_alone_are_absent(staff: Staff, browser: Browser) -> None:
    mine = staff.group("Mine")
    boris, anna = staff.person("Boris", mine, login="boris", scope="groups"), staff.person("Anna")
    record, foreign = given(staff, anna)
    file = staff.files(record)["a.png"]
    order = Order(request=f"id:{record}", title="Own", text="Please look", person=str(boris))
    own = assign.give(staff.house, order, now=datetime.now(UTC)).assignment.id
    browser.sign_in("boris")

    assert browser.get(f"/assignments/{own}").status_code == 200
    assert browser.get(f"/assignments/{foreign}/files/{file}").status_code == 404
    assert browser.get(f"/assignments/{own}/files/{file}").status_code == 404


def test_a_file_whose_content_is_lost_is_told_with_the_way_back(staff: Staff, browser: Browser) -> None:
    boris = staff.person("Boris", staff.group("Mine"), login="boris", scope="groups")
    record, number = given(staff, boris)
    staff.query("UPDATE crm.attachment SET sha256 = NULL")
    browser.sign_in("boris")

    assert "too large to be kept" in browser.get(f"/assignments/{number}").text
    answer = browser.get(f"/assignments/{number}/files/{staff.files(record)['a.png']}")

    assert answer.status_code == 410
    assert f'href="/assignments/{number}"' in answer.text
