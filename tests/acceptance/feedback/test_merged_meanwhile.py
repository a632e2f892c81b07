"""A client and his request are merged into others after the letter has left: the link answers, and all goes to those."""

from typing import Any

from caseline.people.rights import Role
from tests.factories.offices import Office

CLIENT = "client@example.org"


def test_what_follows_goes_to_those_in_which_contact_and_request_go_on(desk: Office) -> None:
    town = desk.town
    desk.colleague("Anna", Role.ADMINISTRATOR)
    agent = desk.colleague("Agent")
    record = {"do": "record", "kind": "nps", "name": "NPS %Number%"}
    town.switch_on("nps-after-a-stage", follow=[record, {"do": "bonus", "amount": 100, "given_for": "answer"}])
    gone, stays = town.contact(), town.contact("Он же", None)
    old, new = (
        town.desk.open("2026-04-06 11:10", contact_id=one, assignee_id=agent, number=number)
        for one, number in ((gone, "K-1"), (stays, "K-2"))
    )
    town.move(old, "review_requested", by=agent)
    town.round()

    anna = desk.at("Anna")
    anna.get(f"/requests/{old.id}")
    merged = anna.post(f"/requests/{old.id}/merge", id=new.id)
    assert merged.status_code == 200
    anna.get(f"/contacts/{stays}/merge?other={gone}")
    wish: dict[str, Any] = {"gone": gone, "into": stays, "gone_version": 1, "into_version": 1}
    assert anna.post(f"/contacts/{stays}/merge", **wish).status_code == 200
    assert town.query("SELECT gone_id, into_id FROM crm.contact_merge") == [(gone, stays)]
    assert town.query("SELECT record_id, into_id FROM crm.merge") == [(old.id, new.id)]
    desk.answer(CLIENT, decision="yes", quality="5", recommend="10")
    town.round()

    made = town.query("SELECT subject, parent_id, contact_id FROM crm.record WHERE kind = 'nps'")
    assert [tuple(one) for one in made] == [("NPS K-2", new.id, stays)]
    assert "100" in anna.get(f"/contacts/{stays}").text.partition('id="bonus"')[2][:300]
