"""The pages of the request table: filters, views, columns, changes of many, files; hostile addresses; scopes."""

import csv
import io
import re
from html import unescape
from typing import Any, Final
from urllib.parse import quote, urlencode

import pytest
import sqlalchemy as sa

from caseline.actions.wiring import House
from caseline.crm import tables
from caseline.people.rights import Role
from tests.factories import pages, requests_in_lists
from tests.factories.pages import Browser
from tests.factories.requests_in_lists import Record

HOSTILE: Final = (
    "'; DROP TABLE crm.record; --",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "%00\0",
    "%",
    "\\",
    "{{7*7}}",
    "(((",
    "9" * 40,
    "х" * 600,
)


@pytest.fixture
def records(house: House) -> list[Record]:
    return requests_in_lists.fill(house, 120)


@pytest.fixture
def admin(house: House, browser: Browser, records: list[Record]) -> Browser:
    pages.login(house, "anna")
    browser.sign_in("anna")
    assert records
    return browser


def ids(text: str) -> list[int]:
    """Requests that a page shows."""
    return [int(number) for number in re.findall(r'<tr tabindex="-1" data-href="/requests/(\d+)"', text)]


def query(house: House, statement: str, **values: object) -> list[Any]:
    with house.engine.connect() as connection:
        return list(connection.execute(sa.text(statement), values))


def belongs(house: House, name: str, person: int | None, *groups: int, scope: str = "groups") -> None:
    with house.engine.begin() as connection:
        connection.execute(
            sa.text("UPDATE people.login SET person_id = :person, scope = :scope WHERE name = :name"),
            {"person": person, "scope": scope, "name": name},
        )
        for group in groups:
            connection.execute(
                sa.text("INSERT INTO people.membership (group_id, person_id) VALUES (:group, :person)"),
                {"group": group, "person": person},
            )


# ------------------------------------------------------------------------------------------------------ filters


def test_the_table_begins_with_what_is_open(admin: Browser, records: list[Record]) -> None:
    shown = ids(admin.get("/requests").text)

    opened = {one.id for one in records if one.values["closed_at"] is None}
    assert len(shown) == min(50, len(opened))
    assert set(shown) <= opened


@pytest.mark.parametrize(
    ("query", "told", "untold"),
    [
        ("w=&q=nowhere", "All requests that you may see were searched.", "search in all requests"),
        ("w=open::&q=nowhere", "Remove a condition above, or search in all requests.", "were searched"),
        ("w=&q=%25", "There is nothing to search for", "were searched"),
    ],
)
def test_where_nothing_fits_the_page_says_what_helps(admin: Browser, query: str, told: str, untold: str) -> None:
    page = admin.get(f"/requests?{query}").text

    assert ids(page) == []
    assert told in page
    assert untold not in page


def test_an_address_filters_sorts_and_pages(admin: Browser, records: list[Record]) -> None:
    path = "/requests?w=stage:in:new,working&w=channel:in:mail&sort=-created_at"
    expected = sorted(
        (one for one in records if one.values["stage"] in {"new", "working"} and one.values["channel"] == "mail"),
        key=lambda one: one.values["created_at"],
        reverse=True,
    )

    assert ids(admin.get(path).text) == [one.id for one in expected][:50]

    walked, text = [], admin.get("/requests?w=&sort=created_at").text
    while True:
        walked += ids(text)
        following = re.search(r'rel="next" href="([^"]+)"', text)
        if following is None:
            break
        text = admin.get(unescape(following[1])).text
    assert walked == [one.id for one in sorted(records, key=lambda one: one.values["created_at"])]


def test_a_condition_is_added_step_by_step_without_scripts(admin: Browser, records: list[Record]) -> None:
    first = admin.get("/requests/filter/apply?to=/requests&w=open::&key=category").text
    assert 'name="v" value="r"' in first

    last = admin.get("/requests/filter/apply?to=/requests&w=open::&key=category&op=in&chosen=category+in&v=r&v=b")

    assert last.url.params.multi_items()[:2] == [("w", "open::"), ("w", "category:in:r,b")]
    opened = [one for one in records if one.values["closed_at"] is None]
    assert set(ids(last.text)) <= {one.id for one in opened if one.values["category"]}


def test_a_company_is_found_by_its_name(admin: Browser) -> None:
    base = "/requests/filter/apply?to=/requests&w=&key=company&op=in&chosen=company+in&name="

    several, one, none = (admin.get(base + quote(name)) for name in ("company", "альф", "nobody"))

    assert several.status_code == 422
    assert "Several have such a name" in several.text
    assert one.url.params["w"].startswith("company:in:")
    assert "Company: Альфа company" in one.text
    assert none.status_code == 422
    assert "Nothing of this name" in none.text


def test_a_value_that_is_none_is_refused_by_name(admin: Browser) -> None:
    answer = admin.get(
        "/requests/filter/apply?to=/requests&w=&key=extra.Amount&op=from&chosen=extra.Amount+from&v=much"
    )

    assert answer.status_code == 422
    assert "This is no value for Amount" in answer.text


def test_a_condition_over_a_field_that_is_gone_is_told_and_can_be_removed(admin: Browser, house: House) -> None:
    admin.get("/requests")
    admin.post("/requests/views", to="/requests", name="Perm", w=["extra.City:in:Пермь", "open::"])
    with house.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM crm.field_definition WHERE name = 'City'"))

    page = admin.get("/requests?view=v1")

    assert page.status_code == 200
    assert "This condition no longer applies: City: Пермь" in page.text
    assert "there is no such field any more" in page.text
    assert admin.get("/requests/export?w=extra.City:in:x").status_code == 409
    assert "Change all of this list" not in page.text


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_sql_and_script_in_every_place_of_an_address_do_nothing(admin: Browser, house: House, text: str) -> None:
    said = quote(text)
    for address in (
        f"/requests?q={said}",
        f"/requests?view={said}",
        f"/requests?at={said}",
        f"/requests?w={said}",
        f"/requests?sort={said}&w=",
        f"/requests?w={quote(said)}:in:{said}",
        *(f"/requests?w={key}:{op}:{quote(said)}" for key in ("subject", "number") for op in ("has", "in", "not_in")),
        *(f"/requests?w={key}:in:{quote(said)}" for key in ("stage", "company", "extra.Amount", "extra.Tags")),
        *(f"/requests?w={key}:from:{quote(said)}" for key in ("created_at", "due_at", "extra.Seen", "extra.Visit")),
        f"/requests?w=created_at:last:{quote(said)}",
        f"/requests/filter?to={said}&key={said}&op={said}&v={said}&place={said}",
        f"/requests/filter/apply?to={said}&w=&key=subject&op=has&chosen=subject+has&v={said}",
        f"/requests/filter/names?key=company&name={said}",
        f"/requests/columns?to={said}&layout={said}",
        f"/requests/count?w=subject:has:{quote(said)}",
        f"/requests/export?w=subject:has:{quote(said)}&columns={said}",
    ):
        answer = admin.get(address)
        assert answer.status_code in {200, 409, 422}, address
        assert "<script>alert" not in answer.text.replace("\ufeff", "") or "export" in address
        assert "<img src=x" not in answer.text or "export" in address
        assert answer.url.host == "127.0.0.1"
    assert len(query(house, "SELECT id FROM crm.record")) == 120


def test_an_address_leads_back_to_our_own_pages_only(admin: Browser) -> None:
    for there in ("//evil.example/x", "https://evil.example", "/\\evil.example", "javascript:alert(1)"):
        answer = admin.get(f"/requests/filter/apply?to={quote(there)}&w=&key=open")

        assert answer.url.path == "/requests"


# -------------------------------------------------------------------------------------------------------- scope


def test_a_login_of_groups_finds_and_counts_its_own_requests_only(
    admin: Browser, house: House, records: list[Record]
) -> None:
    pages.login(house, "boris", Role.HEAD)
    belongs(house, "boris", 1, 2)
    admin.post("/sign-out")
    admin.sign_in("boris")
    own = {one.id for one in records if one.values["group_id"] == 2 or one.values["assignee_id"] == 1}
    foreign = next(one.id for one in records if one.id not in own)

    assert set(ids(admin.get("/requests?w=").text)) <= own
    assert admin.get("/requests/count?w=").text.startswith(str(len(own)))
    exported = list(csv.reader(io.StringIO(admin.get("/requests/export?w=").text.removeprefix("\ufeff"))))
    assert {int(row[0]) for row in exported[1:]} == own
    admin.get("/requests")
    changed = admin.post("/requests/change/apply", ids=f"{foreign},999999", back="/requests", category="r")
    assert changed.text.count("there is no such request") == 2


def test_mine_tells_a_login_without_person_why_it_is_empty(admin: Browser) -> None:
    assert "Your login belongs to no person" in admin.get("/requests?view=mine").text


@pytest.mark.parametrize("role", [Role.VIEWER, Role.QUALITY])
def test_who_may_not_change_or_export_is_not_offered_it(house: House, browser: Browser, role: Role) -> None:
    requests_in_lists.fill(house, 5)
    pages.login(house, "boris", role)
    browser.sign_in("boris")

    text = browser.get("/requests?w=").text

    assert 'name="tick"' not in text
    assert ("/requests/export" in text) == (role is Role.QUALITY)
    assert browser.post("/requests/change", tick="1").status_code == 403


# -------------------------------------------------------------------------------------------------------- views


def test_views_are_saved_opened_renamed_begun_with_and_deleted(admin: Browser) -> None:
    admin.get("/requests")
    saved = admin.post("/requests/views", to="/requests", name="Mail only", w="channel:in:mail", sort="-created_at")
    assert str(saved.url).endswith("/requests?view=v1&notice=saved")
    assert "Mail only" in saved.text

    admin.post("/requests/views/1", to="/requests", view="v1", w=["channel:in:phone"], sort="number")
    assert "Channel: phone" in admin.get("/requests?view=v1").text

    admin.post("/requests/views/1/rename", name="Phone only")
    admin.post("/requests/views/begin", key="v1")
    assert "Channel: phone" in admin.get("/requests").text

    admin.post("/requests/views/1/delete")
    assert "Phone only" not in admin.get("/requests/views").text
    assert 'aria-current="page">All open' in admin.get("/requests").text
    assert "is gone" in admin.get("/requests?view=v1").text


def test_a_second_view_of_the_same_name_is_refused_and_what_was_chosen_stays(admin: Browser) -> None:
    admin.get("/requests")
    admin.post("/requests/views", to="/requests", name="One", w="open::")

    again = admin.post("/requests/views", to="/requests", name=" One ", w="closed::")

    assert again.status_code == 422
    assert "There is a view of this name already" in again.text
    assert 'name="w" value="closed::"' in again.text


def test_views_of_others_are_theirs_and_shared_ones_are_everybodys(admin: Browser, house: House) -> None:
    admin.get("/requests")
    admin.post("/requests/views", to="/requests", name="Own", w="open::")
    admin.post("/requests/views", to="/requests", name="Shared", w="open::", shared="1")
    assert query(house, "SELECT action, subject FROM people.audit WHERE action LIKE 'view%'") == [
        ("view_saved", "Shared")
    ]
    pages.login(house, "boris", Role.AGENT)
    admin.post("/sign-out")
    admin.sign_in("boris")

    text = admin.get("/requests/views").text

    assert "Shared" in text
    assert "Own" not in text
    for number in (1, 2):
        assert admin.post(f"/requests/views/{number}/delete").status_code == {1: 404, 2: 422}[number]
    admin.get("/requests")
    assert admin.post("/requests/views", to="/requests", name="x", w="open::", shared="1").status_code == 422


def names(text: str) -> list[str]:
    return [unescape(one) for one in re.findall(r'<a href="/requests\?view=v\d+">([^<]+)</a>', text)]


def test_saved_views_are_put_in_order_each_among_its_own(admin: Browser) -> None:
    admin.get("/requests")
    for name, more in (("B", {}), ("A", {}), ("Z", {"shared": "1"}), ("Y", {"shared": "1"})):
        admin.post("/requests/views", to="/requests", name=name, w="open::", **more)
    assert names(admin.get("/requests/views").text) == ["Y", "Z", "A", "B"]

    admin.post("/requests/views/2/move", to="down")
    moved = admin.post("/requests/views/4/move", to="down")
    admin.post("/requests/views", to="/requests", name="New", w="open::", shared="1")
    admin.post("/requests/views/3/move", to="up")  # it stands first already

    assert names(moved.text) == ["Z", "Y", "B", "A"]
    assert names(admin.get("/requests/views").text) == ["Z", "Y", "New", "B", "A"]


def test_a_view_of_everybody_is_deleted_only_when_that_was_said_twice(admin: Browser, house: House) -> None:
    admin.get("/requests")
    admin.post("/requests/views", to="/requests", name="Shared", w="open::", shared="1")

    asked = admin.post("/requests/views/1/delete").text

    assert "Delete for everybody" in asked
    assert names(asked) == ["Shared"]
    assert names(admin.post("/requests/views/1/delete", agreed="yes").text) == []
    assert query(house, "SELECT data -> 'before' ->> 'name' FROM people.audit WHERE action = 'view_deleted'") == [
        ("Shared",)
    ]


def test_list_views_of_a_source_are_presets_for_everybody(admin: Browser, house: House) -> None:
    with house.engine.begin() as connection:
        connection.execute(
            sa.insert(tables.preset).values(
                source="sf", name="Waiting on Customer", filter={"stage": ["waiting"]}, sort="modified_at"
            )
        )

    text = admin.get("/requests?view=p1").text

    assert "Stage: Waiting" in text
    assert "Waiting on Customer" in text


# ------------------------------------------------------------------------------------------------------ columns


def heads(text: str) -> list[str]:
    return re.findall(r'<th scope="col" data-key="([^"]+)"', text)


def test_columns_are_chosen_moved_and_reset_for_a_view(admin: Browser) -> None:
    admin.get("/requests")
    admin.post("/requests/columns", to="/requests", view="all", layout="all", show=["subject", "extra.City", "age"])
    assert heads(admin.get("/requests?view=all").text) == ["subject", "extra.City", "age"]
    assert heads(admin.get("/requests?view=open").text)[:2] == ["number", "subject"]

    admin.post(
        "/requests/columns",
        to="/requests",
        layout="all",
        show=["subject", "extra.City", "age"],
        move="up age",
        **{"width-age": "99999"},
    )
    assert heads(admin.get("/requests?view=all").text) == ["subject", "age", "extra.City"]
    assert 'data-key="age" data-width="900"' in admin.get("/requests?view=all").text

    admin.post("/requests/columns", to="/requests", layout="all", reset="1")
    assert "extra.City" not in heads(admin.get("/requests?view=all").text)


def test_a_script_keeps_order_and_widths(admin: Browser) -> None:
    admin.get("/requests")

    kept = admin.post("/requests/columns/arrange", layout="open", columns="subject:300\nnumber:\ngone:5")

    assert kept.status_code == 204
    assert heads(admin.get("/requests?view=open").text) == ["subject", "number"]
    assert admin.post("/requests/columns/arrange", layout="open", columns="gone:1").status_code == 422


# ------------------------------------------------------------------------------------------------ many at once


def test_many_are_changed_each_by_itself_and_refusals_are_told(admin: Browser, house: House) -> None:
    numbers = [pages.request(house, "text", f"new {n}") for n in range(3)]
    pages.category(house, "fix", "Fix")
    admin.get("/requests")
    form = admin.post("/requests/change", to="/requests", w="open::", which="ticked", tick=[str(n) for n in numbers])
    assert f'name="ids" value="{",".join(map(str, numbers))}"' in form.text

    done = admin.post("/requests/change/apply", ids=",".join(map(str, numbers)), back="/requests", category="fix")
    assert "3 requests are changed" in done.text
    found = query(house, "SELECT category FROM crm.record WHERE id = ANY(:ids)", ids=numbers)
    assert found == [("fix",)] * 3

    with house.engine.begin() as connection:
        connection.execute(sa.text("UPDATE people.person SET active = false WHERE id = 1"))
    refused = admin.post("/requests/change/apply", ids=str(numbers[0]), back="/requests", assignee="1")
    assert "1 is not" in refused.text
    (told,) = query(house, "SELECT data FROM people.audit WHERE action = 'requests_changed' ORDER BY id LIMIT 1")
    assert told[0] == {"category": "fix", "requests": numbers, "refused": 0}


def test_all_of_a_list_are_changed_when_they_are_not_too_many(admin: Browser, records: list[Record]) -> None:
    admin.get("/requests")

    form = admin.post("/requests/change", to="/requests", w=["stage:in:new"], which="all")

    (found,) = re.findall(r'name="ids" value="([^"]+)"', form.text)
    assert set(map(int, found.split(","))) == {one.id for one in records if one.values["stage"] == "new"}
    assert admin.post("/requests/change", to="/requests", w="open::", which="ticked").status_code == 422
    assert admin.post("/requests/change/apply", ids="1", back="/requests").status_code == 422


# -------------------------------------------------------------------------------------------------------- files


def test_a_file_holds_all_rows_and_no_formula(admin: Browser, house: House, records: list[Record]) -> None:
    evil = '=HYPERLINK("http://x";"y")\n;"a"'
    number = pages.request(house, "text", evil)

    answer = admin.get("/requests/export?w=&sort=created_at&columns=all")

    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"), newline="")))
    assert rows[0][:3] == ["id", "Number", "Subject"]
    assert [int(row[0]) for row in rows[1:]] == [
        *(one.id for one in sorted(records, key=lambda one: one.values["created_at"])),
        number,
    ]
    assert rows[-1][2] == f"'{evil}"
    cells = [cell for row in rows[1:] for cell in row]
    assert not [cell for cell in cells if cell[:1] in "=+@\t\r" and cell]


@pytest.mark.parametrize(("language", "mark"), [("ru", ";"), ("en", ",")])
def test_a_file_is_parted_as_the_spreadsheet_of_its_reader_parts_it(
    admin: Browser, house: House, language: str, mark: str
) -> None:
    evil = f"a{mark}=1+1{mark}b"
    pages.request(house, "text", evil)
    admin.post("/language", language=language, next="/")

    text = admin.get("/requests/export?w=&sort=-created_at&columns=number,subject").text.removeprefix("\ufeff")

    assert evil in {row[2] for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark)}


def test_requests_are_found_by_number_and_words(admin: Browser, records: list[Record]) -> None:
    known = next(one for one in records if one.values["number"])

    found = admin.get(f"/requests/search?to=/requests&w=open::&q={known.values['number']}&in=all")

    assert found.url.path == f"/requests/{known.id}"
    assert ids(admin.get(f"/requests?q={known.values['number']}").text) == [known.id]
    assert ids(admin.get("/requests?q=nothing-like-this-1").text) == []


def test_a_whole_number_opens_its_card_and_all_else_a_list(admin: Browser, records: list[Record]) -> None:
    known = next(one for one in records if one.values["number"])
    number = known.values["number"]

    def led(text: str, **more: str) -> str:
        return str(admin.get(f"/requests/search?{urlencode({'q': text, 'in': 'all', **more})}").url.path)

    assert led(f" {number} ") == f"/requests/{known.id}"
    assert led(number.lower()) == f"/requests/{known.id}"
    assert led(number[:-1]) == "/requests"
    assert led(f"{number} x") == "/requests"
    assert led("") == "/requests"
    assert led(number, **{"in": "list"}) == "/requests"
    assert 'action="/requests/search"' in admin.get("/").text
