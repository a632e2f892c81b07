"""Gives a request to whoever of its group is next, when somebody asks for that."""

from dataclasses import replace

from caseline.actions import obey_rules, work_request
from caseline.actions.find_request import Answer
from caseline.actions.wiring import House
from caseline.actions.work_request import Asker, Faulty
from caseline.crm import sharing
from caseline.people.turns import Turns


def assign(house: House, asker: Asker, record_id: int, version: int) -> Answer:
    """Give a request to the next member of its group, also where requests of the group are given by hand.

    Who has it gives it away, unless it is that one's turn. When somebody else has changed it meanwhile nothing is
    done. Raises `Absent`, and `Faulty` without group, when it is closed, or when nobody of the group is there.
    """
    with work_request.on(house, asker, record_id) as work:
        # What was read before somebody else was done is of no use for a turn: it is read again when it is held.
        work.intake.cards.lock(work.connection, [record_id])
        card = work.intake.cards.get(work.connection, record_id) or work.card
        if version != card.version:
            return Answer(card, done=False)
        if card.group_id is None:
            raise Faulty("no_group", f"{card.name} has no group: choose one, or assign it by hand")
        if not card.open:
            raise Faulty("closed", f"{card.name} is closed: reopen it first")
        free = replace(card, assignee_id=None)
        shared = sharing.known(work.intake, work.connection, free, asker.now, by_hand=Turns.TURN)
        if not shared.values:
            raise Faulty("nobody_there", f"nobody of the group {card.group} is there: assign {card.name} by hand")
        if shared.values["assignee_id"] == card.assignee_id:
            return Answer(card, done=True)
        told = {"fields": ["assignee_id"], **shared.told, "old": {"assignee_id": card.assignee}}
        deed = replace(work.deed, event="changed", data={**work.deed.data, **told})
        changed = work.intake.cards.write(work.connection, card, shared.values, deed)
        if changed is not None:
            obey_rules.keep_to(work.connection, house, changed)
        return Answer(changed or card, done=changed is not None)
