"""Shows a request to somebody at the desk: its card, and a window of its timeline."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from caseline.actions import (
    choose_products,
    request_form,
    see_answer,
    see_bonus,
    seen,
    setup_at_hand,
    show_request,
    use_bonus,
    wiring,
)
from caseline.actions.choose_products import Choice
from caseline.actions.request_form import RequestForm
from caseline.actions.see_answer import Source
from caseline.actions.seen import Absent
from caseline.actions.show_request import Sight
from caseline.actions.wiring import House
from caseline.crm import connect, field_files
from caseline.crm.cards import Card, Category, Stage
from caseline.crm.field_files import FieldFile
from caseline.crm.field_values import Reader
from caseline.crm.timeline import Attached, Contact, Line, Message, Origin
from caseline.crm.vocabulary import REQUEST, Type
from caseline.feedback.bonus_store import Purse
from caseline.files.faults import Gone
from caseline.files.spool import Content
from caseline.outbox.care import Standing
from caseline.people import store as people
from caseline.people.access import Viewer
from caseline.people.store import Colleague, Named
from caseline.reports.feedback_card import Feedback
from caseline.reports.stores import feedback_of_record

WINDOW: Final = 50
"""Lines that are shown at once, the newest first of all; the first of all lines stands above them."""
MOST_COLLEAGUES: Final = 2_000


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a timeline."""

    lines: tuple[Line, ...]
    start: int
    """How many lines lie before it."""
    total: int
    opening: Line | None
    """The first line of all, where it lies before the window."""
    messages: Mapping[int, Message]
    """Those of the lines, by their ids."""

    @property
    def hidden(self) -> int:
        """How many lines lie between the first one and the window."""
        return self.start - 1 if self.opening else self.start


@dataclass(frozen=True, slots=True)
class CardSight:
    """All that the card of a request shows."""

    sight: Sight
    window: Window
    stages: tuple[Stage, ...]
    categories: tuple[Category, ...]
    groups: tuple[Named, ...]
    colleagues: tuple[Colleague, ...]
    contact: Contact | None
    others: Mapping[int, Card]
    """Linked requests that the viewer may see."""
    form: RequestForm
    """What its fields hold."""
    choice: Choice
    """Its products."""
    feedback: Feedback
    """What the client has said of it."""
    purse: Purse | None
    """The bonus of its contact."""
    source: Source | None
    """The answer that it was made of."""

    @property
    def card(self) -> Card:
        """The request."""
        return self.sight.card


def show(
    house: House, viewer: Viewer, record_id: int, *, reader: Reader, start: int | None = None, now: datetime
) -> CardSight:
    """The card of a request with its timeline from a line on, or with the newest lines. Raises `Absent`.

    All of it is read in one transaction: giving a connection back and taking another costs four times what a statement
    does.
    """
    cards, timelines = wiring.intake(house).cards, connect.timelines(house.settings.crm)
    with house.engine.connect() as connection:
        card = seen.request(connection, cards, viewer, record_id)
        setup = setup_at_hand.of(house, connection, card.kind)
        window = _window(house, connection, card.id, start)
        sight = show_request.sight(house, connection, card, list(window.messages.values()), now=now)
        linked = {other for one in sight.links for other in one[:2] if other != card.id}
        linked |= {sight.merged_into} if sight.merged_into else set()
        return CardSight(
            sight=sight,
            window=window,
            stages=setup.stages,
            categories=setup.categories,
            groups=setup.groups,
            colleagues=tuple(people.colleagues(connection, MOST_COLLEAGUES)),
            contact=timelines.contact(connection, card.contact_id) if card.contact_id else None,
            others=_visible(connection, house, viewer, {*linked, *sight.merged}),
            form=request_form.shown(house, connection, viewer, card, setup=setup, reader=reader),
            choice=choose_products.of_card(house, connection, card),
            feedback=feedback_of_record.of(connection, "request", card.id, reader.language),
            purse=see_bonus.of_contact(connection, card.contact_id, use_bonus.service(card)),
            source=None if card.kind == REQUEST else see_answer.of_record(connection, card.id, reader.language),
        )


@dataclass(frozen=True, slots=True)
class Earlier:
    """Lines of a timeline before others, with what their messages need."""

    card: Card
    window: Window
    letters: Mapping[int, Standing]
    stages: tuple[Stage, ...]
    categories: tuple[Category, ...]
    assignments: Mapping[int, str]
    """Titles, by ids."""


def earlier(house: House, viewer: Viewer, record_id: int, before: int) -> Earlier:
    """The lines before line `before` of a request. Raises `Absent`."""
    cards, timelines = wiring.intake(house).cards, connect.timelines(house.settings.crm)
    with house.engine.connect() as connection:
        card = seen.request(connection, cards, viewer, record_id)
        window = _window(house, connection, card.id, max(before - WINDOW, 0), end=before)
        return Earlier(
            card=card,
            window=window,
            letters=show_request.letters(connection, list(window.messages.values())),
            stages=tuple(cards.stages(connection, card.kind)),
            categories=tuple(cards.categories(connection)),
            assignments={one.id: one.title for one in timelines.assignments(connection, card.id)},
        )


def message(house: House, viewer: Viewer, record_id: int, message_id: int) -> Message:
    """A message of a request. Raises `Absent`."""
    cards, timelines = wiring.intake(house).cards, connect.timelines(house.settings.crm)
    with house.engine.connect() as connection:
        seen.request(connection, cards, viewer, record_id)
        found = timelines.message(connection, message_id)
        if found is None or found.record_id != record_id:
            raise Absent(f"message {message_id}")
        return found


def attachment(house: House, viewer: Viewer, record_id: int, attachment_id: int) -> tuple[Attached, Content, ExitStack]:
    """A file of a request, open; whoever has read it closes it. Raises `Absent`, and `Gone` when it cannot be had."""
    cards, timelines = wiring.intake(house).cards, connect.timelines(house.settings.crm)
    with house.engine.connect() as connection, ExitStack() as stack:
        seen.request(connection, cards, viewer, record_id)
        found = timelines.attachment(connection, record_id, attachment_id)
        if found is None:
            raise Absent(f"attachment {attachment_id}")
        return found, stack.enter_context(opened(house, connection, found)), stack.pop_all()


def opened(house: House, connection: sa.Connection, found: Attached) -> AbstractContextManager[Content]:
    """The content of a file of a message; raises `Gone` when it cannot be had."""
    if found.sha256 is None:
        raise Gone(f"attachment {found.id}: it is too large to be kept, and lies in the raw mail")
    return wiring.files(house.settings).open(connection, found.sha256)


def field_file(
    house: House, viewer: Viewer, record_id: int, key: str, sha256: str
) -> tuple[FieldFile, Content, ExitStack]:
    """A file that a field of a request holds, open; raises like `attachment`."""
    cards, fields = wiring.intake(house).cards, connect.fields(house.settings.crm)
    with house.engine.connect() as connection, ExitStack() as stack:
        seen.request(connection, cards, viewer, record_id)
        known = fields.book(connection).fields.get(key)
        if known is None or known.type is not Type.FILE or not known.active:
            raise Absent(f"field {key}")
        value = fields.values(connection, record_id).get(key)
        found = next((one for one in field_files.held(value) if one.sha256 == sha256), None)
        if found is None:
            raise Absent(f"file {sha256}")
        content = stack.enter_context(wiring.files(house.settings).open(connection, bytes.fromhex(found.sha256)))
        return found, content, stack.pop_all()


def _window(
    house: House, connection: sa.Connection, record_id: int, start: int | None, *, end: int | None = None
) -> Window:
    timelines = connect.timelines(house.settings.crm)
    lines = timelines.happened(connection, record_id)
    begin = max(len(lines) - WINDOW, 0) if start is None else min(max(start, 0), len(lines))
    # A gap of one or two lines is longer than the lines themselves.
    begin = 0 if begin <= 2 else begin  # noqa: PLR2004
    part = tuple(lines[begin:end])
    opening = lines[0] if begin and end is None else None
    shown: Sequence[Line] = (*((opening,) if opening else ()), *part)
    ids = [line.id for line in shown if line.origin is Origin.MESSAGE]
    return Window(part, begin, len(lines), opening, timelines.messages_of(connection, ids))


def _visible(connection: sa.Connection, house: House, viewer: Viewer, ids: set[int]) -> dict[int, Card]:
    cards = wiring.intake(house).cards
    found = {number: cards.get(connection, number) for number in sorted(ids)}
    return {
        number: card
        for number, card in found.items()
        if card is not None and viewer.sees(card.group_id, card.assignee_id)
    }
