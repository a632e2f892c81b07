"""C10, C13: an NPS record starts no campaign and no intake, a claim starts no NPS; who reads reports and edits forms."""

from typing import Final

from caseline.people.rights import Role
from keywords.entries import Entry
from tests.factories import pages
from tests.factories.conversations import Centre
from tests.factories.offices import Office, typed
from tests.factories.request_cards import mail

CLIENT: Final = "client@example.org"


def test_c10_an_nps_record_runs_its_own_steps_alone_and_a_claim_only_the_intake(desk: Office) -> None:
    town = desk.town
    agent = desk.colleague("Agent")
    pages.dictionary(town.house, Entry("принтер", 9, "usual"))
    town.switch_on("nps-after-a-stage")
    own = {"by": "stage", "record": "nps", "closed": True}
    town.make("after-nps", {"name": "NPS", "kind": "web", "trigger": own, "channel": "mail_link", "form": "smileys"})
    card = town.desk.open("2026-04-06 11:10", contact_id=town.contact(), assignee_id=agent, number="K-1")
    town.move(card, "review_requested", by=agent)
    town.round()
    desk.answer(CLIENT, decision="no", quality="1", recommend="0", improve="Чините принтер")
    town.round()

    ((number, version, category),) = town.query("SELECT id, version, category FROM crm.record WHERE kind = 'nps'")
    assert category is None, "though the answer has the word of one"
    browser = desk.at("Agent")
    moved = browser.post(f"/requests/{number}/stage", stage="positive", version=version)
    assert moved.status_code == 200
    assert town.query("SELECT closed_at IS NOT NULL FROM crm.record WHERE id = :id", id=number) == [(True,)]
    town.later(minutes=5)
    town.round()
    asks = town.query("SELECT subject_id, state, reason FROM feedback.ask ORDER BY id")
    assert [tuple(one) for one in asks] == [(card.id, "closed", None), (number, "skipped", "born of feedback")]
    assert len(town.letters(CLIENT)) == 1

    Centre(town.house, town.now).get(mail("Снова не работает принтер.\n"))
    town.round()
    ((kind, category),) = town.query("SELECT kind, category FROM crm.record WHERE channel = 'mail'")
    assert (kind, category) == ("request", "usual")
    assert town.query("SELECT count(*) FROM crm.record WHERE kind = 'nps'") == [(1,)]
    assert len(town.query("SELECT FROM feedback.ask")) == 2


READ: Final = {Role.HEAD, Role.QUALITY, Role.MARKETER, Role.DIRECTOR, Role.ADMINISTRATOR}
REPORTS: Final = ("/reports/feedback-nps", "/reports/feedback-mean/export", "/reports/feedback-nps/rows?figure=all")
EDITOR: Final = "/settings/forms/edit"


def test_c13_reports_are_for_some_roles_forms_and_rights_for_administrators_alone(desk: Office) -> None:
    desk.colleague("Anna", Role.ADMINISTRATOR)
    anna = desk.at("Anna")
    wish = {**typed(anna.get(f"{EDITOR}?key=nps").text, EDITOR), "title.ru": "Другая"}
    logins = "/settings/logins/edit"
    ((own,),) = desk.town.query("SELECT id FROM people.login")
    rights = typed(anna.get(f"{logins}?key={own}").text, logins)

    for role in Role:
        if role is not Role.ADMINISTRATOR:
            name = f"a-{role.value}"
            desk.colleague(name, role)
            browser = desk.at(name)
            for path in REPORTS:
                assert browser.get(path).status_code == (200 if role in READ else 403), (role, path)
            assert browser.post(EDITOR, **wish).status_code == 403, role
            ((own,),) = desk.town.query("SELECT id FROM people.login WHERE name = :name", name=name)
            raised = {**rights, "key": own, "role": "administrator"}
            assert browser.post(logins, **raised).status_code == 403, role

    query = "SELECT count(*) FROM feedback.form_version AS v JOIN feedback.form AS f ON f.id = v.form_id"
    assert desk.town.query(f"{query} WHERE f.code = 'nps'") == [(1,)]
    administrators = desk.town.query("SELECT name FROM people.login WHERE role = 'administrator'")
    assert [tuple(one) for one in administrators] == [("anna",)]
    assert anna.post(EDITOR, **wish).status_code == 200
    assert desk.town.query(f"{query} WHERE f.code = 'nps'") == [(2,)]
