"""Shows asks to somebody: the registry, and one with its steps, answers, and what counts of them and why."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from caseline.actions import judge_ask, sees
from caseline.actions.seen import Absent
from caseline.actions.wiring import House
from caseline.feedback import answers, asks, books, effects, ratings, review_store, signals, taken_steps
from caseline.feedback.answers import Given
from caseline.feedback.asks import Ask
from caseline.feedback.confirming import Judgement
from caseline.feedback.forms import Form, FormUnfit
from caseline.feedback.ratings import Rating
from caseline.feedback.reading import CampaignUnfit
from caseline.feedback.review_store import Gone
from caseline.feedback.taken_steps import Step
from caseline.listing import asks as registry
from caseline.listing.asks import Eyes, Heap, Mark, Order, Row, Wanted
from caseline.outbox import care
from caseline.outbox.care import Line
from caseline.outbox.faults import OutboxFault
from caseline.people.access import Viewer

MOST_NAMES: Final = 300
PORTION: Final = 1_000
"""Rows of a file that are read at once."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the registry."""

    rows: Sequence[Row]
    more: bool
    heaps: Sequence[Heap]
    campaigns: Sequence[tuple[int, Any]]
    """(id, name as its document has it)."""
    responsible: Sequence[tuple[int, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """An ask as somebody may see it."""

    row: Row
    ask: Ask
    form: Form
    form_code: str
    variant: str | None
    steps: Sequence[Step]
    given: Sequence[Given]
    ratings: Sequence[Rating]
    judged: Mapping[str, Judgement]
    """By question that is rated; empty where the campaign cannot be read any more."""
    effects: Sequence[tuple[str, str, datetime | None, str | None]]
    """(kind, key, when it was done, what it came to)."""
    letter: Line | None
    offers: Sequence[Gone]
    """Of public reviews."""


def listed(house: House, viewer: Viewer, wanted: Wanted) -> Page:
    """A page of the registry, with what is unsettled beside it."""
    with house.engine.connect() as connection:
        eyes = Eyes(viewer, sees.reach(house, connection, viewer))
        rows = registry.listed(connection, eyes, replace(wanted, most=wanted.most + 1))
        return Page(
            rows=rows[: wanted.most],
            more=len(rows) > wanted.most,
            heaps=registry.heaps(connection, eyes, wanted),
            campaigns=[(one.id, one.document.get("name", one.code)) for one in books.every(connection)],
            responsible=registry.responsible(connection, eyes, MOST_NAMES),
        )


def mark(row: Row, order: Order) -> Mark:
    """The place behind a row."""
    key = row.mean if order is Order.WORST and row.mean is not None else row.state_at
    return Mark(key=key, id=row.id)


def everything(house: House, viewer: Viewer, wanted: Wanted) -> Iterator[Sequence[Row]]:
    """All asks of a list in portions, at one moment of the database."""
    with house.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        eyes, portion = Eyes(viewer, sees.reach(house, connection, viewer)), replace(wanted, most=PORTION)
        while rows := registry.listed(connection, eyes, portion):
            yield rows
            portion = replace(portion, after=mark(rows[-1], wanted.order))


def seen(house: House, connection: sa.Connection, viewer: Viewer, ask_id: int, *, hold: bool = False) -> Ask:
    """The ask of that id; raises `Absent` where there is none, or none that the viewer sees."""
    if not registry.visible(connection, Eyes(viewer, sees.reach(house, connection, viewer)), ask_id):
        raise Absent(f"ask {ask_id}")
    found = asks.hold(connection, ask_id) if hold else asks.one(connection, ask_id)
    if found is None:
        raise Absent(f"ask {ask_id}")
    return found


def show(house: House, viewer: Viewer, ask_id: int, *, now: datetime) -> Sight:
    """All about an ask; raises `Absent`."""
    with house.engine.connect() as connection:
        ask = seen(house, connection, viewer, ask_id)
        form = form_of(connection, ask)
        given = answers.of(connection, ask_id)
        return Sight(
            row=registry.one(connection, ask_id),
            ask=ask,
            form=form,
            form_code=books.form_code(connection, ask.form_version_id),
            variant=books.variant_code(connection, ask.variant_id),
            steps=taken_steps.steps(connection, ask_id),
            given=given,
            ratings=ratings.of(connection, ask_id),
            judged=_judged(connection, ask, form, given, now),
            effects=effects.of(connection, ask_id),
            letter=_letter(connection, ask.letter_id),
            offers=review_store.gone(connection, ask_id),
        )


def form_of(connection: sa.Connection, ask: Ask) -> Form:
    """What an ask asks; nothing where a later version of caseline finds fault with its form."""
    try:
        return books.version(connection, ask.form_version_id)
    except FormUnfit:
        return Form({}, {}, ())


def _judged(
    connection: sa.Connection, ask: Ask, form: Form, given: Sequence[Given], now: datetime
) -> Mapping[str, Judgement]:
    kept = books.campaign(connection, ask.campaign_id)
    if kept is None:
        return {}
    try:
        said = judge_ask.Said(given, signals.of(connection, ask.id))
        return judge_ask.judgements(connection, ask, form, kept.campaign, said, now)
    except CampaignUnfit:
        return {}


def _letter(connection: sa.Connection, letter_id: int | None) -> Line | None:
    if letter_id is None:
        return None
    with suppress(OutboxFault):  # it may be old and gone
        return care.show(connection, letter_id).line
    return None
