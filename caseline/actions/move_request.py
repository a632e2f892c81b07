"""Moves a request to another stage, closes it, opens it again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from caseline.actions import find_request, know_calendars, obey_rules, seen, typed_request, wiring
from caseline.actions.find_request import Answer
from caseline.actions.wiring import House
from caseline.crm import connect
from caseline.crm.card_port import Cards
from caseline.crm.cards import Card, Deed, Stage
from caseline.crm.field_faults import Code, Unsaved
from caseline.crm.field_port import Book
from caseline.crm.intake import Intake
from caseline.crm.refusals import Told
from caseline.people.access import Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Which request goes where."""

    key: str
    stage: str | None = None
    """None: the stage that `close` or `reopen` chooses."""
    by: str | None = None
    version: int | None = None
    """Only if the request still has this version."""
    viewer: Viewer | None = None
    """Who does it at the desk; None: somebody at the command line, in the name of `by`."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a request stands, and where it may go."""

    connection: sa.Connection
    intake: Intake
    card: Card
    book: Book
    stages: Sequence[Stage]
    reachable: Sequence[Stage]


_Choose = Callable[[_Place], Stage]


def move(house: House, wanted: Move, *, now: datetime) -> Answer:
    """Change the stage. When somebody else changes the request meanwhile nothing is done, and the answer says so.

    Raises `Unsaved` where no way leads there, or where the request lacks what it needs there.
    """
    return _move(house, wanted, lambda place: _named(place, place.stages, wanted.stage or ""), now=now)


def close(house: House, wanted: Move, *, now: datetime) -> Answer:
    """Close a request, in the first closed stage to which a way leads unless another closed one is named."""

    def closed(place: _Place) -> Stage:
        card = place.card
        if card.stage.closed:
            raise Told("%(name)s is closed already (%(stage)s): nothing to do", name=card.name, stage=card.stage.label)
        found = [stage for stage in (*place.reachable, *place.stages) if stage.closed]
        if not found:
            raise Told(
                "%(name)s: no stage is a closed one: add one with `caseline stage set CODE --closed`", name=card.name
            )
        stage = _named(place, place.stages, wanted.stage) if wanted.stage else found[0]
        if not stage.closed:
            names = ", ".join(one.code for one in place.stages if one.closed)
            raise Told(
                "%(name)s: stage %(stage)s is not a closed one: use one of %(codes)s",
                name=card.name,
                stage=stage.code,
                codes=names,
            )
        return stage

    return _move(house, wanted, closed, now=now)


def reopen(house: House, wanted: Move, *, now: datetime) -> Answer:
    """Open a closed request again: in the stage that it was in before, if none is named and a way leads there."""

    def opened(place: _Place) -> Stage:
        if not place.card.stage.closed:
            raise Told(
                "%(name)s is open (%(stage)s): nothing to reopen", name=place.card.name, stage=place.card.stage.label
            )
        if wanted.stage:
            return _named(place, [stage for stage in place.stages if not stage.closed], wanted.stage)
        near = [stage for stage in place.reachable if not stage.closed]
        return before_closing(place.connection, place.intake.cards, place.card, near or place.stages)

    return _move(house, wanted, opened, now=now)


def before_closing(connection: sa.Connection, cards: Cards, card: Card, stages: Sequence[Stage]) -> Stage:
    """The open stage that a closed request was in last, or the first one; raises `Refused` when none is open."""
    running = {stage.code: stage for stage in stages if not stage.closed}
    if not running:
        raise Told("%(name)s: every stage is a closed one: add one with `caseline stage set CODE`", name=card.name)
    before = [row.stage for row in cards.rows(connection, card.id) if row.stage in running]
    return running[before[-1]] if before else next(iter(running.values()))


def _named(place: _Place, stages: Sequence[Stage], wanted: str) -> Stage:
    """The stage of that code or label; raises `Unsaved`."""
    for one in stages:
        if wanted in {one.code, one.label}:
            return one
    known = ", ".join(one.code for one in stages)
    told = typed_request.fault(place.book, "stage", Code.UNKNOWN_CHOICE, value=wanted, known=known)
    raise Unsaved(place.card.name, (told,))


def _move(house: House, wanted: Move, choose: _Choose, *, now: datetime) -> Answer:
    intake = wiring.own_intake(house, "moving requests")
    with house.engine.begin() as connection:
        know_calendars.ready(connection, now=now)
        card = find_request.request(connection, intake.cards, wanted.key)
        if wanted.viewer is not None:
            card = seen.request(connection, intake.cards, wanted.viewer, card.id)
        if wanted.version in {None, card.version}:
            moved = _moved(connection, house, intake, card, _Wanted(wanted, choose, now))
            if moved is not None:
                return Answer(moved, done=True)
    with house.engine.connect() as connection:
        return Answer(intake.cards.get(connection, card.id) or card, done=False)


@dataclass(frozen=True, slots=True)
class _Wanted:
    move: Move
    choose: _Choose
    at: datetime


def _moved(connection: sa.Connection, house: House, intake: Intake, card: Card, wanted: _Wanted) -> Card | None:
    fields, stages = connect.fields(house.settings.crm), intake.cards.stages(connection, card.kind)
    book, ways = obey_rules.book_of(connection, fields, card)
    place = _Place(connection, intake, card, book, stages, obey_rules.reachable(ways, stages, card))
    stage = wanted.choose(place)
    if not stage.closed:
        find_request.unmerged(connection, connect.timelines(house.settings.crm), card)
    if stage.code == card.stage.code:
        raise Told("%(name)s is in stage %(stage)s already: nothing to do", name=card.name, stage=stage.code)
    obey_rules.way(book, ways, stages, card, stage)
    obey_rules.entering(connection, fields, book, card, stage)
    by = wanted.move.by
    if viewer := wanted.move.viewer:
        deed = Deed(at=wanted.at, by_id=viewer.person_id, data={"login": viewer.name})
    else:
        deed = Deed(at=wanted.at, by_id=find_request.person(connection, by) if by else None)
    moved = intake.move(connection, card, stage, deed)
    if moved is not None:
        obey_rules.note(connection, fields, book, moved)
    return moved
