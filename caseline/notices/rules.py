"""Who is told of an event: those whom it concerns, who may know of it, did not do it themselves and want to hear it."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from caseline.notices import mentions
from caseline.notices.kinds import Event, Kind, Member, Told, Way
from caseline.people.rights import Right

_ALL: Final = 100
"""Percent."""
_WITHOUT_DEPUTY: Final = frozenset({Kind.STAGE_CHANGED, Kind.MENTIONED, Kind.ASSIGNMENT_ENDED, Kind.FEEDBACK_SENT})
"""What asks for nothing that somebody else could do."""


_Pairs = Iterable[tuple[int | None, Kind]]


@dataclass(frozen=True, slots=True)
class Staff:
    """Who can be told something, by person, and who works in which group."""

    members: Mapping[int, Member]
    groups: Mapping[int, Collection[int]] = field(default_factory=dict)

    def concerned(self, event: Event) -> list[int]:
        """Who sees to a request: its person, else those of its group."""
        if event.assignee_id is not None:
            return [event.assignee_id]
        return sorted(self.groups.get(event.group_id, ())) if event.group_id is not None else []

    def called(self, text: str) -> set[int]:
        """Whom a comment names."""
        if "@" not in text:
            return set()
        own = {one.person_id: mentions.names(one.name, one.email, one.viewers) for one in self.members.values()}
        return mentions.found(text, own)

    def workers(self) -> list[int]:
        """Who may work on requests at all."""
        can = (one for one in self.members.values() if any(v.may(Right.WORK_REQUESTS) for v in one.viewers))
        return sorted(one.person_id for one in can)


def told(event: Event, staff: Staff) -> list[Told]:
    """What an event makes people hear, each kind once for each person."""
    return heard(event, staff, _RULES[event.type](event, staff))


def heard(event: Event, staff: Staff, pairs: _Pairs, words: Mapping[str, str] | None = None) -> list[Told]:
    """What these persons hear of an event, of those kinds.

    Nobody hears of a request that he may not see, nor of what he did himself. Whoever is away finds it in the page
    when he is back; his deputy hears it too, and gets the letter. `words`: what is said, where it is not as usual.
    """
    words = words or {}
    found: dict[tuple[int, Kind], Told] = {}
    for person_id, kind in pairs:
        member = staff.members.get(person_id) if person_id is not None else None
        if member is None or not _may_hear(member, event, kind):
            continue
        by_mail = member.way(kind) is Way.MAIL
        deputy = _deputy(member, event, kind, staff)
        found[member.person_id, kind] = Told(
            event=event, person_id=member.person_id, kind=kind, by_mail=by_mail and not member.absent, words=words
        )
        if deputy is not None:
            mailed = deputy.way(kind) is Way.MAIL
            instead = Told(
                event=event,
                person_id=deputy.person_id,
                kind=kind,
                by_mail=mailed,
                instead_of=member.name,
                words=words,
            )
            found.setdefault((deputy.person_id, kind), instead)
    return list(found.values())


def _may_hear(member: Member, event: Event, kind: Kind) -> bool:
    return member.person_id != event.by_id and member.way(kind) is not Way.NONE and member.sees(event)


def _deputy(member: Member, event: Event, kind: Kind, staff: Staff) -> Member | None:
    if not member.absent or member.deputy_id is None or kind in _WITHOUT_DEPUTY:
        return None
    deputy = staff.members.get(member.deputy_id)
    return deputy if deputy is not None and _may_hear(deputy, event, kind) else None


def _new(value: Any) -> int | None:  # noqa: ANN401 - whatever stands in the event log
    """The new value of a field, told by itself or with the old one."""
    value = value.get("new") if isinstance(value, Mapping) else value
    return value if isinstance(value, int) else None


def _given(event: Event, _staff: Staff) -> _Pairs:
    yield _new(event.data.get("assignee_id")), Kind.ASSIGNED


def _moved(event: Event, _staff: Staff) -> _Pairs:
    yield event.assignee_id, Kind.STAGE_CHANGED


def _written(event: Event, staff: Staff) -> Iterator[tuple[int | None, Kind]]:
    kind = event.data.get("kind")
    if kind == "mail_in" and not event.data.get("automatic"):
        if event.assignment_id is None:
            yield None if event.opening else event.assignee_id, Kind.CLIENT_ANSWERED
        else:
            yield event.giver_id, Kind.OUTSIDER_ANSWERED
            yield event.assignee_id, Kind.OUTSIDER_ANSWERED
    if event.data.get("chat"):
        for concerned in staff.concerned(event):
            yield concerned, Kind.CLIENT_ANSWERED
        return  # a client calls nobody of the house by name
    for person_id in sorted(staff.called(event.comment)):
        yield person_id, Kind.MENTIONED


def _used(event: Event, staff: Staff) -> Iterator[tuple[int | None, Kind]]:
    if event.closed:
        return
    kind = Kind.DEADLINE_NEAR if event.data.get("percent", 0) < _ALL else Kind.DEADLINE_PASSED
    for person_id in staff.concerned(event):
        yield person_id, kind


def _unsorted(event: Event, staff: Staff) -> Iterator[tuple[int | None, Kind]]:
    """Of a request that nobody has, all hear who may work on it: somebody must look."""
    if event.closed:
        return
    for person_id in staff.concerned(event) or staff.workers():
        yield person_id, Kind.CATEGORY_MISSING


def _work_given(event: Event, _staff: Staff) -> _Pairs:
    yield event.worker_id, Kind.ASSIGNMENT_GIVEN


def _work_ended(event: Event, _staff: Staff) -> _Pairs:
    yield event.giver_id, Kind.ASSIGNMENT_ENDED
    yield event.worker_id, Kind.ASSIGNMENT_ENDED


def _work_late(event: Event, _staff: Staff) -> _Pairs:
    yield event.worker_id, Kind.ASSIGNMENT_OVERDUE
    yield event.giver_id, Kind.ASSIGNMENT_OVERDUE


def _sent(event: Event, _staff: Staff) -> _Pairs:
    """Whoever is responsible, and whose deed has sent it."""
    yield event.assignee_id, Kind.FEEDBACK_SENT
    yield _new(event.data.get("asked_by")), Kind.FEEDBACK_SENT


_RULES: Final[Mapping[str, Callable[[Event, Staff], _Pairs]]] = {
    "created": _given,
    "changed": _given,
    "category_set": _given,  # which may bring the next one of its group
    "stage_changed": _moved,
    "message_added": _written,
    "deadline_share_used": _used,
    "category_missing": _unsorted,
    "assignment_made": _work_given,
    "assignment_done": _work_ended,
    "assignment_cancelled": _work_ended,
    "assignment_reopened": _work_ended,
    "assignment_overdue": _work_late,
    "feedback_sent": _sent,
}
