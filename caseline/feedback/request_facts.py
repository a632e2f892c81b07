"""SQL of what decides whether somebody is asked about a record: read for a set of records, in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from caseline.db.arrays import bigints
from caseline.db.fixed import Fixed
from caseline.feedback.audience import RESTING
from caseline.feedback.bad_addresses import bad
from caseline.feedback.campaign import Trigger
from caseline.feedback.candidates import BORN, UNTIRING, Found

# The row of the stage of now is read rather than the event: who has moved it on meanwhile is not asked about it, and a
# dry run, which knows no events, comes to the same. Closed records that an import brought have no such row.
#
# What belongs to one record is looked up for each, behind LIMIT 1: of a join the planner thinks that all asks of the
# campaign are wanted, and reads them all, however many there are by now.
_FACTS: Final = f"""
SELECT r.id AS record_id, coalesce(s.entered_at, r.closed_at, r.created_at) AS since,
  coalesce(s.imported, r.source IS NOT NULL) AS imported,
  r.channel IS NOT DISTINCT FROM :born AS born_of_feedback, (r.stage = ANY (:stages)
    AND NOT EXISTS (SELECT FROM crm.merge AS m WHERE m.record_id = r.id)) AS still_so,
  r.closed_at, r.category AS service, r.contact_id, r.company_id, r.assignee_id AS responsible_id,
  s.by_id AS asked_by_id, p.division_id, nullif(trim(coalesce(nullif(trim(c.email), ''), o.email)), '') AS email,
  nullif(trim(coalesce(nullif(trim(c.mobile), ''), c.phone)), '') AS phone, c.extra ->> 'time_zone' AS zone,
  own.happened_at AS asked_at,
  EXISTS (SELECT FROM feedback.opt_out AS n WHERE n.ended_at IS NULL
      AND n.address = lower(coalesce(nullif(trim(c.email), ''), o.email)))
    OR EXISTS (SELECT FROM feedback.opt_out AS n WHERE n.ended_at IS NULL AND n.digest IS NOT NULL
      AND n.digest = sha256(convert_to(lower(trim(coalesce(nullif(trim(c.email), ''), o.email))), 'UTF8')))
    OR EXISTS (SELECT FROM feedback.opt_out AS n WHERE n.ended_at IS NULL
      AND n.contact_id = ANY (ARRAY(SELECT r.contact_id
        UNION ALL SELECT m.gone_id FROM crm.contact_merge AS m WHERE m.into_id = r.contact_id))) AS opted_out,
  {bad("lower(coalesce(nullif(trim(c.email), ''), o.email))")} AS bad_address,
  last.kind_at AS person_asked_at, last.any_at AS anybody_asked_at
FROM crm.record AS r
LEFT JOIN LATERAL (
  SELECT v.entered_at, v.imported, v.by_id FROM crm.stage_row AS v
  WHERE v.record_id = r.id AND v.left_at IS NULL LIMIT 1
) AS s ON true
LEFT JOIN crm.contact AS c ON c.id = r.contact_id
LEFT JOIN crm.company AS o ON o.id = coalesce(r.company_id, c.company_id)
LEFT JOIN people.person AS p ON p.id = r.assignee_id
LEFT JOIN LATERAL (
  SELECT a.happened_at FROM feedback.ask AS a
  WHERE a.campaign_id = :campaign AND a.subject = 'request' AND a.subject_id = r.id AND a.period = 'once' LIMIT 1
) AS own ON true
LEFT JOIN LATERAL (
  SELECT max(coalesce(a.sent_at, a.state_at)) FILTER (WHERE a.campaign_id IN (
      SELECT k.id FROM feedback.campaign AS k WHERE k.kind = :kind)) AS kind_at,
    max(coalesce(a.sent_at, a.state_at)) FILTER (WHERE a.campaign_id IN (
      SELECT k.id FROM feedback.campaign AS k WHERE k.kind <> '{UNTIRING}')) AS any_at
  FROM feedback.ask AS a
  WHERE a.contact_id = ANY (ARRAY(SELECT r.contact_id
      UNION ALL SELECT m.gone_id FROM crm.contact_merge AS m WHERE m.into_id = r.contact_id))
    AND NOT a.state = ANY (:silent)
    AND NOT (a.campaign_id = :campaign AND a.subject = 'request' AND a.subject_id = r.id)
) AS last ON :rests AND r.contact_id IS NOT NULL
"""  # noqa: S608 - our own words
_OF_RECORDS: Final = Fixed(
    sa.text(_FACTS + "WHERE r.id = ANY (CAST(:ids AS bigint[])) AND r.kind = :record ORDER BY r.id")
)
_THERE: Final = Fixed(
    sa.text(_FACTS + "WHERE r.kind = :record AND r.stage = ANY (:stages) AND r.id > :after ORDER BY r.id LIMIT :most")
)
_AGED: Final = sa.text("""
SELECT s.record_id FROM crm.stage_row AS s JOIN crm.record AS r ON r.id = s.record_id
WHERE s.left_at IS NULL AND NOT s.imported AND s.stage = ANY (:stages) AND s.entered_at BETWEEN :since AND :until
  AND r.kind = :record AND NOT EXISTS (SELECT FROM crm.merge AS m WHERE m.record_id = r.id)
  AND NOT EXISTS (SELECT FROM feedback.ask AS a WHERE a.campaign_id = :campaign AND a.subject = 'request'
    AND a.subject_id = r.id AND a.period = 'once' LIMIT 1)
ORDER BY s.entered_at, s.record_id LIMIT :most
""")
_BY_EVENTS: Final = """WHERE r.kind = :record AND r.id IN (
  SELECT e.record_id FROM crm.event AS e WHERE e.id = ANY (CAST(:ids AS bigint[])) AND e.entity = 'request'
    AND coalesce(e.data ->> 'new', e.data ->> 'stage') = ANY (:stages)
) ORDER BY r.id"""
_OF_EVENTS: Final = Fixed(sa.text(_FACTS + _BY_EVENTS))
_MOVED: Final = sa.text("""
SELECT DISTINCT record_id FROM crm.event
WHERE id = ANY (CAST(:ids AS bigint[])) AND entity = 'request' AND type = 'stage_changed'
""")
_LEFT: Final = sa.text("""
SELECT r.id, EXISTS (
  SELECT FROM feedback.ask AS a WHERE a.campaign_id = :campaign AND a.subject = 'request' AND a.subject_id = r.id
    AND a.period = 'once' LIMIT 1
)
FROM crm.event AS e JOIN crm.record AS r ON r.id = e.record_id
WHERE e.id = ANY (CAST(:ids AS bigint[])) AND e.entity = 'request' AND e.type = 'stage_changed'
  AND NOT r.stage = ANY (:stages)
""")
_STAGES: Final = sa.text("""
SELECT code FROM crm.stage WHERE kind = :record AND (code = ANY (:stages) OR (:closed AND closed))
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a campaign waits for, as the statements need it."""

    campaign_id: int
    kind: str
    record: str
    stages: list[str]
    rests: bool = True
    """Whether it matters when the person was asked last; where it does not, that is not looked up."""
    silent: tuple[str, ...] = RESTING
    """States of asks after which nobody rests."""

    def values(self) -> dict[str, Any]:
        """The values of a statement."""
        return {
            "campaign": self.campaign_id,
            "kind": self.kind,
            "record": self.record,
            "stages": self.stages,
            "born": BORN,
            "rests": self.rests,
            "silent": list(self.silent),
        }


def stages(connection: sa.Connection, trigger: Trigger) -> list[str]:
    """Codes of the stages that a trigger means, those that there are."""
    values = {"record": trigger.record, "stages": sorted(trigger.stages), "closed": trigger.closed}
    return sorted(connection.execute(_STAGES, values).scalars())


def of_events(connection: sa.Connection, wanted: Wanted, ids: Sequence[int]) -> list[Found]:
    """What decides about the records that came into one of the stages by these events."""
    return _found(_OF_EVENTS.rows(connection, {**wanted.values(), "ids": bigints(ids)})) if ids else []


def moved(connection: sa.Connection, ids: Sequence[int]) -> list[int]:
    """Records whose stage was changed by these events."""
    return sorted(connection.execute(_MOVED, {"ids": bigints(ids)}).scalars().all())


def left(connection: sa.Connection, wanted: Wanted, ids: Sequence[int]) -> list[tuple[int, bool]]:
    """Records that were moved by these events and are in none of the stages now: (id, whether there is an ask)."""
    return [tuple(row) for row in connection.execute(_LEFT, {**wanted.values(), "ids": bigints(ids)})]


def aged(connection: sa.Connection, wanted: Wanted, *, since: datetime, until: datetime, most: int) -> list[int]:
    """Records that came into one of the stages between these instants and are there still, not asked about yet."""
    values = {**wanted.values(), "since": since, "until": until, "most": most}
    return list(connection.execute(_AGED, values).scalars())


def of_records(connection: sa.Connection, wanted: Wanted, ids: Sequence[int]) -> list[Found]:
    """What decides about these records."""
    if not ids:
        return []
    return _found(_OF_RECORDS.rows(connection, {**wanted.values(), "ids": bigints(ids)}))


def there(connection: sa.Connection, wanted: Wanted, *, after: int, most: int) -> list[Found]:
    """What decides about the records that are in one of the stages now, by their ids from `after` on."""
    return _found(_THERE.rows(connection, {**wanted.values(), "after": after, "most": most}))


def _found(rows: list[tuple[Any, ...]]) -> list[Found]:
    """The statement names its columns in the order of the fields: they are many, and so are the rows."""
    return list(map(Found._make, rows))
