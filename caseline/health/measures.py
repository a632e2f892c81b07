"""What is measured of a house: a name, what it tells, and the statement that answers it."""

from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Measure:
    """One measured thing. Its statement answers rows of as many labels as it has, and a value after them."""

    name: str
    """As monitoring knows it, the unit at its end."""
    told: str
    statement: str
    """Takes `:now`, an aware time."""
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sample:
    """What was measured."""

    name: str
    labels: tuple[str, ...]
    value: float


@dataclass(frozen=True, slots=True)
class Taken:
    """All that was measured at once."""

    samples: tuple[Sample, ...]
    failed: dict[str, str] = field(default_factory=dict)
    """Measures that could not be taken, and why."""

    def of(self, name: str) -> dict[tuple[str, ...], float]:
        """The values of a measure by their labels."""
        return {one.labels: one.value for one in self.samples if one.name == name}

    def one(self, name: str) -> float | None:
        """The value of a measure without labels; None when it could not be taken, or there is nothing to tell."""
        return self.of(name).get(())


def _age(column: str, rest: str) -> str:
    """The statement of how long the oldest of something has waited, in seconds; 0 when nothing waits."""
    oldest = f"SELECT min({column}) AS since FROM {rest}"  # noqa: S608 - our own words, here and below
    return f"SELECT coalesce(greatest(extract(epoch FROM :now - since), 0), 0) FROM ({oldest}) AS oldest"  # noqa: S608 - above


MEASURES: Final = (
    Measure(
        "caseline_staging_rows",
        "Rows of the staging table by source, part and status",
        """
        SELECT p.source, p.name, r.status, r.rows FROM staging.part AS p JOIN (
          SELECT part_id, status, count(*) AS rows FROM staging.row GROUP BY part_id, status
        ) AS r ON r.part_id = p.id
        """,
        ("source", "part", "status"),
    ),
    Measure(
        "caseline_import_rows_per_second",
        "Rows that imports have settled in each second of the last minute",
        """
        SELECT coalesce(sum(success + failed), 0) / 60.0 FROM staging.batch
        WHERE done_at > :now - interval '1 minute'
        """,
    ),
    Measure(
        "caseline_import_open_runs",
        "Imports that are not finished",
        "SELECT count(*) FROM staging.run WHERE state = 'open'",
    ),
    Measure(
        "caseline_import_silent_runs",
        "Imports that are not finished and that nobody works on: no batch is leased, none was done in ten minutes",
        """
        SELECT count(*) FROM staging.run AS r WHERE r.state = 'open' AND r.started_at < :now - interval '10 minutes'
          AND NOT EXISTS (
            SELECT FROM staging.batch AS b WHERE b.run_id = r.id
              AND (b.until > :now OR b.done_at > :now - interval '10 minutes')
          )
        """,
    ),
    Measure(
        "caseline_outbox_letters",
        "Letters that have not left yet, by state",
        "SELECT state, count(*) FROM outbox.letter WHERE state IN ('queued', 'held', 'sending') GROUP BY state",
        ("state",),
    ),
    Measure(
        "caseline_outbox_age_seconds",
        "How long the oldest letter that is due has waited",
        _age("due_at", "outbox.letter WHERE state IN ('queued', 'sending') AND due_at <= :now"),
    ),
    Measure(
        "caseline_mail_waiting",
        "Mails that came and are not sorted yet",
        "SELECT count(*) FROM mail.mail WHERE state = 'received'",
    ),
    Measure(
        "caseline_mail_age_seconds",
        "How long the oldest mail that is not sorted has waited",
        _age("received_at", "mail.mail WHERE state = 'received'"),
    ),
    Measure(
        "caseline_mail_apart",
        "Mails that wait for somebody to look at them, by state",
        "SELECT state, count(*) FROM mail.mail WHERE state IN ('tray', 'quarantine') GROUP BY state",
        ("state",),
    ),
    Measure(
        "caseline_mail_troubles",
        "Mailboxes, folders and mails that cannot be read",
        "SELECT count(*) FROM mail.trouble",
    ),
    Measure(
        "caseline_events_behind",
        "Numbers of events beyond what a consumer has done",
        """
        SELECT c.name, greatest(coalesce((SELECT max(id) FROM crm.event), 0) - c.event_id, 0) FROM crm.consumer AS c
        """,
        ("consumer",),
    ),
    Measure(
        "caseline_events_age_seconds",
        "How long the oldest event beyond what a consumer has done has waited",
        """
        SELECT c.name, coalesce(greatest(extract(epoch FROM :now - first.at), 0), 0) FROM crm.consumer AS c
        LEFT JOIN LATERAL (
          SELECT e.at FROM crm.event AS e WHERE e.id > c.event_id ORDER BY e.id LIMIT 1
        ) AS first ON true
        """,
        ("consumer",),
    ),
    Measure(
        "caseline_portal_wait_seconds",
        "Until when a portal counts the requests that it was sent; 0 when all its room is free",
        "SELECT portal, greatest(extract(epoch FROM full_at - :now), 0) FROM portal.pace",
        ("portal",),
    ),
    Measure(
        "caseline_portal_operating_seconds",
        "Seconds that a method has worked on the portal, of those it may in ten minutes",
        "SELECT method, max(seconds) FROM portal.operating WHERE reset_at > :now GROUP BY method",
        ("method",),
    ),
    Measure(
        "caseline_requests_overdue",
        "Open requests past their deadline",
        """
        SELECT count(*) FROM crm.deadline AS d JOIN crm.record AS r ON r.id = d.record_id
        WHERE d.stopped_at IS NULL AND d.due_at <= :now AND r.closed_at IS NULL
        """,
    ),
    Measure(
        "caseline_asks",
        "Clients who are to be asked for feedback and were not yet, by state",
        """
        SELECT state, count(*) FROM feedback.ask WHERE state IN ('queued', 'awaiting_address', 'needs_data')
        GROUP BY state
        """,
        ("state",),
    ),
    Measure(
        "caseline_asks_age_seconds",
        "How long the oldest ask that is due has waited for its letter to be written",
        _age("due_at", "feedback.ask WHERE state = 'queued' AND due_at <= :now AND letter_id IS NULL"),
    ),
    Measure(
        "caseline_followups_age_seconds",
        "How long the oldest consequence of an answer has waited",
        _age("due_at", "feedback.effect WHERE done_at IS NULL AND due_at <= :now"),
    ),
    Measure(
        "caseline_webhooks_age_seconds",
        "How long the oldest call of another system has waited since it was made",
        _age("made_at", "feedback.hook_call WHERE due_at IS NOT NULL"),
    ),
    Measure(
        "caseline_chat_age_seconds",
        "How long the oldest chat message has waited, by way",
        f"""
        SELECT 'out', ({_age("due_at", "chat.outgoing WHERE state IN ('queued', 'sending') AND due_at <= :now")})
        UNION ALL SELECT 'in', ({_age("due_at", "chat.incoming WHERE handled_at IS NULL AND due_at <= :now")})
        """,
        ("way",),
    ),
    Measure(
        "caseline_ratings_day",
        "Ratings that count, of the last 24 hours, by channel",
        """
        SELECT a.channel, count(*) FROM feedback.rating AS r JOIN feedback.ask AS a ON a.id = r.ask_id
        WHERE r.superseded_at IS NULL AND r.at > :now - interval '1 day' GROUP BY a.channel
        """,
        ("channel",),
    ),
)
"""Counts are of what waits, ages of the oldest of it; staging rows alone grow with what was imported."""
