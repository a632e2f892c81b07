"""Moves a request to another stage, closes it, opens it again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from caseline.actions import find_request, know_calendars, wiring
from caseline.actions.find_request import Answer
from caseline.actions.wiring import House
from caseline.crm import connect
from caseline.crm.card_port import Cards
from caseline.crm.cards import Card, Deed, Refused, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Which request goes where."""

    key: str
    stage: str | None = None
    """None: the stage that `close` or `reopen` chooses."""
    by: str | None = None
    version: int | None = None
    """Only if the request still has this version."""


_Choose = Callable[[sa.Connection, Cards, Card, Sequence[Stage]], Stage]


def move(house: House, wanted: Move, *, now: datetime) -> Answer:
    """Change the stage. When somebody else changes the request meanwhile nothing is done, and the answer says so."""

    def named(_connection: sa.Connection, _cards: Cards, _card: Card, stages: Sequence[Stage]) -> Stage:
        return find_request.stage(stages, wanted.stage or "")

    return _move(house, wanted, named, now=now)


def close(house: House, wanted: Move, *, now: datetime) -> Answer:
    """Close a request, in the first closed stage unless another closed one is named."""

    def closed(_connection: sa.Connection, _cards: Cards, card: Card, stages: Sequence[Stage]) -> Stage:
        if card.stage.closed:
            raise Refused(f"{card.name} is closed already ({card.stage.label}): nothing to do")
        found = [stage for stage in stages if stage.closed]
        if not found:
            raise Refused(f"{card.name}: no stage is a closed one: add one with `caseline stage set CODE --closed`")
        stage = find_request.stage(stages, wanted.stage) if wanted.stage else found[0]
        if not stage.closed:
            names = ", ".join(one.code for one in found)
            raise Refused(f"{card.name}: stage {stage.code} is not a closed one: use one of {names}")
        return stage

    return _move(house, wanted, closed, now=now)


def reopen(house: House, wanted: Move, *, now: datetime) -> Answer:
    """Open a closed request again: in the stage that it was in before, unless another is named."""

    def opened(connection: sa.Connection, cards: Cards, card: Card, stages: Sequence[Stage]) -> Stage:
        if not card.stage.closed:
            raise Refused(f"{card.name} is open ({card.stage.label}): nothing to reopen")
        if wanted.stage:
            return find_request.stage([stage for stage in stages if not stage.closed], wanted.stage)
        return before_closing(connection, cards, card, stages)

    return _move(house, wanted, opened, now=now)


def before_closing(connection: sa.Connection, cards: Cards, card: Card, stages: Sequence[Stage]) -> Stage:
    """The open stage that a closed request was in last, or the first one; raises `Refused` when none is open."""
    running = {stage.code: stage for stage in stages if not stage.closed}
    if not running:
        raise Refused(f"{card.name}: every stage is a closed one: add one with `caseline stage set CODE`")
    before = [row.stage for row in cards.rows(connection, card.id) if row.stage in running]
    return running[before[-1]] if before else next(iter(running.values()))


def _move(house: House, wanted: Move, choose: _Choose, *, now: datetime) -> Answer:
    intake = wiring.own_intake(house, "moving requests")
    with house.engine.begin() as connection:
        know_calendars.ready(connection, now=now)
        card = find_request.request(connection, intake.cards, wanted.key)
        if wanted.version in {None, card.version}:
            stage = choose(connection, intake.cards, card, intake.cards.stages(connection))
            if not stage.closed:
                find_request.unmerged(connection, connect.timelines(house.settings.crm), card)
            if stage.code == card.stage.code:
                raise Refused(f"{card.name} is in stage {stage.code} already: nothing to do")
            by_id = find_request.person(connection, wanted.by) if wanted.by else None
            moved = intake.move(connection, card, stage, Deed(at=now, by_id=by_id))
            if moved is not None:
                return Answer(moved, done=True)
    with house.engine.connect() as connection:
        return Answer(intake.cards.get(connection, card.id) or card, done=False)
