"""The form for a new assignment: what was typed, what is wrong with it, and what is ordered by it."""

from collections.abc import Iterator, Mapping
from typing import Final

from caseline.actions import find_request
from caseline.actions.find_assignment import LONGEST_STEP, MOST_STEPS
from caseline.actions.give_assignment import Order
from caseline.actions.work_assignment import LONGEST_NOTE
from caseline.web.desk.visit import Visit, whole
from caseline.web.language import Texts

LONGEST_TITLE: Final = 250
MOST_HOURS: Final = 10_000
_NAMES: Final = ("title", "text", "for", "person", "contact", "hours", "checklist")
_OUTSIDE: Final = "outside"


def typed(visit: Visit) -> dict[str, str]:
    """What was typed, by field."""
    return {name: visit.text(name).strip() for name in _NAMES}


def wrong(texts: Texts, said: Mapping[str, str]) -> tuple[str, str] | None:
    """(field, what is wrong with it and what to do) of the first bad field; None for a good form."""
    return next(_faults(texts, said), None)


def order(said: Mapping[str, str]) -> Order:
    """What a good form orders; whoever gives it names the request."""
    outside = said["for"] == _OUTSIDE
    return Order(
        request="",
        title=said["title"],
        text=said["text"],
        contact=said["contact"] if outside else None,
        person=None if outside else find_request.by_id(whole(said["person"]) or 0),
        hours=whole(said["hours"]),
        checklist=said["checklist"].splitlines(),
    )


def _faults(texts: Texts, said: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    say, number = texts.say, texts.number
    if not 0 < len(said["title"]) <= LONGEST_TITLE:
        yield "title", say("Title: say in 1 to %(most)s characters what is to be done.", most=number(LONGEST_TITLE))
    if not 0 < len(said["text"]) <= LONGEST_NOTE:
        most = number(LONGEST_NOTE)
        yield "text", say("Description: say in 1 to %(most)s characters what is to be done.", most=most)
    if said["for"] == _OUTSIDE and not said["contact"]:
        yield "contact", say("Outsider: give a mail address, or the name of a contact.")
    if said["for"] != _OUTSIDE and not said["person"]:
        yield "person", say("Person: choose who is to do it.")
    hours = whole(said["hours"])
    if said["hours"] and not 0 < (hours or 0) <= MOST_HOURS:
        most = number(MOST_HOURS)
        yield "hours", say("Deadline: give whole business hours from 1 to %(most)s, or nothing.", most=most)
    steps = [line for line in said["checklist"].splitlines() if line.strip()]
    if len(steps) > MOST_STEPS or any(len(step) > LONGEST_STEP for step in steps):
        told = {"steps": number(MOST_STEPS), "most": number(LONGEST_STEP)}
        yield "checklist", say("Checklist: at most %(steps)s steps of %(most)s characters.", **told)
