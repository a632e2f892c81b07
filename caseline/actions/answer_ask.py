"""What somebody with a link does: looks, clicks a value, answers, corrects himself, wants to be asked no more.

What comes is kept first and judged in the next transaction; should we die between, the job judges it.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa

from caseline.actions import judge_ask, open_ask, tell_persons
from caseline.actions.judge_ask import Judged
from caseline.actions.open_ask import Ended, Sight
from caseline.actions.tell_persons import Visitor
from caseline.actions.wiring import House
from caseline.feedback import answering, answers, asks, signals
from caseline.feedback.answering import Checked
from caseline.feedback.answers import Given
from caseline.feedback.confirming import Kind, Mode, Standing
from caseline.feedback.forms import LANGUAGES, RATED
from caseline.feedback.links import Link
from caseline.feedback.signals import Came

_SUBMISSION: Final = re.compile(r"[A-Za-z0-9_-]{8,64}")


class Told(StrEnum):
    """What the page's script is told of the value that it has sent."""

    KEPT = "kept"
    """It counts, or will when nothing speaks against it."""
    PRESS = "press"
    """Somebody must press Save."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What was sent by Save."""

    given: Mapping[str, str]
    """Text by question."""
    submission: str
    mark: str
    language: str
    vouched: bool = False
    """A site of its own has seen the person, so that no mark of a page is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What came of it."""

    sight: Sight
    """As it stands now."""
    checked: Checked
    again: bool = False
    """It came as no person presses Save: it is kept, and counts when it is sent once more."""
    counted: bool = False
    """All that must be answered is, and counts."""


def see(house: House, link: Link | None, visitor: Visitor, *, value: int | None = None, now: datetime) -> Sight | None:
    """What a link shows, with the value that was clicked; None for what is none of ours. Only the visit is kept."""
    with house.engine.begin() as connection:
        found = open_ask.find(house, connection, link, now=now, value=value)
        if found is None or found.ended:
            return found
        question = found.rated.key if found.rated is not None and found.value is not None else None
        came = Came(
            ask_id=found.ask.id,
            at=now,
            kind=Kind.VISIT,
            question=question,
            value=found.value,
            prefetch=visitor.prefetch,
            net=visitor.net,
            agent=visitor.agent,
        )
        signals.add(connection, came)
        literal = found.campaign.rule.mode is Mode.LITERAL and found.value is not None
        if literal:
            asks.judge_at(connection, found.ask.id, now)
    if literal:
        _judged(house, found, now)
    return found


def look(house: House, link: Link | None, *, now: datetime) -> Sight | None:
    """What a link shows, to a site that shows it to somebody itself; no visit is kept."""
    with house.engine.begin() as connection:
        return open_ask.find(house, connection, link, now=now)


def sent(house: House, link: Link | None, value: int, mark: str, visitor: Visitor, *, now: datetime) -> Told | None:
    """The page's script sends the value that was clicked; None for what is no link of ours, or takes no answer."""
    with house.engine.begin() as connection:
        found = open_ask.find(house, connection, link, now=now, value=value)
        if found is None or found.ended:
            return None
        said = open_ask.marks(connection, now=now).read(found.ask.public_id, mark)
        rated = found.rated
        if said is None or not said.fresh(now) or said.value != found.value or rated is None or found.value is None:
            return Told.PRESS
        tell_persons.visited(connection, found, visitor, now=now)
        _keep(connection, found, {rated.key: found.value}, Kind.SENT, visitor, now)
    judged = _judged(house, found, now)
    one = None if judged is None else judged.judgements.get(rated.key)
    if one is None:
        return Told.PRESS
    waits = one.standing is Standing.PROVISIONAL and one.value == found.value
    counts = one.standing is None and one.effective is not None and one.effective.value == found.value
    return Told.KEPT if waits or counts else Told.PRESS


def seen(house: House, link: Link | None, mark: str, visitor: Visitor, *, now: datetime) -> bool:
    """The page's script says that somebody looks at it; False for what is no link of ours."""
    with house.engine.begin() as connection:
        found = open_ask.find(house, connection, link, now=now)
        if found is None:
            return False
        said = None if found.ended else open_ask.marks(connection, now=now).read(found.ask.public_id, mark)
        if said is not None and said.fresh(now):
            tell_persons.visited(connection, found, visitor, now=now)
    return True


def save(house: House, link: Link | None, wish: Wish, visitor: Visitor, *, now: datetime) -> Saved | None:
    """Somebody answers, or corrects himself; None for what is no link of ours.

    What holds is kept although something else is at fault, and what is at fault is named. The same page sent twice is
    one answer.
    """
    with house.engine.begin() as connection:
        found = open_ask.find(house, connection, link, now=now)
        if found is None:
            return None
        checked = answering.check(found.form, wish.given)
        if found.ended:
            return Saved(sight=found, checked=checked)
        read = open_ask.marks(connection, now=now).read(found.ask.public_id, wish.mark)
        person = wish.vouched or (
            read is not None
            and read.looked(now)
            and not tell_persons.walks(connection, found, wish.given, read, visitor, now=now)
        )
        values = {key: value for key, value in checked.answers.items() if _rated(found, key)}
        drawn = now if read is None else read.at
        new = _keep_answer(connection, found, checked, wish, now, drawn=drawn if person else None)
        if new:
            # What no person can have pressed is kept as what a machine has sent: alone it never counts.
            who = visitor if person else replace(visitor, prefetch=True)
            _keep(connection, found, values, Kind.GESTURE if person else Kind.SENT, who, now)
    judged = _judged(house, found, now)
    counts: Mapping[str, Any] = {} if judged is None else judged.outcome.values
    whole = judged is not None and judged.outcome.whole
    fits = whole and (not new or all(counts.get(key) == value for key, value in values.items()))
    shown = replace(found, values={**found.values, **checked.answers})
    return Saved(
        sight=shown, checked=checked, counted=fits, again=checked.complete and bool(checked.answers) and not fits
    )


def _keep_answer(
    connection: sa.Connection, found: Sight, checked: Checked, wish: Wish, now: datetime, *, drawn: datetime | None
) -> bool:
    """Keep what was said; `drawn`: when a person was shown the page, None where no person can have sent it."""
    document: dict[str, Any] = dict(checked.answers)
    if drawn is None:
        # What a machine has chosen must stand in no form that a person sends next.
        document = {key: value for key, value in document.items() if not _rated(found, key)}
    else:
        document = {**dict.fromkeys(_taken_back(connection, found, wish, drawn), ""), **document}
    if not (document or checked.answers):
        return False
    given = Given(
        ask_id=found.ask.id,
        submission=_submission(wish),
        at=now,
        document=document,
        language=wish.language if wish.language in LANGUAGES else found.ask.language,
        complete=checked.complete,
    )
    return answers.add(connection, given)


def _taken_back(connection: sa.Connection, found: Sight, wish: Wish, drawn: datetime) -> list[str]:
    """What was written before and is empty now, unless it was written after this page was shown."""
    written = {key: one.at for one in answers.of(connection, found.ask.id) for key in one.document}
    return [
        key
        for key, text in wish.given.items()
        if not text.strip()
        and isinstance(found.values.get(key), str)
        and _optional(found, key)
        and written.get(key, drawn) <= drawn
    ]


def _rated(found: Sight, key: str) -> bool:
    question = found.form.question(key)
    return question is not None and question.kind in RATED


def _optional(found: Sight, key: str) -> bool:
    question = found.form.question(key)
    return question is not None and not question.required and not _rated(found, key)


def _submission(wish: Wish) -> str:
    """Of a page of ours it is its own; of what names none, by what it says, so that it is kept once all the same."""
    if _SUBMISSION.fullmatch(wish.submission):
        return wish.submission
    said = repr((wish.submission, sorted(wish.given.items())))
    return f"by content {hashlib.sha256(said.encode(errors='surrogatepass')).hexdigest()}"


def _keep(
    connection: sa.Connection,
    found: Sight,
    values: Mapping[str, answering.Value],
    kind: Kind,
    visitor: Visitor,
    now: datetime,
) -> None:
    for key, value in values.items():
        came = Came(
            ask_id=found.ask.id,
            at=now,
            kind=kind,
            question=key,
            value=int(value),
            prefetch=visitor.prefetch,
            net=visitor.net,
            agent=visitor.agent,
        )
        signals.add(connection, came)
    asks.judge_at(connection, found.ask.id, now)


def _judged(house: House, found: Sight, now: datetime) -> Judged | None:
    with house.engine.begin() as connection:
        return judge_ask.judge(house, connection, found.ask.id, now=now)


__all__ = ["Ended", "Saved", "Sight", "Told", "Visitor", "Wish", "look", "save", "see", "seen", "sent"]
