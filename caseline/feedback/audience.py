"""Who is asked, and who is not and why: pure rules over facts that a store has gathered, the same for a dry run.

The store excludes in sets what one statement can exclude; every reason stands here once, with the order in which they
are tried, so that a dry run, the list "why not asked" and the campaign itself always say the same.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final


class Skip(StrEnum):
    """Why somebody is not asked. Their order is that in which they are looked at."""

    IMPORTED = "imported"
    """It was brought by an import, or happened before the campaign was switched on."""
    BORN_OF_FEEDBACK = "born of feedback"
    """It was made from an answer; such records never start a campaign."""
    REOPENED = "reopened"
    STATUS = "status"
    SERVICE = "service"
    DIVISION = "division"
    TOO_OLD = "too old"
    ASKED_ALREADY = "asked already"
    ELSEWHERE = "another campaign"
    """Another campaign asks, or has asked, about the same request."""
    NOT_YET = "not yet"
    """It has not been long enough in the stage that the campaign waits for."""
    OPTED_OUT = "opted out"
    NO_CONTACT = "no contact"
    BAD_ADDRESS = "bad address"
    """Letters to it came back."""
    FATIGUE = "asked lately"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Whom a campaign may ask."""

    services: frozenset[str] = frozenset()
    """Codes; empty: all."""
    without_services: frozenset[str] = frozenset()
    divisions: frozenset[int] = frozenset()
    """Ids; empty: all."""
    finished_within: timedelta | None = None
    """What was finished longer ago is not asked about; None: however long."""
    person_rests: timedelta | None = None
    """So long after an ask of this kind a person is asked by none of it; None: this kind has no limit."""
    anybody_rests: timedelta | None = None
    """The same for asks of all kinds, as the house has set it; None: no limit."""

    @property
    def rests(self) -> bool:
        """Whether it matters when a person was asked last."""
        return self.person_rests is not None or self.anybody_rests is not None


@dataclass(slots=True, kw_only=True)
class Facts:
    """What is known of a subject and of the person who would be asked, at a moment.

    Not frozen, as nothing is of which a campaign makes hundreds of thousands: that would take twice the time.
    """

    happened_at: datetime
    """When it came to what the campaign waits for."""
    switched_on_at: datetime
    imported: bool = False
    born_of_feedback: bool = False
    still_so: bool = True
    """Whether the subject is still in the stage that the campaign waits for."""
    ripe_at: datetime | None = None
    """When it will have been there as long as the campaign wants; None: that does not matter."""
    may: bool = True
    """Whether the status of an agreement permits asking."""
    service: str | None = None
    division_id: int | None = None
    finished_at: datetime | None = None
    asked_at: datetime | None = None
    """When this campaign asked about it in the same period."""
    contact: bool = True
    opted_out: bool = False
    bad_address: bool = False
    person_asked_at: datetime | None = None
    """The last ask of this kind, whatever it was about."""
    anybody_asked_at: datetime | None = None
    """The last ask of any kind."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether somebody is asked."""

    skip: Skip | None
    since: datetime | None = None
    """What was too long or too short ago: the reason is told with its date."""
    free_at: datetime | None = None
    """From when on it would be another answer, where time alone decides."""

    @property
    def reason(self) -> str | None:
        """Why nobody is asked, as an ask keeps it; None where somebody is."""
        if self.skip is None:
            return None
        return self.skip.value if self.since is None else f"{self.skip.value}: {self.since:%Y-%m-%d}"


_YES: Final = Answer(None)
RESTING: Final = ("skipped", "cancelled", "failed")
"""States of asks after which nobody has been asked, so that he needs no rest."""
WAITING: Final = (*RESTING, "draft", "needs_data", "awaiting_address")
"""The same for somebody who waits himself: of two that wait, one is let go on."""


def asked(rule: Rule, facts: Facts, now: datetime) -> Answer:
    """Whether to ask, by the first reason against it."""
    return _of_the_subject(rule, facts, now) or _ripe(facts, now) or _of_the_person(rule, facts, now) or _YES


def _of_the_subject(rule: Rule, facts: Facts, now: datetime) -> Answer | None:  # noqa: C901 - a branch for each reason
    skip, since = None, None
    if facts.imported or facts.happened_at < facts.switched_on_at:
        skip, since = Skip.IMPORTED, facts.happened_at
    elif facts.born_of_feedback:
        skip = Skip.BORN_OF_FEEDBACK
    elif not facts.still_so:
        skip = Skip.REOPENED
    elif not facts.may:
        skip = Skip.STATUS
    elif _outside(facts.service, rule.services) or facts.service in rule.without_services:
        skip = Skip.SERVICE
    elif _outside(facts.division_id, rule.divisions):
        skip = Skip.DIVISION
    elif _longer_ago(facts.finished_at, rule.finished_within, now):
        skip, since = Skip.TOO_OLD, facts.finished_at
    elif facts.asked_at is not None:
        skip, since = Skip.ASKED_ALREADY, facts.asked_at
    return None if skip is None else Answer(skip, since)


def _ripe(facts: Facts, now: datetime) -> Answer | None:
    if facts.ripe_at is None or facts.ripe_at <= now:
        return None
    return Answer(Skip.NOT_YET, facts.happened_at, facts.ripe_at)


def _of_the_person(rule: Rule, facts: Facts, now: datetime) -> Answer | None:
    if facts.opted_out:
        return Answer(Skip.OPTED_OUT)
    if not facts.contact:
        return Answer(Skip.NO_CONTACT)
    if facts.bad_address:
        return Answer(Skip.BAD_ADDRESS)
    if facts.person_asked_at is None and facts.anybody_asked_at is None:
        return None
    rests = [(facts.person_asked_at, rule.person_rests), (facts.anybody_asked_at, rule.anybody_rests)]
    held = [(at, at + rest) for at, rest in rests if at is not None and rest is not None and at + rest > now]
    if not held:
        return None
    since, free_at = max(held, key=lambda one: one[1])
    return Answer(Skip.FATIGUE, since, free_at)


def _outside(one: object, some: frozenset[Any]) -> bool:
    return bool(some) and one not in some


def _longer_ago(at: datetime | None, most: timedelta | None, now: datetime) -> bool:
    return at is not None and most is not None and now - at > most
