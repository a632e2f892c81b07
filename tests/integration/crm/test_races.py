"""Two people work on the same request at the same moment: nothing is lost or doubled, and who loses is told plainly.

Each race is run many times over, since nobody says who comes first; all of it must be right whoever does.
"""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from caseline.actions import (
    change_many,
    choose_products,
    end_by_link,
    hand_over,
    keep_catalogue,
    move_request,
    rearrange_requests,
    request_form,
    save_request,
    work_assignment,
    write_on_request,
)
from caseline.actions.change_many import Result
from caseline.actions.find_request import Answer, by_id
from caseline.actions.move_request import Move
from caseline.actions.save_request import Overtaken, Saved, Wish
from caseline.actions.work_assignment import End
from caseline.actions.work_request import Asker, Faulty
from caseline.actions.write_letter import Said
from caseline.crm import connect
from caseline.crm.cards import Card, Refused
from caseline.crm.field_values import Reader
from caseline.crm.timeline import AssignmentState
from caseline.people.access import Viewer
from caseline.people.rights import Role
from tests.factories import catalogues, conversations, outsiders, pages
from tests.factories.conversations import Centre, mail
from tests.factories.outsiders import SMITH
from tests.factories.races import together
from tests.factories.request_cards import Staff

SHORT, LONG = 2, 8
"""Rounds of a race."""
READER: Final = Reader(zone="Europe/Moscow", language="en")


class Race:
    """A centre, and two people of it; every round has requests of its own."""

    def __init__(self, centre: Centre, rounds: int) -> None:
        self.centre = centre
        self.rounds = rounds
        self.house = centre.house
        self.staff = Staff(centre.house)
        self.group = self.staff.group("Pumps")
        self.anna = self._viewer("anna")
        self.petr = self._viewer("petr")
        self._number = 0

    def _viewer(self, name: str) -> Viewer:
        number = self.staff.person(name.title(), self.group)
        return Viewer(login_id=number, name=name, role=Role.AGENT, person_id=number)

    def request(self, mails: int = 1) -> int:
        """A request of so many mails."""
        self._number += 1
        first = f"<{self._number}@client.example>"
        self.centre.arrive(mail(f"It is loud, {self._number}", Message_ID=first))
        for more in range(1, mails):
            own = f"<{self._number}.{more}@client.example>"
            self.centre.arrive(mail(f"And {more}", Message_ID=own, In_Reply_To=first))
        self.centre.take_in()
        record = [one for one in self.centre.landed() if one is not None][-1]
        assert len(self.messages(record)) == mails
        return record

    def asker(self, viewer: Viewer) -> Asker:
        return Asker(viewer, datetime.now(UTC))

    def drawn(self, record: int) -> tuple[int, dict[str, str]]:
        """A form that somebody has opened."""
        form = request_form.form(self.house, self.anna, record, reader=READER)
        return form.version, {one.key: one.drawn for part in form.sections for one in part.controls}

    def saver(self, record: int, **typed: str) -> Callable[[], object]:
        """Whoever has the form open by now, and saves it."""
        version, base = self.drawn(record)
        wish = Wish(
            record_id=record,
            values=base | typed,
            viewer=self.anna,
            version=version,
            base=base,
            reader=READER,
        )
        return lambda: save_request.save(self.house, wish, now=datetime.now(UTC))

    def mover(self, record: int, stage: str) -> Callable[[], object]:
        """Whoever has the card open by now, and moves the request."""
        move = Move(key=by_id(record), stage=stage, viewer=self.anna, version=self.staff.version(record))
        return lambda: move_request.move(self.house, move, now=datetime.now(UTC))

    def merger(self, record: int, into: int, viewer: Viewer | None = None) -> Callable[[], object]:
        return lambda: rearrange_requests.merge(self.house, self.asker(viewer or self.petr), record, str(into))

    def splitter(self, record: int, *messages: int) -> Callable[[], object]:
        return lambda: rearrange_requests.split(self.house, self.asker(self.petr), record, messages)

    def messages(self, record: int) -> list[int]:
        return [one.id for one in self.centre.timeline(record)]

    def card(self, record: int) -> Card:
        with self.house.engine.connect() as connection:
            found = connect.cards("embedded").get(connection, record)
        assert found is not None
        return found

    def told(self, record: int) -> Counter[str]:
        return Counter(name for name, _data in self.staff.events(record))

    def into(self, record: int) -> int | None:
        """Where a request goes on."""
        found = self.staff.query("SELECT into_id FROM crm.merge WHERE record_id = :id", id=record)
        return found[0][0] if found else None

    def sound(self, *records: int) -> None:
        """Visits to stages follow one another, and one of them lasts, whoever was first."""
        for record in records:
            rows = self.staff.query(
                "SELECT stage, entered_at, left_at FROM crm.stage_row WHERE record_id = :id ORDER BY id", id=record
            )
            assert [row.left_at for row in rows[:-1]] == [row.entered_at for row in rows[1:]]
            assert (rows[-1].left_at, rows[-1].stage) == (None, self.card(record).stage.code)
            assert all(row.left_at is None or row.left_at >= row.entered_at for row in rows)


@pytest.fixture(params=[SHORT, pytest.param(LONG, marks=pytest.mark.long)])
def race(database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Race:
    """A centre with mail and two people."""
    return Race(conversations.centre(database_url, tmp_path, public_url=outsiders.PUBLIC), request.param)


def refused(answer: object, *kinds: type[Exception]) -> bool:
    """Whether somebody was refused; by what nobody expects the test fails."""
    if isinstance(answer, Exception):
        assert isinstance(answer, kinds or (Refused,)), repr(answer)
        return True
    return False


# ------------------------------------------------------------------------------------- a merge, and others beside it


def test_a_merge_and_a_save_of_the_same_request_both_come_true(race: Race) -> None:
    into = race.request()
    for number in range(race.rounds):
        record = race.request()

        merged, saved = together(race.merger(record, into), race.saver(record, subject=f"Mine {number}"))

        assert isinstance(merged, Card), repr(merged)
        assert isinstance(saved, Saved), repr(saved)
        assert (race.into(record), race.card(record).subject) == (into, f"Mine {number}")
        told = race.told(record)
        assert (told["merged"], told["changed"], told["stage_changed"]) == (1, 1, 1)
        assert race.messages(record) == []
        race.sound(record)
    assert len(race.messages(into)) == race.rounds + 1


def test_a_merge_and_a_change_of_stage_of_the_same_request_leave_no_gap(race: Race) -> None:
    into = race.request()
    for _ in range(race.rounds):
        record = race.request()

        merged, moved = together(race.merger(record, into), race.mover(record, "working"))

        assert isinstance(merged, Card), repr(merged)
        if not refused(moved):
            assert isinstance(moved, Answer)
        assert race.into(record) == into
        assert race.card(record).stage.closed
        race.sound(record)


def test_a_comment_beside_a_merge_goes_along_or_is_refused_by_name(race: Race) -> None:
    into = race.request()
    for number in range(race.rounds):
        record, text = race.request(), f"Comment {number}"

        merged, said = together(
            race.merger(record, into),
            lambda record=record, text=text: write_on_request.comment(  # type: ignore[misc]
                race.house, race.asker(race.anna), record, Said(text), public=False
            ),
        )

        assert isinstance(merged, Card), repr(merged)
        lost = refused(said, Faulty)
        if lost:
            assert str(into) in str(said)
        assert race.staff.texts(record) == []
        assert race.staff.texts(into).count(text) == (0 if lost else 1)


def test_a_reply_beside_a_merge_is_written_once_or_not_at_all(race: Race) -> None:
    into = race.request()
    for number in range(race.rounds):
        record, text = race.request(), f"Reply {number}"

        merged, said = together(
            race.merger(record, into),
            lambda record=record, text=text: write_on_request.reply(  # type: ignore[misc]
                race.house, race.asker(race.anna), record, Said(text)
            ),
        )

        assert isinstance(merged, Card), repr(merged)
        times = 0 if refused(said, Faulty) else 1
        letters = race.staff.query("SELECT 1 FROM outbox.letter WHERE record_id = :id", id=record)
        standing = [one for one in race.staff.texts(into) if text in one]
        assert (len(letters), len(standing), race.staff.texts(record)) == (times, times, [])


def test_of_two_merges_in_opposite_directions_one_comes_true(race: Race) -> None:
    for _ in range(race.rounds):
        one, other = race.request(), race.request()
        mine, theirs = sorted([*race.messages(one), *race.messages(other)])

        first, second = together(race.merger(one, other, race.anna), race.merger(other, one))

        lost = [refused(first), refused(second)]
        assert sorted(lost) == [False, True]
        gone, stays = (other, one) if lost[0] else (one, other)
        assert (race.into(gone), race.into(stays)) == (stays, None)
        assert f"request {stays}" in str(first if lost[0] else second)
        assert sorted(race.messages(stays)) == [mine, theirs]
        assert (race.card(gone).open, race.card(stays).open) == (False, True)
        race.sound(one, other)


def test_merges_in_a_row_at_the_same_moment_lose_no_message(race: Race) -> None:
    for _ in range(race.rounds):
        first, second, third = race.request(), race.request(), race.request()
        mails = sorted(race.messages(first) + race.messages(second) + race.messages(third))

        near, far = together(race.merger(first, second), race.merger(second, third))

        assert isinstance(far, Card), repr(far)
        if refused(near):
            assert f"request {third}" in str(near)
            assert race.into(first) is None
        else:
            assert race.messages(first) == []
        assert race.messages(second) == []
        assert sorted(race.messages(first) + race.messages(third)) == mails


def test_the_same_merge_asked_for_twice_is_done_once(race: Race) -> None:
    into = race.request()
    for _ in range(race.rounds):
        record = race.request(2)

        answers = together(race.merger(record, into), race.merger(record, into, race.anna))

        assert sorted(refused(one) for one in answers) == [False, True]
        assert race.told(record)["merged"] == 1


def test_taking_a_merge_back_beside_a_save_does_both(race: Race) -> None:
    into = race.request()
    for number in range(race.rounds):
        record = race.request()
        race.merger(record, into)()

        back, saved = together(
            lambda record=record: rearrange_requests.unmerge(race.house, race.asker(race.petr), record),  # type: ignore[misc]
            race.saver(record, subject=f"Mine {number}"),
        )

        assert back is None, repr(back)
        assert isinstance(saved, Saved), repr(saved)
        assert (race.into(record), race.card(record).subject) == (None, f"Mine {number}")
        assert len(race.messages(record)) == 1
        assert race.told(record)["unmerged"] == 1


def test_taking_a_merge_back_beside_a_comment_on_what_remains_loses_nothing(race: Race) -> None:
    into = race.request()
    for number in range(race.rounds):
        record, text = race.request(), f"Comment {number}"
        race.merger(record, into)()

        back, said = together(
            lambda record=record: rearrange_requests.unmerge(race.house, race.asker(race.petr), record),  # type: ignore[misc]
            lambda text=text: write_on_request.comment(  # type: ignore[misc]
                race.house, race.asker(race.anna), into, Said(text), public=False
            ),
        )

        assert back is None, repr(back)
        assert isinstance(said, int), repr(said)
        assert race.staff.texts(into).count(text) == 1
        assert len(race.messages(record)) == 1


def test_a_merge_taken_back_twice_at_once_is_taken_back_once(race: Race) -> None:
    into = race.request()
    for _ in range(race.rounds):
        record = race.request()
        race.merger(record, into)()

        def back(viewer: Viewer, record: int = record) -> Callable[[], object]:
            return lambda: rearrange_requests.unmerge(race.house, race.asker(viewer), record)

        answers = together(back(race.anna), back(race.petr))

        assert sorted(refused(one) for one in answers) == [False, True]
        assert race.told(record)["unmerged"] == 1


# ------------------------------------------------------------------------------------- a split, and others beside it


def test_a_split_beside_a_change_of_stage_does_both(race: Race) -> None:
    for _ in range(race.rounds):
        record = race.request(3)
        first, second, third = race.messages(record)

        made, moved = together(race.splitter(record, second, third), race.mover(record, "working"))

        assert isinstance(made, Card), repr(made)
        assert isinstance(moved, Answer), repr(moved)
        assert moved.done
        assert (race.messages(record), race.messages(made.id)) == ([first], [second, third])
        race.sound(record, made.id)


def test_a_split_of_many_messages_beside_a_merge_waits_for_it_or_is_first(race: Race) -> None:
    for _ in range(race.rounds):
        record, into = race.request(6), race.request()
        mails = race.messages(record)
        # As messages lie that came in another order than they were written: whoever takes them one by one meets others.
        for number, one in enumerate(reversed(mails)):
            race.staff.query(
                "UPDATE crm.message SET sent_at = now() + :n * interval '1 min' WHERE id = :id", n=number, id=one
            )

        made, merged = together(race.splitter(record, *mails[1:]), race.merger(record, into, race.anna))

        assert isinstance(merged, Card), repr(merged)
        if refused(made):
            assert "moved" in str(made) or "merged" in str(made)
            assert sorted(race.messages(into))[:6] == mails
        else:
            assert isinstance(made, Card)
            assert sorted(race.messages(made.id)) == mails[1:]
            assert mails[0] in race.messages(into)
        assert race.messages(record) == []


def test_a_message_split_off_twice_at_once_makes_one_request(race: Race) -> None:
    for _ in range(race.rounds):
        record = race.request(2)
        (_first, second) = race.messages(record)

        answers = together(race.splitter(record, second), race.splitter(record, second))

        made = [one for one in answers if not refused(one)]
        assert len(made) == 1
        assert isinstance(made[0], Card)
        assert race.messages(made[0].id) == [second]


# ------------------------------------------------------------------------------------------------ other pairs


def given(race: Race, record: int) -> int:
    """An outsider's assignment of a request."""
    from caseline.actions import assign  # noqa: PLC0415 - here alone

    order = assign.Order(request=by_id(record), title="Door", text="Please look", contact=SMITH, hours=24)
    return assign.give(race.house, order, now=datetime.now(UTC)).assignment.id


def link(race: Race, assignment: int) -> str:
    """What stands behind the button of its letter."""
    with race.house.engine.connect() as connection:
        return outsiders.minted(connection, assignment)


@pytest.mark.parametrize("deed", ["close", "merge"])
def test_the_answer_to_an_assignment_beside_a_close_or_a_merge_of_its_request_is_kept(race: Race, deed: str) -> None:
    into = race.request()
    for number in range(race.rounds):
        record = race.request()
        assignment, text = given(race, record), f"Done {number}"
        button = link(race, assignment)
        close = race.mover(record, "closed") if deed == "close" else race.merger(record, into)

        closed, ended = together(
            close,
            lambda button=button, text=text: end_by_link.finish(race.house, button, text, now=datetime.now(UTC)),  # type: ignore[misc]
        )

        assert not refused(closed)
        assert isinstance(ended, end_by_link.Sight), repr(ended)
        assert ended.ended_now
        home = record if deed == "close" else into
        assert race.staff.texts(home).count(text) == 1
        assert not race.card(record).open
        state = race.staff.query("SELECT state, record_id FROM crm.assignment WHERE id = :id", id=assignment)
        assert [tuple(one) for one in state] == [("done", home)]
        race.sound(record)


def test_an_assignment_ended_by_two_at_once_ends_once(race: Race) -> None:
    record = race.request()
    for number in range(race.rounds):
        assignment = given(race, record)

        def end(state: AssignmentState, assignment: int = assignment, number: int = number) -> Callable[[], object]:
            how = End(state, f"{state} {number}")
            return lambda: work_assignment.end(race.house, race.anna, assignment, how, now=datetime.now(UTC))

        answers = together(end(AssignmentState.DONE), end(AssignmentState.CANCELLED))

        assert sorted(refused(one) for one in answers) == [False, True]
        # The remark of whoever came too late is not kept, as he is told.
        said = [one for one in race.staff.texts(record) if one in {f"done {number}", f"cancelled {number}"}]
        assert len(said) == 1
    told = race.told(record)
    assert told["assignment_done"] + told["assignment_cancelled"] == race.rounds


def test_many_changed_at_once_beside_a_single_save_write_over_nobody(race: Race) -> None:
    pages.category(race.house, "repair")
    pages.category(race.house, "returns")
    for number in range(race.rounds):
        record, other = race.request(), race.request()
        wish = change_many.Wish(category="repair", stage="working")

        many, saved = together(
            lambda ids=(other, record), wish=wish: change_many.change(  # type: ignore[misc]
                race.house, race.petr, ids, wish, now=datetime.now(UTC)
            ),
            race.saver(record, subject=f"Mine {number}", category="returns"),
        )

        assert isinstance(many, list), repr(many)
        theirs, mine = many
        assert theirs.result is Result.DONE
        found = race.card(record)
        if refused(saved, Overtaken):
            assert isinstance(saved, Overtaken)
            assert [(one.key, one.theirs) for one in saved.differences if one.conflict] == [("category", "repair")]
            assert (found.category, mine.result) == ("repair", Result.DONE)
        else:
            assert found.subject == f"Mine {number}"
            assert mine.result in {Result.DONE, Result.OVERTAKEN}, mine
            assert found.category == ("repair" if mine.result is Result.DONE else "returns")
        assert (found.stage.code == "working") == (mine.result is Result.DONE)
        race.sound(record)


def test_a_product_taken_out_of_use_while_it_is_chosen_is_chosen_before_or_refused(race: Race) -> None:
    record = race.request()
    names = [f"Pump {number}" for number in range(race.rounds)]
    for name, product in zip(names, catalogues.brought(race.house, *names), strict=True):
        version = race.staff.version(record)

        added, retired = together(
            lambda product=product: choose_products.add(race.house, race.anna, record, product, now=datetime.now(UTC)),  # type: ignore[misc]
            lambda product=product: keep_catalogue.use(  # type: ignore[misc]
                race.house, "petr", product, active=False, version=1, now=datetime.now(UTC)
            ),
        )

        assert retired is None, repr(retired)
        lost = refused(added)
        assert not lost or f"{name} is no longer in use" in str(added)
        assert race.staff.version(record) == version + (not lost)
    told = race.told(record)["product_added"]
    assert told == race.staff.query("SELECT count(*) FROM crm.record_product WHERE record_id = :id", id=record)[0][0]


def test_a_product_chosen_beside_a_save_raises_the_version_for_each_and_loses_none(race: Race) -> None:
    record = race.request()
    names = [f"Pump {number}" for number in range(race.rounds)]
    for number, product in enumerate(catalogues.brought(race.house, *names)):
        version = race.staff.version(record)

        added, saved = together(
            lambda product=product: choose_products.add(race.house, race.anna, record, product, now=datetime.now(UTC)),  # type: ignore[misc]
            race.saver(record, subject=f"Mine {number}"),
        )

        assert not refused(added)
        assert isinstance(saved, Saved), repr(saved)
        assert race.staff.version(record) == version + 2
        assert race.card(record).subject == f"Mine {number}"


def test_of_two_who_take_the_same_request_one_has_it(race: Race) -> None:
    for _ in range(race.rounds):
        record = race.request()
        version = race.staff.version(record)

        def take(viewer: Viewer, record: int = record, version: int = version) -> Callable[[], object]:
            return lambda: hand_over.take(race.house, race.asker(viewer), record, version)

        answers: list[Any] = together(take(race.anna), take(race.petr))

        assert sorted(one.done for one in answers) == [False, True], answers
        winner = race.anna if answers[0].done else race.petr
        assert race.card(record).assignee_id == winner.person_id
        assert race.told(record)["changed"] == 1


def test_of_a_close_and_a_hand_over_at_once_the_second_is_told_and_nothing_is_half_done(race: Race) -> None:
    for _ in range(race.rounds):
        record = race.request()
        version = race.staff.version(record)

        answers: list[Any] = together(
            race.mover(record, "closed"),
            lambda record=record, version=version: hand_over.take(  # type: ignore[misc]
                race.house, race.asker(race.petr), record, version
            ),
        )

        assert sorted(one.done for one in answers) == [False, True], answers
        found = race.card(record)
        assert (found.open, found.assignee_id is None) == (not answers[0].done, not answers[1].done)
        race.sound(record)
