"""Changes stage and category of a request at the desk, by the same actions as everywhere."""

from caseline.actions import change_request, find_request, move_request, seen, wiring, work_request
from caseline.actions.change_request import Changes
from caseline.actions.find_request import Answer
from caseline.actions.move_request import Move
from caseline.actions.wiring import House
from caseline.actions.work_request import Asker
from caseline.crm.cards import Card


def move(house: House, asker: Asker, record_id: int, stage: str, version: int) -> Answer:
    """Change the stage; when somebody else was first nothing is done. Raises `Refused` and `Absent`."""
    card = _seen(house, asker, record_id)
    if card.stage.code == stage:  # the button was pressed twice
        return Answer(card, done=True)
    wanted = Move(key=find_request.by_id(record_id), stage=stage, viewer=asker.viewer, version=version)
    return move_request.move(house, wanted, now=asker.now)


def categorise(house: House, asker: Asker, record_id: int, category: str, version: int) -> Answer:
    """Set or confirm the category. Raises as `move` does."""
    _seen(house, asker, record_id)
    changes = Changes(category=category, viewer=asker.viewer, version=version)
    return change_request.change(house, find_request.by_id(record_id), changes, now=asker.now)


def _seen(house: House, asker: Asker, record_id: int) -> Card:
    """The request; who changes it next needs its version, so that nobody else can come between."""
    with house.engine.begin() as connection:
        work_request.begin(connection, asker)
        return seen.request(connection, wiring.intake(house).cards, asker.viewer, record_id)
