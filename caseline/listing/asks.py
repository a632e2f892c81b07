"""SQL of the registry of asks: a page at a time, and what waits in which state for how long."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa

from caseline.crm import agreement_tables
from caseline.crm import tables as crm
from caseline.feedback import tables as feedback
from caseline.feedback.states import State
from caseline.listing.stores import access
from caseline.people import tables as people
from caseline.people.access import Reach, Viewer
from caseline.people.rights import Right

MOST_COUNTED: Final = 10_000
UNSETTLED: Final = (
    *(State.DRAFT, State.NEEDS_DATA, State.AWAITING_ADDRESS, State.QUEUED, State.FAILED),
    *(State.SENT, State.VISITED, State.ANSWERING, State.ANSWERED),
)
"""States in which somebody, or caseline itself, still has something to do."""
_ask, _record, _campaign = feedback.ask, crm.record, feedback.campaign


class Order(StrEnum):
    """In which order asks are listed."""

    NEWEST = "newest"
    """The last step first."""
    LONGEST = "longest"
    """Those that have stood still longest first."""
    WORST = "worst"
    """Rated ones, the lowest mean first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Where a page begins: after this ask."""

    key: datetime | float
    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which asks are listed."""

    campaign_id: int | None = None
    states: Sequence[State] = ()
    """Empty: any."""
    still_since: datetime | None = None
    """Unsettled ones that have taken no step since."""
    division_id: int | None = None
    responsible_id: int | None = None
    grade: str | None = None
    since: datetime | None = None
    """What happened from then on, `until` left out."""
    until: datetime | None = None
    order: Order = Order.NEWEST
    after: Mark | None = None
    most: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An ask as the registry shows it."""

    id: int
    subject: str
    subject_id: int
    number: str | None
    title: str | None
    """Of a request."""
    status: str | None
    """Of an agreement."""
    contact_id: int | None
    contact: str | None
    company: str | None
    service: str | None
    responsible: str | None
    division: str | None
    campaign: Any
    """Its name as its document has it, by language."""
    campaign_code: str
    channel: str
    state: State
    reason: str | None
    state_at: datetime
    happened_at: datetime
    grade: str | None
    mean: float | None


@dataclass(frozen=True, slots=True)
class Heap:
    """How many asks stand in a state, at most `MOST_COUNTED` and one, and since when the first of them."""

    state: State
    number: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class Eyes:
    """Who looks, and how far he sees of what is about agreements."""

    viewer: Viewer
    reach: Reach

    @property
    def everything(self) -> bool:
        """Whether all asks are shown."""
        return self.reach.all and self.viewer.may(Right.SEE_FEEDBACK) and not access.seen(self.viewer)


def seen(eyes: Eyes) -> list[sa.ColumnElement[bool]]:
    """Asks about requests that somebody sees, and about agreements within his reach. None: all are shown."""
    viewer, reach = eyes.viewer, eyes.reach
    if not viewer.may(Right.SEE_FEEDBACK):
        return [sa.false()]
    if eyes.everything:
        return []
    shown = access.seen(viewer)
    about = sa.exists().where(_record.c.id == _ask.c.subject_id, *shown) if shown else sa.true()
    near = [_ask.c.division_id.in_(sorted(reach.divisions)), _ask.c.responsible_id == reach.person_id]
    within = sa.true() if reach.all else sa.func.coalesce(sa.or_(*near), sa.false())
    return [sa.case((_ask.c.subject == "request", about), else_=within)]


def visible(connection: sa.Connection, eyes: Eyes, ask_id: int) -> bool:
    """Whether there is an ask of that id that somebody sees."""
    query = sa.select(_ask.c.id).where(_ask.c.id == ask_id, *seen(eyes))
    return connection.execute(query).scalar_one_or_none() is not None


def heaps(connection: sa.Connection, eyes: Eyes, wanted: Wanted) -> list[Heap]:
    """What is unsettled, by state in the order of their steps, for the same filter without its state."""
    found = []
    narrowed = _conditions(replace(wanted, states=(), still_since=None))
    for state in UNSETTLED:
        some = sa.select(_ask.c.state_at).where(_ask.c.state == state.value, *seen(eyes), *narrowed)
        some = some.order_by(_ask.c.state_at, _ask.c.id).limit(MOST_COUNTED + 1)
        rows = some.subquery()
        number, oldest = connection.execute(sa.select(sa.func.count(), sa.func.min(rows.c.state_at))).one()
        if number:
            found.append(Heap(state, number, oldest))
    return found


def listed(connection: sa.Connection, eyes: Eyes, wanted: Wanted) -> list[Row]:
    """A page of the registry."""
    key, falling = _KEYS[wanted.order]
    query = sa.select(_ask.c.id).where(*seen(eyes), *_conditions(wanted))
    query = query.where(key.is_not(None)) if wanted.order is Order.WORST else query
    if wanted.after is not None:
        place, here = sa.tuple_(wanted.after.key, wanted.after.id), sa.tuple_(key, _ask.c.id)
        query = query.where(here < place if falling else here > place)
    order = (key.desc(), _ask.c.id.desc()) if falling else (key, _ask.c.id)
    ids = query.order_by(*order).limit(wanted.most).subquery()
    rows = connection.execute(_ROWS.join(ids, ids.c.id == _ask.c.id).order_by(*order)).mappings()
    return [Row(**{**row, "state": State(row["state"])}) for row in rows]


def one(connection: sa.Connection, ask_id: int) -> Row:
    """An ask as the registry shows it; it must be there."""
    row = connection.execute(_ROWS.where(_ask.c.id == ask_id)).mappings().one()
    return Row(**{**row, "state": State(row["state"])})


def responsible(connection: sa.Connection, eyes: Eyes, most: int) -> list[tuple[int, str]]:
    """(id, name) of persons whose asks are unsettled and seen by somebody."""
    waits = _ask.c.state.in_([one.value for one in UNSETTLED])
    ids = sa.select(_ask.c.responsible_id).where(waits, *seen(eyes))
    person = people.person
    query = sa.select(person.c.id, person.c.name).where(person.c.id.in_(ids)).order_by(person.c.name, person.c.id)
    return [(row.id, row.name) for row in connection.execute(query.limit(most))]


def asked(connection: sa.Connection, since: datetime) -> dict[int, tuple[int, int]]:
    """(sent, answered of them) since an instant, by campaign."""
    answered = sa.func.count(_ask.c.answered_at)
    query = sa.select(_ask.c.campaign_id, sa.func.count(), answered).where(_ask.c.sent_at >= since)
    return {key: (sent, came) for key, sent, came in connection.execute(query.group_by(_ask.c.campaign_id))}


def titles(connection: sa.Connection, viewer: Viewer, ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """(number, subject) of those of these requests that somebody sees."""
    query = sa.select(_record.c.id, _record.c.number, _record.c.subject)
    rows = connection.execute(query.where(_record.c.id.in_(ids), *access.seen(viewer)))
    return {key: (number or str(key), subject) for key, number, subject in rows}


def _conditions(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    named = ("campaign_id", "division_id", "responsible_id", "grade")
    found: list[sa.ColumnElement[bool]]
    found = [_ask.c[name] == value for name in named if (value := getattr(wanted, name)) is not None]
    if wanted.states:
        found.append(_ask.c.state.in_([one.value for one in wanted.states]))
    if wanted.still_since is not None:
        found += [_ask.c.state.in_([one.value for one in UNSETTLED]), _ask.c.state_at < wanted.still_since]
    if wanted.since is not None:
        found.append(_ask.c.happened_at >= wanted.since)
    if wanted.until is not None:
        found.append(_ask.c.happened_at < wanted.until)
    return found


_KEYS: Final[dict[Order, tuple[sa.ColumnElement[Any], bool]]] = {
    Order.NEWEST: (_ask.c.state_at, True),
    Order.LONGEST: (_ask.c.state_at, False),
    Order.WORST: (_ask.c.mean, False),
}
_ABOUT: Final = sa.and_(_ask.c.subject == "request", _record.c.id == _ask.c.subject_id)
_CATEGORY: Final = crm.category
_OF: Final = agreement_tables.agreement
_CONTACT: Final = sa.func.coalesce(_ask.c.contact_id, _OF.c.contact_id)
_COMPANY: Final = sa.func.coalesce(_ask.c.company_id, _OF.c.company_id)
_NAME: Final = sa.func.coalesce(_campaign.c.document["name"], sa.func.to_jsonb(_campaign.c.name))
_SERVICE: Final = agreement_tables.service
_OTHER: Final = sa.func.nullif(_ask.c.service, "request")
_ROWS: Final = (
    sa.select(
        *(_ask.c.id, _ask.c.subject, _ask.c.subject_id, _ask.c.channel, _ask.c.state, _ask.c.reason, _ask.c.state_at),
        *(_ask.c.happened_at, _ask.c.grade, _ask.c.mean),
        sa.func.coalesce(_record.c.number, _OF.c.number, sa.cast(_ask.c.subject_id, sa.Text)).label("number"),
        *(_record.c.subject.label("title"), _OF.c.status.label("status"), _CONTACT.label("contact_id")),
        *(crm.contact.c.name.label("contact"), crm.company.c.name.label("company")),
        sa.func.coalesce(_CATEGORY.c.label, _SERVICE.c.label, sa.func.nullif(_ask.c.service, "request")).label(
            "service"
        ),
        people.person.c.name.label("responsible"),
        people.division.c.name.label("division"),
        _NAME.label("campaign"),
        _campaign.c.code.label("campaign_code"),
    )
    .select_from(_ask)
    .join(_campaign, _campaign.c.id == _ask.c.campaign_id)
    .outerjoin(_record, _ABOUT)
    .outerjoin(_OF, sa.and_(_ask.c.subject == "agreement", _OF.c.id == _ask.c.subject_id))
    .outerjoin(_SERVICE, _SERVICE.c.id == _OF.c.service_id)
    .outerjoin(crm.contact, crm.contact.c.id == _CONTACT)
    .outerjoin(crm.company, crm.company.c.id == _COMPANY)
    .outerjoin(_CATEGORY, _CATEGORY.c.code == _record.c.category)
    .outerjoin(people.person, people.person.c.id == _ask.c.responsible_id)
    .outerjoin(people.division, people.division.c.id == _ask.c.division_id)
)
