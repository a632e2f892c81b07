"""What is done to a request from its card: stage, people, category, merges and splits."""

from starlette.responses import Response

from caseline.actions import hand_over, rearrange_requests, share_out, work_at_desk
from caseline.actions.find_request import Answer
from caseline.actions.hand_over import Handing
from caseline.actions.work_request import DoneAlready
from caseline.crm.cards import Refused
from caseline.web.desk import card_frame
from caseline.web.desk.visit import Visit


def stage(visit: Visit) -> Response:
    """Move the request to another stage."""
    try:
        asker, version = card_frame.asker(visit), visit.number("version") or 0
        answer = work_at_desk.move(visit.house, asker, card_frame.number(visit), visit.text("stage"), version)
    except Refused as error:
        return card_frame.refused(visit, error)
    return _answered(visit, answer)


def take(visit: Visit) -> Response:
    """Give the request to whoever asks."""
    try:
        asker, version = card_frame.asker(visit), visit.number("version") or 0
        answer = hand_over.take(visit.house, asker, card_frame.number(visit), version)
    except Refused as error:
        return card_frame.refused(visit, error)
    return _answered(visit, answer)


def hand(visit: Visit) -> Response:
    """Give the request to a person and a group."""
    wanted = Handing(
        version=visit.number("version") or 0,
        assignee_id=visit.number("assignee"),
        group_id=visit.number("group"),
        nobody=visit.text("assignee") == "nobody",
    )
    try:
        answer = hand_over.hand_over(visit.house, card_frame.asker(visit), card_frame.number(visit), wanted)
    except Refused as error:
        return card_frame.refused(visit, error)
    return _answered(visit, answer)


def share(visit: Visit) -> Response:
    """Give the request to whoever of its group is next."""
    try:
        asker, version = card_frame.asker(visit), visit.number("version") or 0
        answer = share_out.assign(visit.house, asker, card_frame.number(visit), version)
    except Refused as error:
        return card_frame.refused(visit, error)
    return _answered(visit, answer)


def categorise(visit: Visit) -> Response:
    """Set, change or confirm the category."""
    try:
        asker, version = card_frame.asker(visit), visit.number("version") or 0
        answer = work_at_desk.categorise(visit.house, asker, card_frame.number(visit), visit.text("category"), version)
    except Refused as error:
        return card_frame.refused(visit, error)
    return _answered(visit, answer)


def _answered(visit: Visit, answer: Answer) -> Response:
    if not answer.done:
        return card_frame.overtaken(visit)
    if not visit.viewer.sees(answer.card.group_id, answer.card.assignee_id):
        # It belongs to others by now, and is not shown any more to whoever has given it away.
        return card_frame.away(visit, "/?notice=handed_over")
    return card_frame.done(visit, answer.card.id, "saved")


def merging(visit: Visit) -> Response:
    """What a merge would move, before it is done."""
    number = card_frame.number(visit)
    try:
        found = rearrange_requests.preview(visit.house, card_frame.asker(visit), number, visit.text("into"))
    except Refused as error:
        return card_frame.refused(visit, error, editor="merge")
    return visit.page("requests/merging.html", preview=found, into=visit.text("into"))


def merge(visit: Visit) -> Response:
    """Let the request go on in another."""
    number = card_frame.number(visit)
    try:
        into = rearrange_requests.merge(visit.house, card_frame.asker(visit), number, f"{visit.number('id') or 0}")
    except Refused as error:
        return card_frame.refused(visit, error, editor="merge")
    return card_frame.done(visit, into.id, "merged")


def unmerge(visit: Visit) -> Response:
    """Take a merge back."""
    number = card_frame.number(visit)
    try:
        rearrange_requests.unmerge(visit.house, card_frame.asker(visit), number)
    except Refused as error:
        return card_frame.refused(visit, error)
    return card_frame.done(visit, number, "unmerged")


def split(visit: Visit) -> Response:
    """Make a request of its own of messages that are ticked."""
    number = card_frame.number(visit)
    try:
        asker = card_frame.asker(visit, once=True)
        made = rearrange_requests.split(visit.house, asker, number, visit.numbers("message"))
    except DoneAlready:
        return card_frame.done(visit, number, "saved")
    except Refused as error:
        return card_frame.refused(visit, error)
    return card_frame.done(visit, made.id, "split")
