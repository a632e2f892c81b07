"""Agreements at the desk: found, made and changed; nothing that somebody typed is lost; a question is answered."""

from datetime import date, timedelta
from typing import Any, Final

import pytest
import sqlalchemy as sa

from caseline.actions import keep_agreements, see_agreements
from caseline.actions.editing import Overtaken
from caseline.actions.keep_agreements import Wish
from caseline.actions.wiring import House
from caseline.crm.agreements import Asked
from caseline.crm.connect import agreements as agreements_of
from caseline.crm.vocabulary import AgreementStatus
from caseline.feedback import asks
from caseline.feedback.states import State
from caseline.people.access import Reach, Scope, Viewer
from caseline.people.rights import Role
from tests.factories import agreements, pages
from tests.factories.agreements import NOW
from tests.factories.pages import Browser

CHOSEN: Final = frozenset({"service_id", "manager_id", "status"})
"""Fields of the form that are chosen from a list."""
ANNA: Final = Viewer(login_id=1, name="anna", role=Role.AGENT, person_id=1)


@pytest.fixture
def signed_in(house: House, browser: Browser) -> Browser:
    """Anna, who works for the North; Vera leads it, and the Far North is a part of it."""
    pages.login(house, "anna", Role.AGENT)
    with house.engine.begin() as connection:
        for statement in (
            "INSERT INTO people.person (name) VALUES ('Anna'), ('Boris'), ('Vera')",
            "INSERT INTO people.division (name, head_id, parent_id) VALUES ('North', 3, NULL), ('Far', NULL, 1), ('South', NULL, NULL)",
            "UPDATE people.person SET division_id = id WHERE id < 3",
            "UPDATE people.login SET person_id = 1",
        ):
            connection.execute(sa.text(statement))
        agreements.service(connection, "care", label="Care")
        agreements.service(connection, "audit", "once", label="Audit")
        agreements.company(connection, "Firm", email="post@firm.example")
        agreements.company(connection, "Other firm")
        agreements.contact(connection, "Olga", company_id=1)
    browser.sign_in("anna")
    return browser


def number_of(house: House, text: str) -> int:
    (one,) = see_agreements.listed(house, ANNA, Asked(text=text)).lines
    return one.id


def test_one_is_made_found_and_changed(house: House, signed_in: Browser) -> None:
    typed: dict[str, Any] = {
        "number": " A-1 ",
        "service_id": 1,
        "company_id": "Firm",
        "manager_id": 1,
        "started_on": "2026-02-01",
    }
    signed_in.get("/agreements/new")

    made = signed_in.post("/agreements/new", status="work", **typed)

    number = number_of(house, "a-1")
    assert made.url.path == f"/agreements/{number}"
    for said in ("A-1", "Firm", "Care", "Anna", "North", "1 Feb 2026", "In work", "Nobody was asked"):
        assert said in made.text, said
    assert "Olga (1)" in signed_in.get("/contacts/suggest?contact_id=olg").text
    form = signed_in.get(f"/agreements/{number}/edit")
    assert 'value="Firm (1)"' in form.text
    changed = signed_in.post(
        f"/agreements/{number}/edit", status="done", version=1, **typed | {"company_id": "Other firm (2)"}
    )
    assert "Other firm" in changed.text
    found = see_agreements.shown(house, ANNA, number).agreement
    assert (found.status, found.company_id, found.done_at is not None) == (AgreementStatus.DONE, 2, True)
    with house.engine.connect() as connection:
        audit = connection.execute(
            sa.text("SELECT action, data FROM people.audit WHERE action LIKE 'agreement.%'")
        ).all()
        events = connection.execute(sa.text("SELECT type, data FROM crm.event WHERE entity = 'agreement'")).all()
    assert [row.action for row in audit] == ["agreement.added", "agreement.changed"]
    assert audit[1].data == {
        "before": {"company": "Firm", "status": "work"},
        "after": {"company": "Other firm", "status": "done"},
    }
    assert [(row.type, row.data.get("fields")) for row in events] == [
        ("created", None),
        ("changed", ["company", "status"]),
    ]


BAD: Final = (
    ({"number": ""}, "give the number"),
    ({"company_id": "Nobody"}, "choose it from the list"),
    ({"company_id": ""}, "choose a company or a contact"),
    ({"service_id": ""}, "choose one"),
    ({"service_id": "99"}, "choose it from the list"),
    ({"manager_id": "99"}, "choose it from the list"),
    ({"started_on": "soon"}, "is no date"),
    ({"finished_on": "2026-01-01"}, "before the beginning"),
    ({"status": "lost"}, "no such status"),
)


def test_what_cannot_be_saved_is_shown_again_with_what_was_typed(house: House, signed_in: Browser) -> None:
    typed = {"number": "A-typed", "service_id": "1", "company_id": "Firm (1)", "started_on": "2026-02-01"}
    signed_in.get("/agreements/new")
    for change, said in BAD:
        answer = signed_in.post("/agreements/new", **{"status": "work", **typed, **change})

        assert answer.status_code == 422, change
        assert said in answer.text, change
        shown = {name: value for name, value in {**typed, **change}.items() if name in {*typed, *change} - CHOSEN}
        assert all(f'value="{value}"' in answer.text for value in shown.values() if value), change
    assert not see_agreements.listed(house, ANNA, Asked()).lines


def test_of_two_who_change_one_the_second_sees_what_the_first_wrote(house: House, signed_in: Browser) -> None:
    wish = Wish(number="A-1", company_id=1, service_id=1, manager_id=1)
    number = keep_agreements.make(house, ANNA, wish, now=NOW)
    keep_agreements.change(house, ANNA, number, Wish(number="A-2", company_id=1, service_id=1), seen=1, now=NOW)
    typed: dict[str, Any] = {
        "number": "A-3",
        "service_id": 1,
        "company_id": "Firm (1)",
        "manager_id": 1,
        "status": "work",
    }
    signed_in.get(f"/agreements/{number}/edit")

    answer = signed_in.post(f"/agreements/{number}/edit", version=1, **typed)

    assert answer.status_code == 409
    assert 'value="A-3"' in answer.text
    assert "The other one has written: A-2" in answer.text
    with pytest.raises(Overtaken):
        keep_agreements.change(house, ANNA, number, wish, seen=1, now=NOW)
    assert signed_in.post(f"/agreements/{number}/edit", version=2, **typed).status_code == 200
    assert see_agreements.shown(house, ANNA, number).agreement.number == "A-3"


def test_the_list_is_filtered_and_read_page_by_page(house: House, signed_in: Browser) -> None:
    with house.engine.begin() as connection:
        for number in range(120):
            given = {"company_id": 1 + number % 2, "manager_id": 1 + number % 2, "status": ("new", "work")[number % 2]}
            agreements.agreement(connection, 1 + number % 2, f"N-{number:03}", **given)
    seen: list[str] = []
    page = see_agreements.listed(house, ANNA, Asked())
    for expected in (50, 50, 20):
        assert len(page.lines) == expected
        seen += [one.number for one in page.lines]
        page = see_agreements.listed(house, ANNA, Asked(before=page.before)) if page.before else page
    assert seen == [f"N-{number:03}" for number in reversed(range(120))]
    assert page.before is None
    back = see_agreements.listed(house, ANNA, Asked(after=page.after))
    assert [one.number for one in back.lines] == seen[50:100]

    for query, wanted in {
        "status=work": 60,
        "service=2&status=new": 0,
        "manager=2": 60,
        "division=2": 60,
        "q=other%20FIRM": 60,
        "q=n-11": 10,
        "status=nonsense&service=x&before=y": 120,
    }.items():
        found = signed_in.get(f"/agreements?{query}").text.count('<a href="/agreements/')
        # The link to new ones, and those to pages, have no number of an agreement.
        assert found == min(wanted, 50), query


def test_what_lists_show_is_what_may_be_seen(house: House, signed_in: Browser) -> None:
    del signed_in
    with house.engine.begin() as connection:
        for number, (manager, division) in enumerate([(1, None), (2, None), (1, 3), (2, 1), (None, None), (None, 2)]):
            agreements.agreement(connection, 1, f"N-{number}", company_id=1, manager_id=manager, division_id=division)
    every = see_agreements.listed(house, ANNA, Asked()).lines
    assert len(every) == 6
    logins = {
        "agent": Viewer(login_id=1, name="a", role=Role.AGENT, person_id=1, scope=Scope.GROUPS),
        "head": Viewer(login_id=1, name="v", role=Role.HEAD, person_id=3, scope=Scope.GROUPS),
        "nobody": Viewer(login_id=1, name="n", role=Role.AGENT, scope=Scope.GROUPS),
    }
    reaches = {
        "agent": Reach(person_id=1),
        "head": Reach(divisions=frozenset({1, 2}), person_id=3),
        "nobody": Reach(),
    }
    for name, viewer in logins.items():
        shown = {one.number for one in see_agreements.listed(house, viewer, Asked()).lines}
        assert shown == {one.number for one in every if reaches[name].holds(one.of_division_id, one.manager_id)}, name
    assert len(see_agreements.listed(house, logins["head"], Asked()).lines) == 4


def test_a_question_is_answered_at_the_desk(house: House, signed_in: Browser) -> None:
    with house.engine.begin() as connection:
        number = agreements.agreement(connection, 1, company_id=1, manager_id=1, finished_on=date(2026, 3, 1))
        ask = agreements.ask(connection, agreements.campaign(connection), number, company_id=1, responsible_id=1)
        agreements.awaiting(connection, ask)
    assert "Questions about addresses" in signed_in.get("/").text
    assert f'href="/addresses/{ask}"' in signed_in.get("/addresses").text
    page = signed_in.get(f"/addresses/{ask}")
    assert "card of the company Firm" in page.text

    wrong = signed_in.post(f"/addresses/{ask}", pick="other", typed="olga@", keep_at="contact 1")

    assert wrong.status_code == 422
    assert 'value="olga@"' in wrong.text
    assert '<option value="contact 1" selected>' in wrong.text
    done = signed_in.post(f"/addresses/{ask}", pick="other", typed="olga@firm.example", keep_at="contact 1")
    assert done.status_code == 200
    assert "The address is chosen" in done.text
    with house.engine.connect() as connection:
        found = asks.one(connection, ask)
        assert connection.execute(sa.text("SELECT email FROM crm.contact")).scalar_one() == "olga@firm.example"
    assert found is not None
    assert (found.state, found.address) == (State.QUEUED, "olga@firm.example")
    late = signed_in.post(f"/addresses/{ask}", pick="post@firm.example")
    assert late.status_code == 422
    assert "post@firm.example" in late.text
    assert "Questions about addresses" not in signed_in.get("/").text


def test_services_are_kept_in_the_settings(house: House, signed_in: Browser) -> None:
    del signed_in
    pages.login(house, "boss")
    with pages.served(house) as base:
        boss = Browser(base)
        boss.sign_in("boss")
        boss.get("/settings/services/new")
        bad = boss.post("/settings/services/edit", label="Hosting", code="Хостинг", kind="subscription", active="1")
        taken = boss.post("/settings/services/edit", label="Hosting", code="care", kind="subscription", active="1")
        boss.post(
            "/settings/services/edit",
            label="Hosting",
            code="web-hosting",
            kind="subscription",
            every_days="30",
            active="1",
        )
        boss.client.close()

    assert (bad.status_code, taken.status_code) == (422, 422)
    assert "stands in links" in bad.text
    assert "another service has it" in taken.text
    found = {one.code: (one.label, one.kind.value, one.every_days) for one in see_agreements.offered(house).services}
    assert found["web-hosting"] == ("Hosting", "subscription", 30)


def test_that_somebody_was_asked_is_no_edit_and_the_later_time_counts(house: House, signed_in: Browser) -> None:
    del signed_in
    store = agreements_of(house.settings.crm)
    with house.engine.begin() as connection:
        number = agreements.agreement(connection, 1, company_id=1)
        for days in (3, 1, 2):
            store.was_asked(connection, number, at=NOW + timedelta(days=days))
            store.was_answered(connection, number, at=NOW + timedelta(days=2 * days))
        found = store.get(connection, number)

    assert found is not None
    assert (found.asked_at, found.received_at) == (NOW + timedelta(days=3), NOW + timedelta(days=6))
    assert found.version == 1
