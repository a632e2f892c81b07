"""Decides which request a mail belongs to: by ids and tokens, never by its subject, and asking who sends it.

What a mail names is a list of clues, the surest first. The first clue whose request the sender has to do with wins. A
clue that proves itself (a token of ours) is believed whoever sends it, and the newcomer is marked; any other clue of a
stranger opens a new request that says which one it may belong to, because ids in headers are easily copied or forged.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from caseline.crm.timeline import Successor

FRESH: Final = timedelta(days=90)
"""How long an id that we never had, or a Thread-Index, points at a request."""
MOST_LINKED: Final = 20
"""Requests that a verdict links: whoever reads more of them would find none."""


class Rule(StrEnum):
    """By what a mail names a request, the surest first."""

    TOKEN = "token"  # noqa: S105 - the name of a rule
    """The reply address is ours and bears our token."""
    OWN_ID = "own_id"
    """A Message-ID that we minted, with its token."""
    STORED_ID = "stored_id"
    """The Message-ID of a mail or letter that we keep, imported ones included."""
    GHOST = "ghost"
    """An id that other mails of the request named, though we never had it."""
    THREAD_INDEX = "thread_index"
    """The root of an Outlook conversation."""


PROVEN: Final = frozenset({Rule.TOKEN, Rule.OWN_ID})
WEAK: Final = frozenset({Rule.GHOST, Rule.THREAD_INDEX})


class Relation(StrEnum):
    """What the sender has to do with a request."""

    REQUESTER = "requester"
    OUTSIDER = "outsider"
    """Works on the assignment that the clue names."""
    PARTICIPANT = "participant"
    """Wrote or was written to in this request before."""
    COMPANY = "company"
    """A contact of the requester's company."""
    STAFF = "staff"
    STRANGER = "stranger"


@dataclass(frozen=True, slots=True)
class Clue:
    """A sign that a mail belongs to a request."""

    rule: Rule
    value: str
    """The id, address or root as the mail has it."""
    place: str
    """The header that it stands in."""
    record_id: int
    assignment_id: int | None = None
    at: datetime | None = None
    """When what it points at came or went; None where that does not matter."""


@dataclass(frozen=True, slots=True)
class State:
    """A request as far as threading asks for it."""

    record_id: int
    relation: Relation
    """Of the sender of this mail."""
    closed_at: datetime | None = None
    merged_into: int | None = None
    version: int = 0


States = Mapping[tuple[int, int | None], State]
"""By (record, assignment)."""


class Act(StrEnum):
    """What becomes of a mail."""

    JOIN = "join"
    REOPEN = "reopen"
    """It joins a request that was closed not long ago, which is opened again."""
    NEW = "new"
    TRAY = "tray"
    """Automatic, and belongs to nothing."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where a mail lands, and why."""

    act: Act
    record_id: int | None = None
    """The request that it joins."""
    assignment_id: int | None = None
    clue: Clue | None = None
    """What decided; None for a new request that names none."""
    relation: Relation | None = None
    unverified: bool = False
    """Nobody vouches for the sender: somebody new with a valid token, or somebody unproven."""
    unproven: str | None = None
    """Own server, where it found that the sender's domain does not stand for the mail (DMARC)."""
    linked: tuple[int, ...] = ()
    """Requests that it may belong to, or that others of its clues name."""
    follows: tuple[int, ...] = ()
    """Requests closed long ago where it goes on: the one that it names first."""
    besides: tuple[int, ...] = ()
    """Other assignments of the request that our own ids and addresses in it name."""
    further: bool = False
    """Of a request that it joins instead of the one that it names: others came between the two."""
    undelivered: tuple[str, ...] = ()
    """Of a report: whom a letter did not reach, if it cannot be said which letter."""
    reason: str = ""
    """Of a new request: why no clue decided."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What a setting decides."""

    reopen: timedelta = timedelta(days=14)
    """How long after its closing a request is opened again by a mail."""


def judge(
    clues: Sequence[Clue], states: States, *, now: datetime, rules: Rules, successors: Sequence[Successor] = ()
) -> Verdict:
    """Where a mail that names these requests lands; `clues` are in the order of `Rule`, the nearest of each first.

    `states`: by (record, assignment) of each clue; requests that are gone have none. `successors`: of the requests that
    a verdict without them says it follows, the newest first, each with its state. Rules: facts of mail, f 7-9.
    """
    alive = [
        (clue, state) for clue in clues if (state := _survivor(states, clue.record_id, clue.assignment_id)) is not None
    ]
    doubtful: list[int] = []
    ended: Verdict | None = None
    for clue, state in alive:
        known = state.relation is not Relation.STRANGER
        if not known and clue.rule not in PROVEN:
            doubtful.append(state.record_id)
            continue
        if not _fresh(clue, state, alive, now):
            continue
        clue, state = _meant(clue, state, alive)  # noqa: PLW2901 - the better of two that say the same request
        others = _others(alive, state.record_id)
        if (act := _act(state, now, rules, clue)) is None:
            # It may name the request, too, in which the matter goes on.
            # A merge may be taken back: then the request that the clue names is the one that was closed.
            follows = tuple(dict.fromkeys([state.record_id, clue.record_id]))
            linked = tuple(dict.fromkeys([*follows, *others]))[:MOST_LINKED]
            ended = ended or Verdict(Act.NEW, clue=clue, linked=linked, follows=follows, reason="closed long ago")
            continue
        found = Verdict(act, state.record_id, clue.assignment_id, clue, state.relation, unverified=not known)
        besides = dict.fromkeys(one.assignment_id for one, _state in _proven(alive, state) if one.assignment_id)
        besides.pop(clue.assignment_id or 0, None)
        return replace(found, linked=others, besides=tuple(besides))
    if ended is not None:
        return _going_on(ended, successors, states, now, rules)
    if doubtful:
        return Verdict(Act.NEW, linked=tuple(dict.fromkeys(doubtful))[:MOST_LINKED], reason="stranger")
    return Verdict(Act.NEW, reason="stale" if alive else "no clue")


def _going_on(ended: Verdict, successors: Sequence[Successor], states: States, now: datetime, rules: Rules) -> Verdict:
    """The newest request that runs where the one that was named has ended, if the sender has to do with it."""
    found = [(one, state) for one in successors if (state := _survivor(states, one.record_id)) is not None]
    known = [(one, state) for one, state in found if state.relation is not Relation.STRANGER]
    for one, state in known:
        act = _act(state, now, rules)
        if act is not None:
            others = tuple(number for number in ended.linked if number not in {*ended.follows, state.record_id})
            # What proves that somebody has seen a letter of the old request proves nothing about this one.
            return Verdict(
                act,
                state.record_id,
                clue=ended.clue,
                relation=state.relation,
                linked=others,
                follows=ended.follows,
                further=not one.direct or state.record_id != one.record_id,
            )
    # All of these have ended, too: an answer to the last of them shall find the new one as well.
    last = [state.record_id for _one, state in known][:1]
    follows = tuple(dict.fromkeys([*ended.follows, *last]))
    return replace(ended, follows=follows, linked=tuple(dict.fromkeys([*follows, *ended.linked]))[:MOST_LINKED])


def _meant(clue: Clue, state: State, alive: Sequence[tuple[Clue, State]]) -> tuple[Clue, State]:
    """Whoever answers all may name the client's thread and an assignment by tokens of ours: his own is meant."""
    if clue.rule not in PROVEN or _own(clue, state):
        return clue, state
    return next((pair for pair in _proven(alive, state) if _own(*pair)), (clue, state))


def _own(clue: Clue, state: State) -> bool:
    return state.relation is (Relation.REQUESTER if clue.assignment_id is None else Relation.OUTSIDER)


def _proven(alive: Sequence[tuple[Clue, State]], state: State) -> list[tuple[Clue, State]]:
    return [(one, other) for one, other in alive if one.rule in PROVEN and other.record_id == state.record_id]


def _act(state: State, now: datetime, rules: Rules, clue: Clue | None = None) -> Act | None:
    """How a mail comes into a request; None when that was closed too long ago."""
    # One of an assignment stands on it whatever has become of the request, unless the client writes there.
    work = clue is not None and clue.assignment_id is not None
    if state.closed_at is None or (work and state.relation not in {Relation.REQUESTER, Relation.COMPANY}):
        return Act.JOIN
    return Act.REOPEN if now - state.closed_at <= rules.reopen else None


def _survivor(states: States, record_id: int, assignment_id: int | None = None) -> State | None:
    """The request that is meant by now: merged ones are followed to the one that remains."""
    state = states.get((record_id, assignment_id))
    seen: set[int] = set()
    while state is not None and state.merged_into is not None:
        if state.record_id in seen:
            return None
        seen.add(state.record_id)
        state = states.get((state.merged_into, assignment_id)) or states.get((state.merged_into, None))
    return state


def _fresh(clue: Clue, state: State, alive: Sequence[tuple[Clue, State]], now: datetime) -> bool:
    """Whether a weak clue still counts: new enough, and of a Thread-Index only while one open request bears it."""
    if clue.rule not in WEAK:
        return True
    if clue.at is None or now - clue.at > FRESH:
        return False
    if clue.rule is Rule.GHOST:
        return True
    bearing = {other.record_id for one, other in alive if one.rule is clue.rule and other.closed_at is None}
    return bearing == {state.record_id}


def _others(alive: Sequence[tuple[Clue, State]], chosen: int) -> tuple[int, ...]:
    """Other requests that sure clues name."""
    named = (state.record_id for clue, state in alive if clue.rule not in WEAK and state.record_id != chosen)
    return tuple(dict.fromkeys(named))[:MOST_LINKED]
