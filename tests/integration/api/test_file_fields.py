"""Files in fields as programs see them: named, kept or left out by what the answer calls them, never made of a digest."""

from caseline.actions import open_request
from caseline.actions.open_request import Order
from caseline.actions.wiring import House
from caseline.crm.field_files import Files, Upload
from caseline.crm.vocabulary import Type
from caseline.people.rights import Role
from tests.factories import fields, programs


def test_a_program_sees_files_and_may_leave_some_out(house: House, desk: str) -> None:
    caller = programs.program(house, desk, Role.AGENT)
    fields.field(house, "Plan", Type.FILE)
    card = open_request.open_request(house, Order(subject="Pump"), now=fields.NOW)
    files = tuple(Upload(name, "text/plain", name.encode()) for name in ("a.txt", "b.txt"))
    fields.save(house, card, {"extra.Plan": Files(files)})
    path = f"/requests/{card.id}"

    told = caller.get(path).json()
    first, second = told["values"]["extra.Plan"]
    assert (first.partition(" ")[0], second.partition(" ")[0]) == ("a.txt", "b.txt")
    answer = caller.patch(path, json={"version": told["version"], "values": {"extra.Plan": [second]}})
    assert answer.status_code == 200, answer.text
    assert caller.get(path).json()["values"]["extra.Plan"] == [second]
    told = caller.get(path).json()
    answer = caller.patch(path, json={"version": told["version"], "values": {"extra.Plan": [first]}})
    assert answer.status_code == 422
    assert "is not among its files" in answer.text
