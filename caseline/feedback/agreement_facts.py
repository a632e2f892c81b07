"""SQL that says of agreements whether they may be asked about now, all of them in one statement.

A service that goes on is asked about every so many days while the agreement is in work; one that is rendered once, one
time after the agreement is done. `due` answers those of whom `audience.asked` would say so, `facts` what it needs to
say why the others are not; a test compares the two.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from caseline.feedback.audience import RESTING, Facts, Rule
from caseline.feedback.bad_addresses import BAD

SUBJECT: Final = "agreement"
ONCE: Final = "once"
"""The period of what is asked about one time."""
_LAST: Final = 5
"""So many of the last asks about an agreement say how it stands; there may be any number of older ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a campaign asks agreements for."""

    campaign_id: int
    kind: str
    """Of the campaign: asks of one kind are counted together."""
    switched_on_at: datetime
    rule: Rule
    every: timedelta = timedelta(days=90)
    """How often an agreement that goes on is asked about, where its service says nothing else."""
    by_hand: bool = True
    """Whether somebody chooses the address: then that of the card does not matter."""
    zone: str
    """In which days begin and end."""
    silent: tuple[str, ...] = RESTING
    """States of asks after which nobody rests."""
    own: int = 0
    """The ask for which this is asked: nobody rests because of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An agreement, with all that an ask about it is made of."""

    agreement_id: int
    number: str
    period: str
    """What makes the ask unique: `once`, or the day on which it came to it."""
    service: str
    happened_at: datetime
    contact_id: int | None
    company_id: int | None
    responsible_id: int | None
    """Its manager."""
    division_id: int | None
    address: str | None
    """Of the card: the contact's, else the company's."""


# `sieved`: only what its own columns do not exclude is looked into further; nearly all are asked about some other time.
# `base`: from when the days are counted. What was not sent counts from the moment at which it was given up.
_FACTS: Final = f"""
WITH known AS MATERIALIZED (
  SELECT a.id, a.number, a.company_id, a.contact_id, a.manager_id, a.status, a.asked_at, a.created_at, a.done_at,
    a.source IS NOT NULL AS brought, s.code AS service, s.kind = 'once' AS once,
    coalesce(s.every_days * interval '24 hours', CAST(:every AS interval)) AS every,
    coalesce(a.division_id, manager.division_id) AS division_id,
    coalesce(nullif(contact.email, ''), nullif(company.email, '')) AS address,
    CAST(a.started_on AS timestamp) AT TIME ZONE :zone AS starts_at,
    CAST(a.finished_on AS timestamp) AT TIME ZONE :zone AS ends_from,
    CAST(a.finished_on + 1 AS timestamp) AT TIME ZONE :zone AS ends_at
  FROM crm.agreement AS a
  JOIN crm.service AS s ON s.id = a.service_id
  LEFT JOIN people.person AS manager ON manager.id = a.manager_id
  LEFT JOIN crm.contact AS contact ON contact.id = a.contact_id
  LEFT JOIN crm.company AS company ON company.id = a.company_id
  WHERE (CAST(:ids AS bigint[]) IS NULL OR a.id = ANY (CAST(:ids AS bigint[]))) AND (NOT :sieved OR CASE
    WHEN s.kind = 'once' THEN a.status = 'done' AND (a.asked_at >= a.done_at) IS NOT TRUE
    ELSE a.status = 'work'
      AND (a.asked_at + coalesce(s.every_days * interval '24 hours', CAST(:every AS interval)) > :now) IS NOT TRUE END)
), mine AS MATERIALIZED (
  SELECT known.id, bool_or(period = '{ONCE}') AS once,
    bool_or(state IN ('draft', 'needs_data', 'awaiting_address', 'queued', 'sent', 'visited', 'answering')) AS open,
    max(coalesce(sent_at, CASE WHEN state IN ('skipped', 'failed', 'cancelled') THEN state_at ELSE happened_at END))
      AS at
  FROM known CROSS JOIN LATERAL (
    SELECT a.period, a.state, a.sent_at, a.state_at, a.happened_at FROM feedback.ask AS a
    WHERE a.campaign_id = :campaign AND a.subject = '{SUBJECT}' AND a.subject_id = known.id
    ORDER BY a.id DESC LIMIT {_LAST}
  ) AS lately
  GROUP BY known.id
), timed AS (
  SELECT known.*, mine.open IS TRUE AS open, mine.once IS TRUE AS done_once, mine.at AS mine_at,
    greatest(known.asked_at, mine.at) AS base,
    CASE WHEN known.once THEN status = 'done'
      ELSE status = 'work' AND (starts_at IS NULL OR starts_at <= :now) END AS may
  FROM known LEFT JOIN mine ON mine.id = known.id
), told AS (
  SELECT id, number, company_id, contact_id, manager_id, division_id, service, once, address, may,
    may AND once AND brought AND done_at IS NULL AND ends_at IS NULL AS imported,
    CASE
      WHEN NOT may THEN greatest(created_at, :switched_on)
      WHEN once THEN coalesce(done_at, CASE WHEN ends_at IS NOT NULL THEN least(ends_at, :now) END, created_at)
      ELSE greatest(base + every, CASE WHEN base IS NULL THEN starts_at END, :switched_on)
    END AS happened_at,
    coalesce(ends_at, done_at) AS finished_at,
    CASE
      WHEN once THEN CASE
        WHEN done_once THEN base
        WHEN asked_at >= coalesce(least(done_at, ends_from), '-infinity') THEN asked_at
      END
      WHEN open OR base + every > :now THEN base
    END AS asked_at
  FROM timed
), gone AS MATERIALIZED (
  SELECT contact_id, address FROM feedback.opt_out WHERE ended_at IS NULL
  UNION ALL SELECT m.into_id, NULL FROM feedback.opt_out AS o JOIN crm.contact_merge AS m ON m.gone_id = o.contact_id
  WHERE o.ended_at IS NULL
), bad AS MATERIALIZED ({BAD}), facts AS (
  SELECT told.*,
    EXISTS (SELECT FROM gone WHERE gone.contact_id = told.contact_id)
      OR NOT :by_hand AND lower(told.address) IN (SELECT lower(address) FROM gone WHERE address IS NOT NULL) IS TRUE
      OR NOT :by_hand AND EXISTS (SELECT FROM feedback.opt_out AS n WHERE n.ended_at IS NULL AND n.digest IS NOT NULL
        AND n.digest = sha256(convert_to(lower(trim(told.address)), 'UTF8')))
      AS opted_out,
    :by_hand OR told.address LIKE '%_@_%' AS contact,
    NOT :by_hand AND lower(told.address) IN (SELECT folded FROM bad) IS TRUE AS bad_address
  FROM told
)
"""  # noqa: S608 - our own words
_LATELY: Final = """
LEFT JOIN LATERAL (
  SELECT max(coalesce(ask.sent_at, ask.happened_at)) FILTER (WHERE campaign.kind = :kind) AS person_asked_at,
    max(coalesce(ask.sent_at, ask.happened_at)) FILTER (WHERE campaign.kind <> 'smileys') AS anybody_asked_at
  FROM feedback.ask AS ask JOIN feedback.campaign AS campaign ON campaign.id = ask.campaign_id
  WHERE ask.contact_id = ANY (ARRAY(SELECT facts.contact_id
      UNION ALL SELECT m.gone_id FROM crm.contact_merge AS m WHERE m.into_id = facts.contact_id))
    AND NOT ask.state = ANY (CAST(:silent AS text[])) AND ask.id <> :own
) AS lately ON true
"""
_EVERY: Final = f"""{_FACTS}
SELECT facts.*, lately.* FROM facts {_LATELY} WHERE facts.id > :after ORDER BY facts.id LIMIT :most
"""  # noqa: S608 - our own words
_DUE: Final = f"""{_FACTS}, fit AS MATERIALIZED (
  SELECT * FROM facts
  WHERE may AND NOT imported AND happened_at >= :switched_on AND asked_at IS NULL
    AND (cardinality(CAST(:services AS text[])) = 0 OR service = ANY (CAST(:services AS text[])))
    AND NOT service = ANY (CAST(:without_services AS text[]))
    AND (cardinality(CAST(:divisions AS bigint[])) = 0 OR division_id = ANY (CAST(:divisions AS bigint[])))
    AND (finished_at >= :now - CAST(:finished_within AS interval)) IS NOT FALSE
    AND NOT opted_out AND contact IS TRUE AND NOT bad_address
)
SELECT facts.*, lately.* FROM fit AS facts {_LATELY}
WHERE facts.id > :after
  AND (lately.person_asked_at + CAST(:person_rests AS interval) > :now) IS NOT TRUE
  AND (lately.anybody_asked_at + CAST(:anybody_rests AS interval) > :now) IS NOT TRUE
ORDER BY facts.id LIMIT :most
"""  # noqa: S608 - our own words


def due(
    connection: sa.Connection, wanted: Wanted, *, now: datetime, after: int = 0, most: int | None = None
) -> list[Candidate]:
    """Agreements that may be asked about now, by id, from one id on."""
    found = connection.execute(
        sa.text(_DUE), _values(wanted, now, None) | {"after": after, "most": most, "sieved": True}
    )
    return [_candidate(row, wanted.zone) for row in found.mappings()]


def facts(
    connection: sa.Connection,
    wanted: Wanted,
    *,
    now: datetime,
    ids: Collection[int] | None = None,
    after: int = 0,
    most: int | None = None,
) -> list[tuple[Candidate, Facts]]:
    """What `audience.asked` decides by, of all agreements or of these, by id, from one id on."""
    values = _values(wanted, now, ids) | {"after": after, "most": most, "sieved": False}
    found = connection.execute(sa.text(_EVERY), values).mappings()
    return [(_candidate(row, wanted.zone), _facts(row, wanted.switched_on_at)) for row in found]


def _values(wanted: Wanted, now: datetime, ids: Collection[int] | None) -> dict[str, Any]:
    rule = wanted.rule
    return {
        "campaign": wanted.campaign_id,
        "kind": wanted.kind,
        "switched_on": wanted.switched_on_at,
        "every": wanted.every,
        "by_hand": wanted.by_hand,
        "zone": wanted.zone,
        "silent": list(wanted.silent),
        "own": wanted.own,
        "now": now,
        "ids": None if ids is None else sorted(ids),
        "services": sorted(rule.services),
        "without_services": sorted(rule.without_services),
        "divisions": sorted(rule.divisions),
        "finished_within": rule.finished_within,
        "person_rests": rule.person_rests,
        "anybody_rests": rule.anybody_rests,
    }


def _candidate(row: Any, zone: str) -> Candidate:  # noqa: ANN401 - a mapping of a row
    return Candidate(
        agreement_id=row["id"],
        number=row["number"],
        period=ONCE if row["once"] else f"{row['happened_at'].astimezone(ZoneInfo(zone)):%Y-%m-%d}",
        responsible_id=row["manager_id"],
        **{
            name: row[name] for name in ("service", "happened_at", "contact_id", "company_id", "division_id", "address")
        },
    )


def _facts(row: Any, switched_on_at: datetime) -> Facts:  # noqa: ANN401 - a mapping of a row
    names = ("happened_at", "imported", "may", "service", "division_id", "finished_at", "asked_at", "opted_out")
    more = ("bad_address", "person_asked_at", "anybody_asked_at")
    return Facts(
        switched_on_at=switched_on_at, contact=bool(row["contact"]), **{name: row[name] for name in (*names, *more)}
    )
