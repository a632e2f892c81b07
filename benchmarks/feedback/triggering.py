"""How long it takes to ask about every closed request, beside bare statements that write as many rows."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import sqlalchemy as sa

from benchmarks import meter
from benchmarks.feedback.register import NOW, Register
from caseline.actions import trigger_asks

NEWS: Final = 1_000
_MARGIN: Final = timedelta(minutes=1)
_COPY: Final = "CREATE SCHEMA bench; CREATE TABLE bench.ask (LIKE feedback.ask INCLUDING ALL)"
_BARE: Final = """
INSERT INTO bench.ask (
  public_id, campaign_id, form_version_id, subject, subject_id, period, service, contact_id, company_id, responsible_id,
  asked_by_id, division_id, channel, address, language, state, happened_at, state_at, state_by, due_at
)
SELECT left(md5(r.id::text), 12), 1, 1, 'request', r.id, 'once', r.category, r.contact_id, r.company_id, r.assignee_id,
  s.by_id, p.division_id, 'mail_smileys', coalesce(c.email, o.email), 'ru', 'queued', s.entered_at, :now, 'job',
  s.entered_at
FROM crm.record AS r
JOIN crm.stage_row AS s ON s.record_id = r.id AND s.left_at IS NULL
LEFT JOIN crm.contact AS c ON c.id = r.contact_id
LEFT JOIN crm.company AS o ON o.id = r.company_id
LEFT JOIN people.person AS p ON p.id = r.assignee_id
WHERE r.stage = 'closed'
"""
# The same rows into the table itself: references are checked, and every step is kept by the trigger.
_ALIKE: Final = (
    _BARE.replace("bench.ask", "feedback.ask")
    .replace("'queued'", "'draft'")
    .replace("SELECT left", "SELECT 'x' || left"),
    "UPDATE feedback.ask SET state = 'queued', state_at = :now WHERE state = 'draft'",
)


@dataclass(frozen=True, slots=True)
class Spent:
    """What something took."""

    seconds: float
    own_cpu_s: float
    server_cpu_s: float

    @property
    def cpu_s(self) -> float:
        """Seconds of processor time of both."""
        return self.own_cpu_s + self.server_cpu_s


@dataclass(frozen=True, slots=True)
class Triggered:
    """What asking about a register took."""

    requests: int
    asks: int
    all: Spent
    again: Spent
    """The round after it, which finds nothing new."""
    news: Spent
    """A round that finds `NEWS` requests which were closed since."""


def bare(register: Register, postmaster: int) -> tuple[Spent, Spent]:
    """(bare rows with all indexes, the same into the table itself with its triggers): both are thrown away."""
    register.run(*_COPY.split(";"))
    with register.house.engine.connect() as connection:
        limit = spent(lambda: _all(connection, _BARE), postmaster)
        connection.rollback()
        alike = spent(lambda: _all(connection, *_ALIKE), postmaster)
        connection.rollback()
    register.run("DROP SCHEMA bench CASCADE")
    register.tidy()
    return limit, alike


def run(register: Register, postmaster: int) -> Triggered:
    """Ask about all, look again, and ask about those that are closed then."""
    house = register.house
    whole = spent(lambda: trigger_asks.run(house, now=NOW), postmaster)
    asks = register.ask("SELECT count(*) FROM feedback.ask")
    if asks != register.requests:
        raise AssertionError(f"{register.requests:,} requests are closed, and {asks:,} asks were made")
    # The mark of how far the log is read moves on when the rounds before have ended for some seconds.
    for number in range(1, 3):
        trigger_asks.run(house, now=NOW + number * _MARGIN)
    register.tidy()
    again = min((spent(lambda: trigger_asks.run(house, now=NOW), postmaster) for _ in range(5)), key=_seconds)
    news = []
    for _ in range(3):
        register.close(NEWS)
        news.append(spent(lambda: trigger_asks.run(house, now=NOW), postmaster))
    return Triggered(register.requests, asks, whole, again, min(news, key=_seconds))


def spent(deed: Callable[[], object], postmaster: int) -> Spent:
    """What a deed takes, of our process and of the server."""
    own, server, begun = time.process_time(), meter.server_cpu_s(postmaster), time.perf_counter()
    deed()
    seconds = time.perf_counter() - begun
    return Spent(seconds, time.process_time() - own, meter.server_cpu_s(postmaster) - server)


def _all(connection: sa.Connection, *queries: str) -> None:
    for query in queries:
        connection.execute(sa.text(query), {"now": NOW})


def _seconds(one: Spent) -> float:
    return one.seconds
