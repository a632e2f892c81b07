"""Every page of the desk with every role, and foreign requests, which are answered as requests that there are not."""

import re
from typing import Final

import httpx
import pytest

from caseline.actions.wiring import House
from caseline.people.rights import Right, Role
from caseline.reports import feedback_questions
from caseline.reports.questions import Report
from caseline.web.desk.page import Page
from caseline.web.desk.routes import PAGES
from keywords.entries import Entry
from tests.factories import agreements, asked_clients, catalogues, clients, pages
from tests.factories.pages import Browser
from tests.factories.request_cards import PNG, Staff, mail

ABSENT: Final = 999_999
_PUBLIC: Final = "public"
_TOLD: Final[dict[Right | str | None, str]] = {
    None: """
        GET /
        POST /sign-out
        GET /me
        POST /me/password
        POST /me/second-step
        POST /me/second-step/codes
        POST /me/second-step/end
        POST /me/sessions/end
        POST /me/sessions/others
        GET /notices
        GET /notices/stream
        GET /notices/{id:key}
        GET /me/notices
        GET /me/tokens
        POST /me/tokens
        POST /me/tokens/{number:key}/end
    """,
    _PUBLIC: """
        GET /sign-in
        POST /sign-in
        POST /language
        GET /sign-in/code
        POST /sign-in/code
    """,
    Right.SEE_AUDIT: """
        GET /audit
        GET /audit/export
    """,
    Right.WORK_REQUESTS: """
        GET /asks/{id:key}/answer
        POST /asks/{id:key}/answer
        POST /asks/{id:key}/repair
        POST /requests/{number:key}/feedback
        GET /requests/new
        POST /requests/new
        POST /requests/new/live
        GET /requests/{number:key}/fields
        POST /requests/{number:key}/fields
        POST /requests/{number:key}/fields/live
        POST /requests/{number:key}/stage
        POST /requests/{number:key}/take
        POST /requests/{number:key}/people
        POST /requests/{number:key}/share
        POST /requests/{number:key}/category
        POST /requests/{number:key}/merging
        POST /requests/{number:key}/merge
        POST /requests/{number:key}/unmerge
        POST /requests/{number:key}/split
        POST /requests/{number:key}/comment
        POST /requests/{number:key}/reply
        POST /requests/{number:key}/preview
        GET /requests/{number:key}/beginnings
        POST /requests/{number:key}/assignments
        POST /requests/{number:key}/assignments/{work:key}/answer
        POST /requests/{number:key}/assignments/{work:key}/address
        POST /requests/{number:key}/assignments/{work:key}/end
        POST /requests/{number:key}/letters/{letter:key}/withdraw
        GET /assignments/new
        POST /assignments
        POST /requests/{record:key}/products/add
        POST /requests/{record:key}/products/remove
        GET /agreements/new
        POST /agreements/new
        GET /agreements/{id:key}/edit
        POST /agreements/{id:key}/edit
        POST /addresses/{id:key}
        GET /companies/new
        POST /companies/new
        GET /companies/{client:key}/edit
        POST /companies/{client:key}/edit
        GET /companies/{client:key}/merge
        POST /companies/{client:key}/merge
        POST /companies/{client:key}/unmerge
        POST /companies/{client:key}/apart
        GET /contacts/new
        POST /contacts/new
        GET /contacts/{client:key}/edit
        POST /contacts/{client:key}/edit
        GET /contacts/{client:key}/merge
        POST /contacts/{client:key}/merge
        POST /contacts/{client:key}/unmerge
        POST /contacts/{client:key}/apart
    """,
    Right.SEE_REQUESTS: """
        GET /requests/{number:key}
        GET /requests/{number:key}/timeline
        GET /requests/{number:key}/messages/{message:key}
        GET /requests/{number:key}/files/{file:key}
        GET /requests/{number:key}/fields/file
        GET /requests
        GET /requests/search
        GET /requests/count
        GET /requests/filter
        GET /requests/filter/apply
        GET /requests/filter/names
        GET /requests/columns
        POST /requests/columns
        POST /requests/columns/arrange
        GET /requests/views
        POST /requests/views
        POST /requests/views/begin
        POST /requests/views/{number:key}
        POST /requests/views/{number:key}/rename
        POST /requests/views/{number:key}/move
        POST /requests/views/{number:key}/delete
        GET /assignments
        GET /assignments/{id:key}
        GET /assignments/{id:key}/files/{file:key}
        POST /assignments/{id:key}/steps
        POST /assignments/{id:key}/steps/{step:key}
        POST /assignments/{id:key}/steps/{step:key}/remove
        POST /assignments/{id:key}/notes
        POST /assignments/{id:key}/answer
        POST /assignments/{id:key}/end
        POST /assignments/{id:key}/reopen
        POST /assignments/{id:key}/resend
        POST /assignments/{id:key}/address
        POST /notices/read
        POST /me/notices
        GET /products/pick
        GET /products/search
        GET /references/company
        GET /references/contact
        GET /references/product
        GET /references/request
        GET /requests/{record:key}/products
        GET /companies
        GET /companies/suggest
        GET /companies/duplicates
        GET /companies/{client:key}
        GET /contacts
        GET /contacts/suggest
        GET /contacts/duplicates
        GET /contacts/{client:key}
        GET /agreements
        GET /agreements/{id:key}
        GET /addresses
        GET /addresses/{id:key}
    """,
    Right.CHANGE_MANY: """
        POST /requests/change
        POST /requests/change/apply
    """,
    Right.SEE_FEEDBACK: """
        GET /asks
        GET /asks/{id:key}
        GET /asks/{id:key}/form
        GET /requests/{number:key}/feedback
    """,
    Right.EDIT_CAMPAIGNS: """
        GET /settings/campaigns/new
        POST /settings/campaigns/new
        GET /settings/campaigns/edit
        POST /settings/campaigns/edit
        POST /settings/campaigns/draw
        POST /settings/campaigns/text
        GET /settings/campaigns/switch
        POST /settings/campaigns/switch
    """,
    Right.EXPORT: """
        GET /asks/export
        GET /requests/export
    """,
    Right.SEE_REPORTS: """
        GET /reports
    """,
    Right.SEE_SETTINGS: """
        GET /settings/catalogue
        GET /settings/catalogue/below
        GET /settings/catalogue/export
        GET /settings
        GET /settings/categories
        GET /settings/categories/edit
        GET /settings/people
        GET /settings/people/edit
        GET /settings/review-targets
        GET /settings/review-targets/edit
        GET /settings/review-sites
        GET /settings/review-sites/edit
        GET /settings/hooks
        GET /settings/hooks/edit
        GET /settings/bonuses
        GET /settings/groups
        GET /settings/groups/edit
        GET /settings/absences
        GET /settings/absences/edit
        GET /settings/divisions
        GET /settings/services
        GET /settings/divisions/edit
        GET /settings/services/edit
        GET /settings/fields
        GET /settings/fields/edit
        GET /settings/sections
        GET /settings/sections/edit
        GET /settings/rules
        GET /settings/rules/edit
        GET /settings/stages
        GET /settings/stages/edit
        GET /settings/transitions
        GET /settings/calendars
        GET /settings/calendars/year
        GET /settings/campaigns
        GET /settings/campaigns/show
        GET /settings/campaigns/text
        GET /settings/campaigns/try
        GET /settings/campaigns/try/export
        GET /settings/forms
        GET /settings/forms/show
        GET /settings/forms/text
        GET /settings/templates
        GET /settings/templates/edit
        GET /settings/autotexts
        GET /settings/autotexts/edit
        GET /settings/pictures
        GET /settings/pictures/file
    """,
    Right.EDIT_SETTINGS: """
        POST /settings/catalogue
        GET /settings/catalogue/import
        POST /settings/catalogue/import
        POST /settings/categories/edit
        GET /settings/categories/new
        POST /settings/people/edit
        GET /settings/people/new
        POST /contacts/{client:key}/bonus
        POST /settings/review-targets/edit
        GET /settings/review-targets/new
        POST /settings/review-sites/edit
        GET /settings/review-sites/new
        GET /settings/review-sites/remove
        POST /settings/review-sites/remove
        POST /settings/hooks/edit
        GET /settings/hooks/new
        POST /settings/hooks/secret
        POST /settings/hooks/again
        POST /settings/groups/edit
        GET /settings/groups/new
        POST /settings/absences/edit
        GET /settings/absences/new
        GET /settings/absences/remove
        POST /settings/absences/remove
        POST /settings/divisions/edit
        GET /settings/divisions/new
        POST /settings/services/edit
        GET /settings/services/new
        GET /settings/divisions/remove
        POST /settings/divisions/remove
        POST /settings/fields/edit
        GET /settings/fields/new
        GET /settings/fields/remove
        POST /settings/fields/remove
        POST /settings/fields/index
        POST /settings/fields/unindex
        POST /settings/sections/edit
        GET /settings/sections/new
        GET /settings/sections/remove
        POST /settings/sections/remove
        GET /settings/rules/new
        POST /settings/rules/edit
        POST /settings/rules/draw
        POST /settings/rules/try
        GET /settings/rules/remove
        POST /settings/rules/remove
        POST /settings/stages/edit
        GET /settings/stages/new
        POST /settings/transitions
        POST /settings/calendars/change
        POST /settings/calendars/apply
        POST /settings/calendars/default
        GET /settings/forms/new
        GET /settings/forms/edit
        POST /settings/forms/edit
        POST /settings/forms/draw
        POST /settings/forms/text
        POST /settings/templates/edit
        GET /settings/templates/new
        GET /settings/templates/remove
        POST /settings/templates/remove
        POST /settings/templates/preview
        POST /settings/templates/shipped
        POST /settings/autotexts/edit
        GET /settings/autotexts/new
        GET /settings/autotexts/remove
        POST /settings/autotexts/remove
        POST /settings/pictures/replace
        POST /settings/pictures/restore
    """,
    Right.SEE_KEYWORDS: """
        GET /keywords
        POST /keywords
        POST /keywords/try
        POST /keywords/forms
        GET /keywords/export
        GET /keywords/report
        GET /keywords/settings
        GET /keywords/history
        GET /keywords/history/{number:key}
        GET /keywords/evaluation
        GET /keywords/{number:key}
    """,
    Right.EDIT_KEYWORDS: """
        POST /keywords/propose
        GET /keywords/new
        POST /keywords/new
        GET /keywords/import
        POST /keywords/import
        POST /keywords/settings
        POST /keywords/history/{number:key}/restore
        GET /keywords/drafts/{number:key}
        GET /keywords/drafts/{number:key}/samples
        POST /keywords/drafts/{number:key}/choose
        POST /keywords/evaluation
        POST /keywords/drafts/{number:key}/save
        POST /keywords/drafts/{number:key}/drop
        POST /keywords/{number:key}
    """,
    Right.SEE_USERS: """
        GET /settings/logins
        GET /settings/logins/edit
    """,
    Right.EDIT_USERS: """
        GET /contacts/{client:key}/personal
        POST /contacts/{client:key}/personal/export
        POST /contacts/{client:key}/personal/erase
        POST /settings/logins/edit
        GET /settings/logins/new
        POST /settings/logins/password
        POST /settings/logins/second-step
        POST /settings/logins/sign-out
    """,
}
"""Which right each page needs, written down once more by hand; None: whoever is signed in."""
_REPORT: Final = ("", "/export", "/rows", "/rows/count", "/rows/export")
MATRIX: Final = {
    **{line.strip(): right for right, lines in _TOLD.items() for line in lines.strip().splitlines()},
    **{
        f"GET /reports/{report}{part}": Right.SEE_REPORTS
        for report in (*Report, *feedback_questions.Report)
        for part in _REPORT
    },
}


def name(page: Page) -> str:
    return f"{page.method} {page.path}"


def test_every_page_stands_in_the_matrix_and_asks_for_the_right_that_it_says() -> None:
    assert {name(page): _PUBLIC if page.public else page.needs for page in PAGES} == MATRIX


@pytest.fixture(autouse=True)
def own_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASELINE_MAIL_ADDRESS", "support@example.org")


class Filled:
    """One of everything; what belongs to a group is of another one than that of the login `petr`."""

    def __init__(self, house: House, desk: str) -> None:
        self.staff = Staff(house)
        mine, theirs = self.staff.group("Mine"), self.staff.group("Theirs")
        # A number that stands in no page by chance.
        self.staff.query("ALTER TABLE crm.record ALTER COLUMN id RESTART WITH 777701")
        self.petr = self.staff.person("Petr", mine, login="petr", role=Role.ADMINISTRATOR, scope="groups")
        self.boris = self.staff.person("Boris", theirs)
        self.request = self.staff.opened(
            mail("A secret matter\n", subject="Secret", html="<p>Secret</p>", files=(("a.png", "image/png", PNG),))
        )
        self.own = pages.request(house, "An own matter", "Own")
        (self.product,) = catalogues.brought(house, "Насосы / НЦ-45")
        self.company, self.contact = clients.company(house, "Firm"), clients.contact(house, "Anna")
        with house.engine.begin() as connection:
            service = agreements.service(connection, "care")
            given = {"company_id": self.company, "manager_id": self.boris}
            self.agreement = agreements.agreement(connection, service, "A-secret", **given)
            campaign = agreements.campaign(connection)
            self.question = agreements.ask(connection, campaign, self.agreement, responsible_id=self.boris)
            agreements.awaiting(connection, self.question)
        pages.category(house, "repair")
        self.entry = pages.dictionary(house, Entry("pump", 60, "repair"))
        pages.login(house, "boss")
        boss = Browser(desk)
        boss.sign_in("boss")
        boss.get(f"/requests/{self.request}")
        boss.post(f"/requests/{self.request}/products/add", product=self.product)
        boss.post(f"/requests/{self.request}/reply", text="A secret letter", once="1")
        boss.post(
            f"/requests/{self.request}/assignments",
            title="Secret work",
            text="t",
            person=self.boris,
            who="inside",
            checklist="a step",
            once="2",
        )
        boss.client.close()
        self.staff.give(self.request, theirs, self.boris)
        self.staff.give(self.own, mine)
        asked_clients.of_request(house, self.request)
        self.work = self.one("SELECT max(id) FROM crm.assignment")
        self.staff.query(
            "INSERT INTO notices.notice (event_id, person_id, kind, record_id, at)"
            " VALUES (1, :person, 'assigned', :record, now())",
            person=self.petr,
            record=self.request,
        )

    def one(self, statement: str) -> int:
        return int(self.staff.query(statement)[0][0])

    def state(self) -> list[object]:
        """All that a form about a request could change."""
        tables = (
            "crm.agreement",
            "feedback.ask",
            "crm.record",
            "crm.message",
            "crm.assignment",
            "crm.assignment_item",
            "outbox.letter",
            "crm.event",
        )
        return [
            self.staff.query(f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {one} AS t") for one in tables
        ]

    def concrete(self, path: str, request: int, work: int) -> str:
        """The path with ids of what there is, of this request and this assignment."""
        ids = {
            "message": self.one("SELECT min(id) FROM crm.message"),
            "file": self.one("SELECT min(id) FROM crm.attachment"),
            "letter": self.one("SELECT max(id) FROM outbox.letter"),
            "step": self.one("SELECT min(id) FROM crm.assignment_item"),
            "work": work,
            "record": request,
        }
        if path.startswith("/requests/{number"):
            ids["number"] = request
        elif path.startswith("/assignments/"):
            ids["id"] = work
        elif path.startswith(("/agreements/", "/addresses/")):
            ids["id"] = self.agreement if path.startswith("/agreements/") else self.question
        elif path.startswith("/asks/"):
            ids["id"] = self.one(f"SELECT max(id) FROM feedback.ask WHERE subject_id = {request}")
        elif path.startswith("/notices/"):
            ids["id"] = self.one("SELECT min(id) FROM notices.notice")
        elif path.startswith(("/companies/", "/contacts/")):
            ids["client"] = self.company if path.startswith("/companies/") else self.contact
        elif path.startswith("/keywords/{number"):
            ids["number"] = self.entry[0]
        return re.sub(r"{(\w+):key}", lambda found: str(ids.get(found[1], 1)), path)


@pytest.fixture
def filled(house: House, desk: str) -> Filled:
    return Filled(house, desk)


EXEMPT: Final = ("/companies", "/contacts", "/keywords", "/settings", "/me/", "/requests/views")
"""Ids of these are no secrets of a group; views and tokens are of logins, and have tests of their own."""
BODIES: Final = {"text": "mine", "title": "mine", "state": "done", "stage": "working", "version": "1", "done": "1"}


def bare(answer: httpx.Response, *ids: int) -> tuple[int, str]:
    """An answer without what differs between any two pages."""
    text = re.sub(r'(name="(?:form_token|once)" value=)"[^"]*"', r"\1", answer.text)
    text = re.sub(r"(X-Form-Token|form_token)[^,}]*", r"\1", text)
    for number in ids:
        text = re.sub(rf"\b{number}\b", "N", text)
    return answer.status_code, text


def asked(browser: Browser, page: Page, path: str, token: str) -> httpx.Response:
    return browser.get(path) if page.method == "GET" else browser.post(path, token=token, **BODIES)


def test_pages_about_a_foreign_request_are_answered_as_about_none(desk: str, filled: Filled) -> None:
    browser = Browser(desk)
    browser.sign_in("petr")
    token = browser.token
    before = filled.state()
    tried = [page for page in PAGES if "{" in page.path and not page.path.startswith(EXEMPT)]
    assert len(tried) > 30
    for page in tried:
        foreign = asked(browser, page, filled.concrete(page.path, filled.request, filled.work), token)
        absent = asked(browser, page, re.sub(r"{\w+:key}", str(ABSENT), page.path), token)
        assert (foreign.status_code, absent.status_code) == (404, 404), name(page)
        assert bare(foreign) == bare(absent), name(page)
    assert filled.state() == before


def test_what_belongs_to_a_foreign_request_is_not_reached_by_an_own_one(desk: str, filled: Filled) -> None:
    browser = Browser(desk)
    browser.sign_in("petr")
    token = browser.token
    assert browser.get(f"/requests/{filled.own}").status_code == 200
    before = filled.state()
    for page in PAGES:
        if not re.fullmatch(r"/requests/{number:key}/.*{(message|file|letter|work):key}.*", page.path):
            continue
        foreign = asked(browser, page, filled.concrete(page.path, filled.own, filled.work), token)
        path = page.path.replace("{number:key}", str(filled.own))
        absent = asked(browser, page, re.sub(r"{\w+:key}", str(ABSENT), path), token)
        assert (foreign.status_code, absent.status_code) == (404, 404), name(page)
        assert bare(foreign) == bare(absent), name(page)
    assert filled.state() == before


def test_lists_files_reports_and_notices_hold_nothing_of_a_foreign_request(desk: str, filled: Filled) -> None:
    browser = Browser(desk)
    browser.sign_in("petr")
    for path in (
        *("/", "/requests?w=", "/requests/export?w=", "/requests?q=secret", "/assignments", "/assignments?whose=all"),
        *("/notices", "/reports/flow/rows?figure=created", "/reports/flow/rows/export?figure=created"),
        *("/reports/backlog/rows?figure=all", "/reports/workload/rows?figure=tasks_open"),
    ):
        answer = browser.get(path)
        assert answer.status_code == 200, path
        assert "Secret" not in answer.text, path
    assert "Own" in browser.get("/requests?w=").text
    for query in ("/assignments/new?request={}", "/products/pick?request={}"):
        foreign, absent = (browser.get(query.format(meant)) for meant in (filled.request, ABSENT))
        assert bare(foreign, filled.request) == bare(absent, ABSENT), query
        assert foreign.status_code == 404
    browser.get("/requests")
    for path, field in (("/requests/change", "tick"), ("/requests/change/apply", "ids")):
        told = []
        for meant in (filled.request, ABSENT):
            fields = {field: str(meant), "stage": "working", "back": "/requests"}
            told.append(bare(browser.post(path, **fields), meant))
        assert told[0] == told[1], path
    with browser.client.stream("GET", "/notices/stream", headers={"Accept": "text/event-stream"}) as answer:
        first = next(line for line in answer.iter_lines() if line.startswith("data:"))
    assert first == "data: 0"
