"""A house in which every text that people, mails and files can bring is hostile: no page, piece, file or letter runs it.

Every page is asked for that a link leads to, whole and as the piece that htmx puts into a page.
"""

import csv
import html
import io
import re
from collections.abc import Iterator
from typing import Final

import httpx
import pytest
from lxml import html as lxml_html

from caseline.actions.wiring import House
from caseline.feedback.states import State
from caseline.people.rights import Role
from caseline.web.desk.routes import PAGES
from keywords.entries import Entry
from tests.factories import agreements, asked_clients, catalogues, clients, fields, pages, programs
from tests.factories.pages import Browser
from tests.factories.request_cards import PNG, Staff, mail

EVIL: Final = (
    "=1+1\"'></title></textarea></script><x-evil onclick=alert(1)><img src=x onerror=alert(1)>{{7*7}}%(x)s ${7*7} "
)
LINK: Final = "javascript:alert(1)//x-evil "
POISONED: Final = {
    "crm.record": ("number", "subject", "description", "priority", "type", "reason", "channel"),
    "crm.message": ("subject", "sender", "recipients", "copies", "text", "html"),
    "crm.attachment": ("name",),
    "crm.company": ("name", "phone", "tax_number", "address"),
    "crm.contact": ("name", "phone", "mobile", "title"),
    "crm.stage": ("label",),
    "crm.category": ("label",),
    "crm.field_definition": ("label",),
    "crm.section": ("label",),
    "crm.assignment": ("title", "text"),
    "crm.assignment_item": ("text",),
    "crm.service": ("label",),
    "crm.agreement": ("number",),
    "feedback.campaign": ("name",),
    "crm.product": ("name",),
    "people.person": ("name", "phone", "title"),
    '"people"."group"': ("name",),
    "people.division": ("name",),
    "people.absence": ("note",),
    "people.audit": ("subject",),
    "people.api_token": ("name",),
    "people.session": ("agent",),
    "keywords.entry": ("note",),
    "keywords.revision": ("reason",),
    "keywords.draft": ("title",),
    "listing.view": ("name",),
    "timing.calendar_version": ("reason",),
    "feedback.form": ("name",),
    "feedback.ask": ("address", "reason", "state_by"),
    "feedback.moved": ("reason", "by"),
    "feedback.answer": ("entered_by",),
    "feedback.effect": ("result",),
}
"""Texts that somebody can bring, by table; each row gets one of its own."""
LINKS: Final = {"crm.company": ("website", "email"), "crm.contact": ("email",), "people.person": ("email",)}
"""Texts that stand in addresses of links."""
_LEAD: Final = ("=", "+", "@", "\t", "\r")
_AWAY: Final = re.compile(r"/(sign-out|static/|notices/stream|api/)")
_PATTERNS: Final = {
    page.path: re.compile(re.sub(r"{\w+:key}", "[0-9]+", page.path)) for page in PAGES if page.method == "GET"
}
_EACH: Final = 3
"""Addresses of a page that are asked for."""


@pytest.fixture(autouse=True)
def own_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASELINE_MAIL_ADDRESS", "support@example.org")


@pytest.fixture
def poisoned(house: House, browser: Browser) -> int:
    """A house with one of everything; answers a request."""
    staff = Staff(house)
    group = staff.group("Pumps")
    person = staff.person("Anna", group, login="anna", role=Role.ADMINISTRATOR)
    staff.query("INSERT INTO people.division (name, head_id) VALUES ('Service', :person)", person=person)
    staff.query("INSERT INTO people.absence (person_id, first_day, last_day, note) VALUES (:p, '2026-01-01', '2036-01-01', 'x')", p=person)  # fmt: skip
    record = staff.opened(mail(html="<p>x</p>", files=(("a.png", "image/png", PNG),)))
    staff.give(record, group, person)
    pages.category(house, "repair")
    pages.dictionary(house, Entry("pump", 60, "repair"))
    fields.field(house, "City")
    clients.company(house, "Firm")
    staff.query("UPDATE crm.record SET company_id = (SELECT max(id) FROM crm.company), category = 'repair'")
    catalogues.brought(house, "Pumps / Big")
    with house.engine.begin() as connection:
        care = agreements.service(connection, "care")
        number = agreements.agreement(connection, care, "A-1", company_id=1, manager_id=person)
        campaign = agreements.campaign(connection)
        ask = agreements.ask(connection, campaign, number, responsible_id=person, company_id=1)
        agreements.awaiting(connection, ask)
        other = agreements.ask(connection, campaign, number, period="then")
        agreements.moved(connection, other, State.SKIPPED, reason="x")
    programs.token(house, "anna")
    browser.sign_in("anna")
    browser.get(f"/requests/{record}")
    browser.post(f"/requests/{record}/products/add", product=1)
    browser.post(f"/requests/{record}/assignments", title="t", text="t", person=person, who="inside", checklist="a", once="2")  # fmt: skip
    staff.query(
        "INSERT INTO notices.notice (event_id, person_id, kind, record_id, at) VALUES (1, :p, 'assigned', :r, now())",
        p=person,
        r=record,
    )
    ask = asked_clients.of_request(house, record)
    browser.get(f"/asks/{ask}/answer")
    browser.post(f"/asks/{ask}/answer", submission="1", **{"q.rating": "1", "q.comment": EVIL})
    staff.query("UPDATE feedback.campaign SET document = jsonb_set(document, '{name}', to_jsonb(CAST(:evil AS text)))", evil=EVIL)  # fmt: skip
    staff.query("UPDATE feedback.form_version SET document = document || jsonb_build_object('title', CAST(:evil AS text))", evil=EVIL)  # fmt: skip
    for table, columns in POISONED.items():
        for column in columns:
            staff.query(f"UPDATE {table} SET {column} = :evil || ctid::text", evil=EVIL)
    for table, columns in LINKS.items():
        for column in columns:
            staff.query(f"UPDATE {table} SET {column} = :evil || ctid::text", evil=LINK)
    staff.query("UPDATE crm.record SET extra = jsonb_build_object('City', CAST(:evil AS text))", evil=EVIL)
    staff.query("UPDATE crm.event SET data = data || jsonb_build_object('login', CAST(:evil AS text))", evil=EVIL)
    return record


def complaints(text: str) -> list[str]:
    """What a page or a piece holds that would run or load something, or is an element that a text has brought."""
    found = []
    for element in lxml_html.document_fromstring(text).iter():
        if not isinstance(element.tag, str):
            continue
        source = element.get("src") or ""
        if element.tag == "x-evil" or (element.tag == "script" and not source.startswith("/static/")):
            found.append(element.tag)
        for name, value in element.attrib.items():
            plain = re.sub(r"[\x00-\x20]+", "", value).lower()
            foreign = name in {"src", "href", "action", "formaction", "data-href"} and "script:" in plain[:12]
            if re.fullmatch(r"on[a-z]+", name) or foreign or (name == "src" and not value.startswith("/")):
                found.append(f"{element.tag} {name}={value}")
    return found


def links(text: str) -> list[str]:
    """Addresses of ours to which a page leads, or from which it takes pieces."""
    found = re.findall(r'(?:href|hx-get|data-href)="(/[^"#]*)"', text)
    return [address for one in found if not _AWAY.match(address := html.unescape(one))]


def pattern(address: str) -> str | None:
    """The page behind an address."""
    path = address.partition("?")[0]
    return next((name for name, one in _PATTERNS.items() if one.fullmatch(path)), None)


def cells(answer: httpx.Response) -> list[str]:
    """All cells of a table in a file."""
    text = answer.text.removeprefix("\ufeff")
    separator = ";" if text.partition("\n")[0].count(";") else ","
    return [cell for row in csv.reader(io.StringIO(text), delimiter=separator) for cell in row]


def test_no_page_and_no_piece_runs_what_a_text_brings_and_no_file_counts_it(browser: Browser, poisoned: int) -> None:
    waiting = [path for path in _PATTERNS if "{" not in path and not _AWAY.match(path)]
    waiting += [f"/requests/{poisoned}", "/requests?w=stage:in:new"]
    asked: dict[str, list[str]] = {}
    wrong: list[str] = []
    evil = 0
    while waiting:
        address = waiting.pop()
        name = pattern(address)
        if name is None or address in asked.get(name, []) or len(asked.get(name, [])) >= _EACH:
            continue
        asked.setdefault(name, []).append(address)
        for piece in ({}, {"HX-Request": "true"}):
            answer = browser.client.get(address, headers=piece)
            kind = answer.headers.get("content-type", "")
            if answer.status_code >= 500:
                wrong.append(f"{address}: {answer.status_code}")
            elif kind.startswith("text/html") and answer.text.strip():
                wrong += [f"{address} {piece}: {one}" for one in complaints(answer.text)]
                evil += "x-evil" in answer.text
                waiting += links(answer.text)
            elif kind.startswith("text/csv"):
                assert answer.headers["content-disposition"].startswith("attachment"), address
                evil += any("x-evil" in one for one in cells(answer))
                wrong += [f"{address}: {one[:30]}" for one in cells(answer) if one.startswith(_LEAD)]
            assert answer.headers["x-content-type-options"] == "nosniff", address

    assert wrong == []
    assert evil > 60, "few pages show what was brought: it is not what they were asked for"
    assert len(asked) > 70, sorted(set(_PATTERNS) - set(asked))


def test_the_api_gives_texts_as_they_are_and_says_that_they_are_no_page(house: House, desk: str, poisoned: int) -> None:
    with programs.program(house, desk) as caller:
        paths = [path for path, calls in caller.get("/openapi.json").json()["paths"].items() if "get" in calls]
        assert len(paths) > 10
        evil = 0
        for path in paths:
            address = path.removeprefix("/api/v1").replace("/requests/{id}", f"/requests/{poisoned}")
            answer = caller.get(re.sub(r"{\w+}", "1", address))

            kind = answer.headers["content-type"].partition(";")[0]
            if kind == "image/png":
                continue  # the file itself
            assert kind in {"application/json", "application/problem+json", "application/octet-stream"}, path
            assert answer.headers["x-content-type-options"] == "nosniff", path
            assert answer.status_code < 500, path
            evil += kind == "application/json" and any(EVIL in one for one in texts_of(answer.json()))
        assert evil > 6
        wrong = caller.patch(f"/requests/{poisoned}", json={"version": 1, "values": {EVIL[:60]: EVIL}})
        assert wrong.status_code == 422
        assert wrong.headers["content-type"].startswith("application/problem+json")


def texts_of(found: object) -> Iterator[str]:
    """All texts of an answer."""
    if isinstance(found, str):
        yield found
    for one in found.values() if isinstance(found, dict) else found if isinstance(found, list) else ():
        yield from texts_of(one)


def test_letters_hold_hostile_texts_as_texts(house: House, browser: Browser, poisoned: int) -> None:
    staff = Staff(house)
    staff.query("UPDATE crm.contact SET email = 'ivan@client.example'")
    staff.query("UPDATE people.person SET name = :evil", evil=EVIL)
    browser.get(f"/requests/{poisoned}")

    replied = browser.post(f"/requests/{poisoned}/reply", text=f"Hello {EVIL}", once="7")
    given = browser.post(
        f"/requests/{poisoned}/assignments",
        title=EVIL,
        text=EVIL,
        contact="smith@repair.example",
        who="outside",
        once="8",
    )

    assert (replied.status_code, given.status_code) == (200, 200)
    letters = staff.query("SELECT subject, body, html FROM outbox.letter ORDER BY id")
    assert len(letters) >= 2
    for letter in letters:
        assert complaints(letter.html) == []
        assert "x-evil" in lxml_html.document_fromstring(letter.html).text_content()
        assert "x-evil" in letter.body
        assert not re.search(r"[\r\n]", letter.subject)
    assert complaints(browser.get(f"/requests/{poisoned}").text) == []
