"""SQL of asks: made in sets, moved one step at a time, found by their links."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from caseline.db.arrays import bigints
from caseline.db.fixed import Fixed, Wanted
from caseline.feedback import tables
from caseline.feedback.adding import Adding
from caseline.feedback.states import State

_ask = tables.ask


@dataclass(slots=True, kw_only=True)
class Draft:
    """An ask that is to be made; not frozen, since a campaign makes hundreds of thousands."""

    public_id: str
    campaign_id: int
    form_version_id: int
    subject: str
    subject_id: int
    period: str
    service: str
    channel: str
    language: str
    happened_at: datetime
    state: State = State.DRAFT
    reason: str | None = None
    """Why nobody is asked, of a skipped one."""
    variant_id: int | None = None
    contact_id: int | None = None
    company_id: int | None = None
    responsible_id: int | None = None
    asked_by_id: int | None = None
    division_id: int | None = None
    address: str | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """An ask as it stands."""

    id: int
    public_id: str
    campaign_id: int
    form_version_id: int
    variant_id: int | None
    subject: str
    subject_id: int
    period: str
    service: str
    contact_id: int | None
    company_id: int | None
    responsible_id: int | None
    asked_by_id: int | None
    division_id: int | None
    channel: str
    address: str | None
    language: str
    state: State
    reason: str | None
    happened_at: datetime
    state_at: datetime
    due_at: datetime | None
    sent_at: datetime | None
    expires_at: datetime | None
    answered_at: datetime | None
    letter_id: int | None
    reminder_id: int | None
    grade: str | None
    mean: float | None


_ADD = Adding(tuple(Draft.__dataclass_fields__))
_FORWARD = sa.text("""
UPDATE feedback.ask SET state = CASE WHEN address IS NULL THEN 'needs_data' ELSE 'queued' END,
  state_at = greatest(state_at, :now), state_by = 'job'
WHERE id = ANY (CAST(:ids AS bigint[])) AND state = 'draft'
""")
_REOPENED = sa.text("""
SELECT a.id FROM feedback.ask AS a JOIN crm.record AS r ON r.id = a.subject_id
WHERE a.subject = 'request' AND a.subject_id = ANY (CAST(:ids AS bigint[])) AND a.campaign_id = :campaign
  AND a.state IN ('draft', 'needs_data', 'awaiting_address', 'queued') AND a.period = 'once'
  AND NOT r.stage = ANY (:stages)
ORDER BY a.id FOR UPDATE OF a
""")
_NAMES = tuple(Ask.__dataclass_fields__)
_COLUMNS = [_ask.c[name] for name in _NAMES]
_BY_ID = sa.select(*_COLUMNS).where(_ask.c.id == sa.bindparam("id"))
_ONE, _HELD = Fixed(_BY_ID), Fixed(_BY_ID.with_for_update())
_SHOWN = Fixed(sa.select(*_COLUMNS).where(_ask.c.public_id == sa.bindparam("public_id")))
_JUDGE_AT = Fixed(sa.text("UPDATE feedback.ask SET judge_at = :at WHERE id = :id"))
_GRADED = Fixed(sa.text("UPDATE feedback.ask SET grade = :grade, mean = :mean WHERE id = :id"))


def add(
    connection: sa.Connection, drafts: Sequence[Draft], *, by: str, now: datetime, go_on: bool = False
) -> list[int]:
    """Make asks; the ids of those that were not there. Of one subject a campaign makes one in each period.

    `go_on`: drafts go on at once, as by `forward`.
    """
    if not drafts:
        return []
    return _ADD.run(connection, drafts, {"now": now, "by": by, "go_on": go_on})


def one(connection: sa.Connection, ask_id: int) -> Ask | None:
    """The ask of that id."""
    return _read(_ONE.row(connection, {"id": ask_id}))


def of_subject(connection: sa.Connection, subject: str, subject_id: int) -> list[Ask]:
    """All asks about a subject, in the order in which they were made."""
    query = sa.select(*_COLUMNS).where(_ask.c.subject == subject, _ask.c.subject_id == subject_id).order_by(_ask.c.id)
    return [Ask(**{**row, "state": State(row["state"])}) for row in connection.execute(query).mappings()]


def hold(connection: sa.Connection, ask_id: int) -> Ask | None:
    """The ask, which nobody else moves until the transaction ends."""
    return _read(_HELD.row(connection, {"id": ask_id}))


def shown(public_id: str) -> Wanted[Ask | None]:
    """The ask that a link names; the link may still be none of it."""
    return Wanted(_SHOWN, {"public_id": public_id}, lambda rows: _read(rows[0] if rows else None))


def move(
    connection: sa.Connection,
    ask: Ask,
    then: State,
    *,
    by: str,
    now: datetime,
    changes: Mapping[str, Any] | None = None,
) -> bool:
    """Take a step; False when somebody else has moved it meanwhile. The database refuses a step that there is not."""
    more = dict(sorted((changes or {}).items()))
    values = {"id": ask.id, "before": ask.state.value, "then": then.value, "now": now, "by": by}
    return bool(_step(*more).rows(connection, values | {f"new_{name}": value for name, value in more.items()}))


def forward(connection: sa.Connection, ids: Sequence[int], *, now: datetime) -> None:
    """Let drafts go on: those with an address are sent when their time has come, the others wait for one."""
    connection.execute(_FORWARD, {"ids": bigints(ids), "now": now})


def await_addresses(connection: sa.Connection, ids: Sequence[int], *, now: datetime) -> None:
    """Let drafts wait until managers choose addresses."""
    values = {
        "state": State.AWAITING_ADDRESS.value,
        "state_at": sa.func.greatest(_ask.c.state_at, now),
        "state_by": "job",
    }
    connection.execute(sa.update(_ask).where(_ask.c.id.in_(ids), _ask.c.state == State.DRAFT.value).values(values))


def cancel_reopened(
    connection: sa.Connection, ids: Sequence[int], stages: Sequence[str], campaign_id: int
) -> list[int]:
    """Asks about these records that have not left, though the records have left these stages: held, to be cancelled."""
    values = {"ids": bigints(ids), "stages": list(stages), "campaign": campaign_id}
    return list(connection.execute(_REOPENED, values).scalars())


def lettered(connection: sa.Connection, ask_id: int, letter_id: int) -> None:
    """A letter of it waits in the outbox."""
    connection.execute(sa.update(_ask).where(_ask.c.id == ask_id).values(letter_id=letter_id))


def reminded(connection: sa.Connection, ask_id: int, letter_id: int | None, *, now: datetime) -> None:
    """Its reminder was written, or none is."""
    values = {"reminded_at": now, "remind_at": None, "reminder_id": letter_id}
    connection.execute(sa.update(_ask).where(_ask.c.id == ask_id).values(values))


def remind_at(connection: sa.Connection, ask_id: int, at: datetime) -> None:
    """Write its reminder then."""
    connection.execute(sa.update(_ask).where(_ask.c.id == ask_id).values(remind_at=at))


def extend(connection: sa.Connection, ask_id: int, until: datetime) -> None:
    """Let its links work until then."""
    connection.execute(sa.update(_ask).where(_ask.c.id == ask_id).values(expires_at=until))


def postpone(connection: sa.Connection, ask_id: int, now: datetime, until: datetime) -> None:
    """Leave alone until an instant what is due of an ask by now: sending, judging, reminding."""
    later = {
        name: sa.case((_ask.c[name] <= now, until), else_=_ask.c[name]) for name in ("due_at", "judge_at", "remind_at")
    }
    connection.execute(sa.update(_ask).where(_ask.c.id == ask_id).values(later))


def judge_at(connection: sa.Connection, ask_id: int, at: datetime | None) -> None:
    """Say when the job is to look at what came for an ask; None: not at all."""
    _JUDGE_AT.rows(connection, {"id": ask_id, "at": at})


def to_judge(connection: sa.Connection, *, now: datetime, most: int) -> list[int]:
    """Asks that the job is to look at by now, those that wait longest first."""
    query = sa.select(_ask.c.id).where(_ask.c.judge_at <= now).order_by(_ask.c.judge_at, _ask.c.id)
    return list(connection.execute(query.limit(most)).scalars())


def graded(connection: sa.Connection, ask_id: int, grade: str | None, mean: float | None) -> None:
    """Write how good the answer for an ask is, as it counts now."""
    _GRADED.rows(connection, {"id": ask_id, "grade": grade, "mean": mean})


@cache
def _step(*more: str) -> Fixed:
    """The statement that takes a step and changes these columns, too: there are a few sets of them."""
    values = {
        "state": sa.bindparam("then"),
        "state_at": sa.func.greatest(_ask.c.state_at, sa.bindparam("now", type_=_ask.c.state_at.type)),
        "state_by": sa.bindparam("by"),
        **{name: sa.bindparam(f"new_{name}") for name in more},
    }
    same = (_ask.c.id == sa.bindparam("id"), _ask.c.state == sa.bindparam("before"))
    return Fixed(sa.update(_ask).where(*same).values(values).returning(_ask.c.id))


def _read(row: tuple[Any, ...] | None) -> Ask | None:
    if row is None:
        return None
    named = dict(zip(_NAMES, row, strict=True))
    return Ask(**{**named, "state": State(named["state"])})
