"""Categories, templates of letters and calendars in the settings."""

import re
from datetime import UTC, date, datetime

import pytest

from caseline.actions import keep_categories, keep_groups, keep_templates, know_calendars, note_deed
from caseline.actions.wiring import House
from caseline.people.rights import Role
from caseline.timing.vocabulary import Kind
from tests.factories import pages
from tests.factories.pages import Browser

_SEEN = re.compile(r'name="seen" value="([0-9a-f]+)"')
NOW = datetime.now(UTC)


@pytest.fixture
def admin(house: House, browser: Browser) -> Browser:
    pages.login(house, "anna")
    browser.sign_in("anna")
    return browser


def seen(browser: Browser, path: str) -> str:
    found = _SEEN.search(browser.get(path).text)
    assert found is not None
    return found[1]


# ------------------------------------------------------------------------------------------------- categories


def category(**changes: str) -> dict[str, str]:
    return {"label": "Returns", "code": "returns", "hours": "24", "mode": "working_days", "active": "on", **changes}


def test_a_category_is_made_with_its_group_and_hours_by_priority(house: House, admin: Browser) -> None:
    group = keep_groups.add(house, "Returns line")
    admin.get("/settings/categories/new")
    values = category(group=str(group.id), hours_by_priority="high = 8\nlow: 72")
    assert "Saved." in admin.post("/settings/categories/edit", **values).text
    made = keep_categories.find(house, "returns")
    assert (made.group, made.hours, made.hours_by_priority) == ("Returns line", 24, {"high": 8, "low": 72})

    mark = seen(admin, "/settings/categories/edit?key=returns")
    changed = category(hours="48", hours_by_priority="high=8")
    admin.post("/settings/categories/edit", key="returns", seen=mark, **changed)
    made = keep_categories.find(house, "returns")
    assert (made.group, made.hours, made.hours_by_priority) == (None, 48, {"high": 8})
    line = note_deed.noted(house, most=1)[0]
    assert (line.action, line.subject, line.data["after"]["hours"]) == ("category.changed", "Returns (returns)", 48)

    answer = admin.post("/settings/categories/edit", key="returns", seen=mark, **category(hours="72"))
    assert answer.status_code == 409
    assert keep_categories.find(house, "returns").hours == 48


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"hours": "0"}, "hours"),
        ({"hours": "many"}, "hours"),
        ({"hours": "25", "mode": "whole_days"}, "hours"),
        ({"hours_by_priority": "high"}, "hours_by_priority"),
        ({"hours_by_priority": "high=0"}, "hours_by_priority"),
        ({"label": ""}, "label"),
        ({"code": "taken"}, "code"),
        ({"mode": "never"}, "mode"),
        ({"group": "77"}, "group"),
    ],
)
def test_a_bad_category_is_refused_at_its_field(
    house: House, admin: Browser, changes: dict[str, str], field: str
) -> None:
    pages.category(house, "taken")
    admin.get("/settings/categories/new")
    answer = admin.post("/settings/categories/edit", **category(**changes))
    assert answer.status_code == 422
    assert f'id="field-{field}-fault"' in answer.text
    assert [one.code for one in keep_categories.categories(house)] == ["taken"]


def test_a_code_may_hold_what_an_address_cannot(house: House, admin: Browser) -> None:
    pages.category(house, "a/b&c=ü new", "Odd")
    page = admin.get("/settings/categories").text
    (path,) = re.findall(r'href="(/settings/categories/edit[^"]+)"', page)
    assert "Odd" in admin.get(path.replace("&amp;", "&")).text


# -------------------------------------------------------------------------------------------------- templates

KEY = "request_received.en"


def template(**changes: str) -> dict[str, str]:
    return {"key": KEY, "subject": "Request %Number%", "text": "Hello, %ClientName%!", "html": "", **changes}


def test_a_template_is_changed_previewed_and_taken_back(house: House, admin: Browser) -> None:
    mark = seen(admin, f"/settings/templates/edit?key={KEY}")
    assert "Saved." in admin.post("/settings/templates/edit", seen=mark, **template()).text
    assert keep_templates.find(house, "request_received", "en").text == "Hello, %ClientName%!"
    assert note_deed.noted(house, most=1)[0].action == "template.changed"
    assert "changed here" in admin.get("/settings/templates").text

    admin.post("/settings/templates/shipped", key=KEY)
    assert keep_templates.templates(house)["request_received", "en"][1]
    assert note_deed.noted(house, most=1)[0].data["before"]["text"] == "Hello, %ClientName%!"


def test_an_unknown_tag_is_named_with_the_one_that_was_meant_and_nothing_is_saved(house: House, admin: Browser) -> None:
    mark = seen(admin, f"/settings/templates/edit?key={KEY}")
    answer = admin.post("/settings/templates/edit", seen=mark, **template(text="Hello, %ClientNam%!"))
    assert answer.status_code == 422
    assert "no tag %ClientNam%: write %ClientName%" in answer.text
    assert 'id="field-text-fault"' in answer.text
    assert keep_templates.templates(house)["request_received", "en"][1]


def test_a_preview_fills_in_examples_and_runs_nothing(admin: Browser) -> None:
    admin.get(f"/settings/templates/edit?key={KEY}")
    html = "<p>%Subject%</p><script>alert(1)</script><img src=x onerror=alert(1)>"
    answer = admin.post("/settings/templates/preview", **template(html=html))
    assert "Request 1024" in answer.text
    assert "<p>The pump does not start</p>" in answer.text
    assert "alert(1)" not in answer.text
    assert "no tag %Nothing%" in admin.post("/settings/templates/preview", **template(text="%Nothing%")).text


def test_a_template_of_ones_own_is_made_and_removed(house: House, admin: Browser) -> None:
    admin.get("/settings/templates/new")
    own = {"code": "sorry", "language": "en", "subject": "Sorry", "text": "We are late.", "html": ""}
    assert "Saved." in admin.post("/settings/templates/edit", **own).text
    assert admin.post("/settings/templates/edit", **own).status_code == 422
    assert admin.post("/settings/templates/edit", **{**own, "code": "Not one word"}).status_code == 422
    mark = _SEEN.search(admin.get("/settings/templates/remove?key=sorry.en").text)
    assert mark is not None
    admin.post("/settings/templates/remove", key="sorry.en", seen=mark[1])
    assert ("sorry", "en") not in keep_templates.templates(house)
    assert admin.post("/settings/templates/remove", key=KEY, seen="x").status_code == 404  # shipped ones stay


# -------------------------------------------------------------------------------------------------- calendars

DAY = {"id": "ru", "day": "2027-03-10", "kind": "off", "reason": "order 5"}
_FIELD = re.compile(r'type="hidden" name="(\w+)" value="([^"]*)"')


def newest(house: House) -> int:
    return know_calendars.newest(house, "ru", now=NOW).version


def test_a_year_is_twelve_months_that_say_what_each_odd_day_is(house: House, admin: Browser) -> None:
    page = admin.get("/settings/calendars/year?id=ru&year=2026").text
    assert page.count('class="month"') == 12
    assert "Fri 12 Jun 2026: off" in page
    assert "default one" in admin.get("/settings/calendars").text
    for year in ("1", "99999", "-3", "x"):
        assert admin.get(f"/settings/calendars/year?id=ru&year={year}").status_code == 200
    assert admin.get("/settings/calendars/year?id=nowhere").status_code == 404
    assert newest(house) == 1


def test_a_day_counts_only_after_its_difference_was_shown(house: House, admin: Browser) -> None:
    admin.get("/settings/calendars/year?id=ru")
    shown = admin.post("/settings/calendars/change", **DAY)
    assert "Wed 10 Mar 2027: working → off (order 5)" in shown.text
    assert newest(house) == 1

    fields = dict(_FIELD.findall(shown.text.split("/settings/calendars/apply")[1]))
    assert admin.post("/settings/calendars/apply", **fields).status_code == 200
    assert know_calendars.newest(house, "ru", now=NOW).kind(date(2027, 3, 10)) is Kind.OFF
    line = note_deed.noted(house, most=1)[0]
    assert (line.action, line.subject, line.data["after"]["reason"]) == ("calendar.changed", "ru", "order 5")

    again = admin.post("/settings/calendars/apply", **{**fields, "day": "2027-03-11"})
    assert again.status_code == 409  # the difference that was agreed to was another version's
    assert newest(house) == 2


@pytest.mark.parametrize(
    "changes",
    [{"reason": ""}, {"day": "x"}, {"kind": "x"}, {"minutes": "9999"}, {"day": "2027-03-13"}, {"day": "0001-01-01"}],
)
def test_what_is_no_edit_of_a_day_is_said_and_changes_nothing(
    house: House, admin: Browser, changes: dict[str, str]
) -> None:
    admin.get("/settings/calendars/year?id=ru")
    answer = admin.post("/settings/calendars/change", **{**DAY, **changes})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert newest(house) == 1


def test_a_file_is_shown_first_and_goes_on_in_the_page(house: House, admin: Browser) -> None:
    admin.get("/settings/calendars/year?id=ru")
    content = b"date,kind\n2028-05-03,off\n"
    answer = admin.client.post(
        "/settings/calendars/change",
        data={"form_token": admin.token, "id": "ru", "reason": ""},
        files={"file": ("days.csv", content)},
        headers={"Origin": admin.base},
    )
    if answer.status_code == 422:
        pytest.fail(re.findall(r'role="alert">([^<]+)', answer.text)[0])
    fields = dict(_FIELD.findall(answer.text.split("/settings/calendars/apply")[1]))
    assert admin.post("/settings/calendars/apply", **fields).status_code == 200
    assert know_calendars.newest(house, "ru", now=NOW).kind(date(2028, 5, 3)) is Kind.OFF
    for name, bad in (("days.csv", b"\xff\xfe nonsense"), ("days.ics", b"BEGIN:NOTHING"), ("", b"")):
        answer = admin.client.post(
            "/settings/calendars/change",
            data={"form_token": admin.token, "id": "ru"},
            files={"file": (name, bad)},
            headers={"Origin": admin.base},
        )
        assert answer.status_code == 422, name
    assert admin.post("/settings/calendars/apply", id="ru", content="%%%", version="3").status_code == 422


def test_whoever_may_only_look_finds_no_form(house: House, browser: Browser) -> None:
    pages.login(house, "head", Role.HEAD)
    browser.sign_in("head")
    assert "/settings/calendars/change" not in browser.get("/settings/calendars/year?id=ru").text
    page = browser.get(f"/settings/templates/edit?key={KEY}").text
    assert 'action="/settings/templates/edit"' not in page
    assert "Request 1024" in page
