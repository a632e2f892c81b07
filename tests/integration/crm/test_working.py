"""Whatever people do with requests, in whatever order and at whatever time: rows, deadlines, events and versions hold.

Hypothesis plays the people; a model that counts by itself says what must have become of each request.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
import sqlalchemy as sa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from caseline.actions import (
    change_many,
    hand_over,
    keep_rules,
    move_request,
    open_request,
    rearrange_requests,
    save_request,
    work_assignment,
    work_at_desk,
    write_on_request,
)
from caseline.actions.change_many import Result
from caseline.actions.find_request import by_id
from caseline.actions.give_assignment import Order
from caseline.actions.hand_over import Handing
from caseline.actions.move_request import Move
from caseline.actions.open_request import NewRequest
from caseline.actions.save_request import Overtaken, Wish
from caseline.actions.work_assignment import End
from caseline.actions.work_request import Asker
from caseline.actions.write_letter import Said
from caseline.crm.cards import Category, Refused
from caseline.crm.field_values import Reader
from caseline.crm.timeline import AssignmentState
from caseline.people.access import Viewer
from caseline.people.rights import Role
from caseline.timing import hours, store
from caseline.timing.calendars import Calendar
from caseline.timing.store import Note
from caseline.timing.vocabulary import Mode
from tests.factories import cards as desks
from tests.factories import fields
from tests.factories.cards import ServiceDesk
from tests.factories.worked_requests import (
    CLOSED,
    HOLIDAYS,
    HOURS,
    MODES,
    OFFICE,
    STAGES,
    STOPPED,
    WAYS,
    ZONE,
    Life,
    Merge,
    Visit,
    second,
)

READER: Final = Reader(zone="Europe/Berlin", language="en")
MOST: Final = 5
"""Requests of one play."""
_STATE: Final = """
SELECT r.id, r.version, r.stage, r.subject, coalesce(r.priority, '') AS priority, coalesce(r.category, '') AS category,
  r.assignee_id, r.group_id,
  r.created_at, r.closed_at, d.due_at, d.target_s, d.mode, d.clock_started_at, d.stopped_at,
  (SELECT count(*) FROM crm.deadline WHERE record_id = r.id) AS deadlines,
  ARRAY(SELECT id FROM crm.message WHERE record_id = r.id ORDER BY id) AS messages,
  (SELECT coalesce(jsonb_object_agg(id, state), '{}') FROM crm.assignment WHERE record_id = r.id) AS assignments,
  (SELECT into_id FROM crm.merge WHERE record_id = r.id) AS into_id,
  (SELECT coalesce(jsonb_agg(type ORDER BY id), '[]') FROM crm.event WHERE entity = 'request' AND record_id = r.id) AS told,
  (SELECT coalesce(jsonb_agg(jsonb_build_array(old_due_at, new_due_at) ORDER BY id), '[]')
    FROM crm.deadline_change WHERE record_id = r.id) AS dues
FROM crm.record AS r LEFT JOIN crm.deadline AS d ON d.record_id = r.id
WHERE r.id = ANY (CAST(:ids AS bigint[])) ORDER BY r.id
"""
_ROWS: Final = """
SELECT record_id, stage, pausing, entered_at, left_at, elapsed_s, business_s, paused_s, mode FROM crm.stage_row
WHERE record_id = ANY (CAST(:ids AS bigint[])) ORDER BY record_id, id
"""

WRONG: Final = (("subject", " "), ("category", "none"), ("stage", "gone"), ("assignee", "Nobody"), ("company", "77777"))

pick = st.integers(min_value=0, max_value=10_000)
"""Chooses among whatever there is by then."""
stages = st.sampled_from(STAGES)
categories = st.sampled_from(sorted(MODES))
spans = st.one_of(
    st.builds(timedelta, microseconds=st.integers(0, 3_000_000)),
    st.builds(timedelta, minutes=st.integers(0, 600)),
    st.builds(timedelta, hours=st.integers(0, 80), seconds=st.integers(0, 3600)),
    st.builds(timedelta, days=st.integers(1, 200), microseconds=st.integers(0, 999_999)),
)
beginnings = st.one_of(
    # Nights in which clocks are changed, then any time.
    st.builds(
        lambda day, shift: (day + shift).astimezone(UTC),
        st.sampled_from([
            datetime(2024, 10, 27, tzinfo=ZONE), datetime(2025, 3, 30, tzinfo=ZONE), datetime(2025, 12, 24, tzinfo=ZONE)
        ]),
        st.builds(timedelta, minutes=st.integers(-3000, 400), microseconds=st.integers(0, 999_999)),
    ),
    st.datetimes(datetime(2024, 1, 1), datetime(2026, 6, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - given below
)  # fmt: skip


class Office:
    """A desk in Berlin with two people and two groups; every play has requests of its own."""

    def __init__(self, desk: ServiceDesk) -> None:
        self.desk, self.house = desk, desk.house
        self.people = [fields.person(self.house, name) for name in ("Anna", "Petr")]
        self.groups = [fields.group(self.house, name) for name in ("Pumps", "Valves")]
        keep_rules.put_ways(self.house, WAYS, fields.ADMIN)
        for code, mode in MODES.items():
            by_priority = {name: number for name, number in HOURS[code].items() if name}
            made = Category(
                code=code, label=code, hours=HOURS[code][""], hours_by_priority=by_priority, mode=Mode(mode)
            )
            with self.house.engine.begin() as connection:
                desk.intake.cards.put_category(connection, made)

    def viewer(self, place: int) -> Viewer:
        person = self.people[place % 2]
        return Viewer(login_id=person, name=f"login {person}", role=Role.AGENT, person_id=person)


class Working(RuleBasedStateMachine):
    """What people do; each rule does it in the house and in the model."""

    office: Office

    def __init__(self) -> None:
        super().__init__()
        self.house = self.office.house
        self.now = datetime(2025, 1, 1, tzinfo=UTC)
        self.lives: list[Life] = []
        self.notes: dict[int, int] = {}
        """Assignments on which messages stand."""

    # ------------------------------------------------------------------------------------------- what the rules need

    def life(self, place: int) -> Life:
        return self.lives[place % len(self.lives)]

    def asker(self, place: int) -> Asker:
        return Asker(self.office.viewer(place), self.now)

    def found(self, statement: str = _STATE) -> Sequence[Any]:
        with self.house.engine.connect() as connection:
            return connection.execute(sa.text(statement), {"ids": [one.id for one in self.lives]}).all()

    def everything(self) -> object:
        return self.found(), self.found(_ROWS)

    def nothing(self, deed: Callable[[], object], *kinds: type[Exception]) -> None:
        """It is refused, and nothing is another than before."""
        before = self.everything()
        with pytest.raises(kinds or (Refused,)):
            deed()
        assert self.everything() == before

    def wish(self, life: Life, typed: dict[str, str], viewer: Viewer, *, version: int) -> Wish:
        return Wish(record_id=life.id, values=typed, viewer=viewer, version=version, reader=READER)

    # -------------------------------------------------------------------------------------------------------- time

    @initialize(at=beginnings)
    def begin(self, at: datetime) -> None:
        self.now = at

    @rule(span=spans)
    def wait(self, span: timedelta) -> None:
        self.now += span

    # ----------------------------------------------------------------------------------------------------- requests

    @precondition(lambda self: len(self.lives) < MOST)
    @rule(who=pick, category=st.one_of(st.just(""), categories), priority=st.sampled_from(["", "high"]))
    def open(self, who: int, category: str, priority: str) -> None:
        typed = {"subject": "Noise", "category": category, "priority": priority}
        wish = NewRequest(
            values={key: one for key, one in typed.items() if one}, viewer=self.office.viewer(who), reader=READER
        )
        card = open_request.open_typed(self.house, wish, now=self.now)
        life = Life(card.id, self.now, [Visit("new", self.now)], "Noise", priority)
        life.told["created"] += 1
        if category:
            life.category, life.first_category = category, self.now
            life.count(self.now)
        self.lives.append(life)

    @precondition(lambda self: self.lives)
    @rule(
        which=pick,
        who=pick,
        subject=st.sampled_from(["Noise", "Loud", "Quiet"]),
        priority=st.sampled_from(["", "high", "low"]),
        category=st.one_of(st.none(), categories),
        stale=st.booleans(),
    )
    def save(self, which: int, who: int, subject: str, priority: str, category: str | None, stale: bool) -> None:
        life, viewer = self.life(which), self.office.viewer(who)
        typed = {"subject": subject, "priority": priority} | ({"category": category} if category else {})
        differs = (subject, priority, category or life.category) != (life.subject, life.priority, life.category)
        wish = self.wish(life, typed, viewer, version=life.version - stale)
        if stale and differs:
            self.nothing(lambda: save_request.save(self.house, wish, now=self.now), Overtaken)
            return
        save_request.save(self.house, wish, now=self.now)
        if priority != life.priority:
            life.prioritise(priority, self.now)
        if subject != life.subject:
            life.subject = subject
            life.changed("changed")
        if category and category != life.category:
            life.categorise(category, self.now)

    @precondition(lambda self: self.lives)
    @rule(which=pick, who=pick, category=categories)
    def categorise(self, which: int, who: int, category: str) -> None:
        life = self.life(which)
        assert work_at_desk.categorise(self.house, self.asker(who), life.id, category, life.version).done
        if category != life.category:
            life.categorise(category, self.now)

    @precondition(lambda self: self.lives)
    @rule(which=pick, who=pick, wrong=st.sampled_from(WRONG))
    def save_nonsense(self, which: int, who: int, wrong: tuple[str, str]) -> None:
        life = self.life(which)
        typed = {"priority": "any", **dict([wrong])}
        wish = self.wish(life, typed, self.office.viewer(who), version=life.version)
        self.nothing(lambda: save_request.save(self.house, wish, now=self.now))

    @precondition(lambda self: self.lives)
    @rule(which=pick, who=pick, stage=stages, stale=st.booleans())
    def move(self, which: int, who: int, stage: str, stale: bool) -> None:
        life = self.life(which)
        wanted = Move(
            key=by_id(life.id), stage=stage, viewer=self.office.viewer(who), version=life.version - 1 if stale else None
        )
        if stale:
            before = self.everything()
            assert not move_request.move(self.house, wanted, now=self.now).done
            assert self.everything() == before
        elif not life.may(stage):
            self.nothing(lambda: move_request.move(self.house, wanted, now=self.now))
        else:
            assert move_request.move(self.house, wanted, now=self.now).done
            life.move(stage, self.now)

    @precondition(lambda self: self.lives)
    @rule(which=pick, who=pick)
    def close(self, which: int, who: int) -> None:
        life = self.life(which)
        wanted = Move(key=by_id(life.id), viewer=self.office.viewer(who))
        stage = next((one for one in CLOSED if life.may(one)), None)
        if not life.open or stage is None:
            self.nothing(lambda: move_request.close(self.house, wanted, now=self.now))
            return
        assert move_request.close(self.house, wanted, now=self.now).card.stage.code == stage
        life.move(stage, self.now)

    @precondition(lambda self: self.lives)
    @rule(which=pick, who=pick)
    def reopen(self, which: int, who: int) -> None:
        life = self.life(which)
        wanted = Move(key=by_id(life.id), viewer=self.office.viewer(who))
        if life.open or life.merge:
            self.nothing(lambda: move_request.reopen(self.house, wanted, now=self.now))
            return
        near = [one for one in STAGES if one not in CLOSED and life.may(one)]
        stage = next((one for one in life.before_closing() if one in near), near[0])
        assert move_request.reopen(self.house, wanted, now=self.now).card.stage.code == stage
        life.move(stage, self.now)

    @precondition(lambda self: self.lives)
    @rule(which=pick, who=pick, stale=st.booleans())
    def take(self, which: int, who: int, stale: bool) -> None:
        life, asker = self.life(which), self.asker(who)
        if stale:
            before = self.everything()
            assert not hand_over.take(self.house, asker, life.id, life.version - 1).done
            assert self.everything() == before
            return
        assert hand_over.take(self.house, asker, life.id, life.version).done
        if life.assignee != asker.viewer.person_id:
            life.assignee = asker.viewer.person_id
            life.changed("changed")

    @precondition(lambda self: self.lives)
    @rule(
        which=pick, who=pick, person=st.one_of(st.none(), pick), group=st.one_of(st.none(), pick), nobody=st.booleans()
    )
    def hand(self, which: int, who: int, person: int | None, group: int | None, nobody: bool) -> None:
        life = self.life(which)
        to = None if person is None or nobody else self.office.people[person % 2]
        into = None if group is None else self.office.groups[group % 2]
        wanted = Handing(version=life.version, assignee_id=to, group_id=into, nobody=nobody)
        assert hand_over.hand_over(self.house, self.asker(who), life.id, wanted).done
        after = (None if nobody else to or life.assignee, into or life.group)
        if after != (life.assignee, life.group):
            life.assignee, life.group = after
            life.changed("changed")

    @precondition(lambda self: self.lives)
    @rule(
        many=st.lists(pick, min_size=1, max_size=3), who=pick, category=st.one_of(st.none(), categories), stage=stages
    )
    def change_many(self, many: list[int], who: int, category: str | None, stage: str) -> None:
        lives = list({one.id: one for one in map(self.life, many)}.values())
        wish = change_many.Wish(category=category, stage=stage)
        answers = change_many.change(self.house, self.office.viewer(who), [one.id for one in lives], wish, now=self.now)
        for life, answer in zip(lives, answers, strict=True):
            if category and category != life.category:
                life.categorise(category, self.now)
            if life.stage == stage:
                assert answer.result is Result.DONE
            elif life.may(stage):
                life.move(stage, self.now)
                assert answer.result is Result.DONE
            else:
                assert answer.result is (Result.PARTLY if category else Result.REFUSED)
                assert answer.said("en")

    # ------------------------------------------------------------------------------------- messages, merges, splits

    @precondition(lambda self: self.lives)
    @rule(which=pick, who=pick, public=st.booleans())
    def comment(self, which: int, who: int, public: bool) -> None:
        life = self.life(which)

        def write() -> int:
            return write_on_request.comment(self.house, self.asker(who), life.id, Said("Well"), public=public)

        if life.merge:
            self.nothing(write)
            return
        life.messages.add(write())
        life.told["message_added"] += 1

    @precondition(lambda self: len(self.lives) > 1)
    @rule(which=pick, other=pick, who=pick)
    def merge(self, which: int, other: int, who: int) -> None:
        among = [one for one in self.lives if (one.messages and not one.merge) or not which % 4]
        life, into = (among or self.lives)[which % len(among or self.lives)], self.life(other)

        def do() -> object:
            return rearrange_requests.merge(self.house, self.asker(who), life.id, str(into.id))

        if life is into or life.merge or into.merge:
            self.nothing(do)
            return
        do()
        if life.open:
            life.move("closed", self.now)
        life.merge = Merge(into.id, life.messages, set(life.assignments))
        into.messages, life.messages = into.messages | life.messages, set()
        into.assignments, life.assignments = into.assignments | life.assignments, {}
        life.changed("merged")
        into.changed("merged_with")

    @precondition(lambda self: any(one.merge for one in self.lives))
    @rule(which=pick, who=pick)
    def unmerge(self, which: int, who: int) -> None:
        among = [one for one in self.lives if one.merge or not which % 4]
        life = among[which % len(among)]
        into = next((one for one in self.lives if life.merge and one.id == life.merge.into), None)
        if life.merge is None or into is None or into.merge:
            self.nothing(lambda: rearrange_requests.unmerge(self.house, self.asker(who), life.id))
            return
        rearrange_requests.unmerge(self.house, self.asker(who), life.id)
        gone, work = life.merge.messages & into.messages, life.merge.assignments & into.assignments.keys()
        gone |= {one for one in into.messages if self.notes.get(one) in work}
        life.messages, into.messages = gone, into.messages - gone
        life.assignments = {one: into.assignments.pop(one) for one in work}
        life.merge = None
        life.changed("unmerged")
        into.version += 1

    @precondition(lambda self: any(one.messages for one in self.lives) and len(self.lives) < MOST)
    @rule(which=pick, who=pick, chosen=st.lists(pick, min_size=1, max_size=3))
    def split(self, which: int, who: int, chosen: list[int]) -> None:
        among = [one for one in self.lives if one.messages]
        life = among[which % len(among)]
        messages = {sorted(life.messages)[place % len(life.messages)] for place in chosen}
        card = rearrange_requests.split(self.house, self.asker(who), life.id, sorted(messages))
        made = Life(card.id, self.now, [Visit("new", self.now)], card.subject)
        life.messages, made.messages = life.messages - messages, messages
        for one in messages:
            self.notes.pop(one, None)
        life.told["message_moved"] += len(messages)
        made.told.update({"created": 1, "message_moved": len(messages)})
        self.lives.append(made)

    # ------------------------------------------------------------------------------------------------- assignments

    @precondition(lambda self: self.lives)
    @rule(which=pick, who=pick, person=pick)
    def give(self, which: int, who: int, person: int) -> None:
        life = self.life(which)
        order = Order(request=by_id(life.id), title="Door", text="Look", person=by_id(self.office.people[person % 2]))

        def do() -> int:
            return work_assignment.give(self.house, self.office.viewer(who), life.id, order, now=self.now).assignment.id

        if life.merge:
            self.nothing(do)
            return
        life.assignments[do()] = "open"
        life.told["assignment_made"] += 1

    @precondition(lambda self: any(one.assignments for one in self.lives))
    @rule(which=pick, who=pick, state=st.sampled_from(["done", "cancelled", "open", "note"]))
    def work(self, which: int, who: int, state: str) -> None:
        every = [(life, number) for life in self.lives for number in sorted(life.assignments)]
        life, number = every[which % len(every)]
        viewer = self.office.viewer(who)
        if state == "note":
            message = work_assignment.note(self.house, viewer, number, "Well", now=self.now)
            life.messages.add(message)
            self.notes[message] = number
            life.told["message_added"] += 1
            return

        def do() -> object:
            if state == "open":
                return work_assignment.reopen(self.house, viewer, number, now=self.now)
            return work_assignment.end(self.house, viewer, number, End(AssignmentState(state)), now=self.now)

        if (life.assignments[number] == "open") == (state == "open"):
            self.nothing(do)
            return
        do()
        life.assignments[number] = state
        life.told["assignment_reopened" if state == "open" else f"assignment_{state}"] += 1

    # ---------------------------------------------------------------------------------------------- what must hold

    @invariant()
    def all_is_as_it_must_be(self) -> None:
        visits: dict[int, list[Any]] = {}
        for row in self.found(_ROWS):
            visits.setdefault(row.record_id, []).append(row)
        lives = {one.id: one for one in self.lives}
        for row in self.found():
            life = lives.pop(row.id)
            self.visits_hold(life, visits[life.id])
            self.record_holds(life, row)
            self.deadline_holds(life, row)
        assert not lives

    def visits_hold(self, life: Life, rows: list[Any]) -> None:
        assert [(one.stage, one.pausing, one.entered_at, one.left_at) for one in rows] == [
            (one.stage, one.stopped, one.entered, one.left) for one in life.visits
        ]
        assert [one.left_at for one in rows[:-1]] == [one.entered_at for one in rows[1:]]
        assert [one.left_at is None for one in rows] == [False] * (len(rows) - 1) + [True]
        assert [(one.elapsed_s, one.business_s, one.paused_s) for one in rows[:-1]] == [
            life.spent(one) for one in life.visits[:-1]
        ]
        assert all(one.business_s + one.paused_s <= one.elapsed_s for one in rows[:-1])
        total = sum(one.elapsed_s for one in rows[:-1]) + second(self.now) - second(rows[-1].entered_at)
        assert total == second(self.now) - second(life.created)
        assert rows[0].entered_at == life.created

    def record_holds(self, life: Life, row: Any) -> None:  # noqa: ANN401 - a row
        assert (row.stage, row.subject, row.priority, row.category) == (
            life.stage,
            life.subject,
            life.priority,
            life.category,
        )
        assert (row.assignee_id, row.group_id, row.closed_at) == (life.assignee, life.group, life.closed)
        assert (row.closed_at is None) == life.open
        assert row.version == life.version
        assert row.messages == sorted(life.messages)
        assert {int(number): state for number, state in row.assignments.items()} == life.assignments
        assert row.into_id == (life.merge.into if life.merge else None)
        told = Counter(row.told)
        assert told.pop("deadline_set", 0) == len(row.dues)
        assert told == +life.told

    def deadline_holds(self, life: Life, row: Any) -> None:  # noqa: ANN401 - a row
        assert row.deadlines == (life.term is not None)
        if life.term is None:
            assert row.dues == []
            return
        assert (row.mode, row.target_s, row.clock_started_at.replace(microsecond=0)) == (
            life.term.mode,
            life.term.target,
            life.term.start.replace(microsecond=0),
        )
        assert (row.stopped_at is not None) == (life.stage in STOPPED)
        due = second(row.due_at)
        assert life.used(due) == life.term.target
        assert life.used(due - 1) < life.term.target
        chain = [(datetime.fromisoformat(old) if old else None, datetime.fromisoformat(new)) for old, new in row.dues]
        assert [old for old, _new in chain] == [None, *(new for _old, new in chain[:-1])]
        assert chain[-1][1] == row.due_at


@pytest.fixture
def office(database_url: str) -> Office:
    """A desk whose default calendar is the model's week."""
    spans = hours.spans([(f"{since:%H:%M}", f"{until:%H:%M}") for since, until in OFFICE])
    week = Calendar(
        id="berlin", zone=ZONE.key, hours=dict.fromkeys(range(1, 6), spans), holidays=dict.fromkeys(HOLIDAYS, "")
    )
    desk = desks.service_desk(database_url)
    with desk.house.engine.begin() as connection:
        store.add(connection, week, Note(at=fields.NOW, by="test", reason="test"))
        store.make_default(connection, "berlin")
    return Office(desk)


@pytest.mark.parametrize(("plays", "steps"), [(10, 30), pytest.param(40, 50, marks=pytest.mark.long)])
def test_whatever_people_do_with_requests_their_time_and_history_are_right(
    office: Office, plays: int, steps: int
) -> None:
    played = type("Played", (Working,), {"office": office})

    run_state_machine_as_test(played, settings=settings(max_examples=plays, stateful_step_count=steps))

    # The machine looks after each step; here is seen that it did what it is there to look at.
    with office.house.engine.connect() as connection:
        query = sa.text("SELECT type, count(*) FROM crm.event WHERE entity = 'request' GROUP BY type")
        done = {row[0]: row[1] for row in connection.execute(query)}
    assert done["created"] >= plays
    assert {"stage_changed", "category_set", "message_added"} <= done.keys()
