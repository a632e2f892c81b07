"""Asks in the database: one for each subject and period, and no step that the table of steps does not know."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
import sqlalchemy as sa

from caseline.db.engine import open_engine
from caseline.db.fixed import together
from caseline.feedback import ask_links, asks, links, states, tables, taken_steps
from caseline.feedback.asks import Ask, Draft
from caseline.feedback.states import STEPS, State

NOW = datetime(2026, 4, 6, 9, tzinfo=UTC)
FILLED = {"address": "client@example.org", "sent_at": NOW, "expires_at": NOW + timedelta(days=30), "reason": "tried"}


@pytest.fixture
def connection(database_url: str) -> Iterator[sa.Connection]:
    engine = open_engine(database_url)
    with engine.connect() as connection:
        form = sa.insert(tables.form).values(code="review", name="Review").returning(tables.form.c.id)
        number = connection.execute(form).scalar_one()
        version = {"form_id": number, "number": 1, "document": {}, "made_by": "test", "made_at": NOW}
        connection.execute(sa.insert(tables.form_version).values(version))
        made = {"code": "nps", "name": "NPS", "kind": "nps", "document": {}, "made_by": "test", "made_at": NOW}
        connection.execute(sa.insert(tables.campaign).values(made))
        connection.commit()
        yield connection
    engine.dispose()


def draft(subject_id: int = 1, period: str = "once", state: State = State.DRAFT, reason: str | None = None) -> Draft:
    return Draft(
        public_id=links.mint_id(),
        campaign_id=1,
        form_version_id=1,
        subject="request",
        subject_id=subject_id,
        period=period,
        service="support",
        channel="mail_link",
        language="ru",
        happened_at=NOW,
        state=state,
        reason=reason,
    )


def made(connection: sa.Connection, **fields: object) -> Ask:
    (number,) = asks.add(connection, [draft(**fields)], by="job", now=NOW)  # type: ignore[arg-type]
    found = asks.one(connection, number)
    assert found is not None
    return found


def test_a_campaign_asks_once_about_a_subject_in_a_period(connection: sa.Connection) -> None:
    first = asks.add(connection, [draft(1), draft(2), draft(1)], by="job", now=NOW)

    assert len(first) == 2
    assert asks.add(connection, [draft(1), draft(2)], by="job", now=NOW) == []
    assert len(asks.add(connection, [draft(1, "2026-07")], by="job", now=NOW)) == 1


def test_the_database_takes_the_steps_of_the_table_and_no_other(connection: sa.Connection) -> None:
    for number, before in enumerate(State, 1):
        path = _path(before)
        ask = made(connection, subject_id=number)
        for then in path:
            assert asks.move(connection, ask, then, by="job", now=NOW, changes=FILLED)
            ask = asks.one(connection, ask.id) or ask
        assert ask.state is before
        for after in State:
            tried = connection.begin_nested()
            if before is after or (before, after) in STEPS:
                assert asks.move(connection, ask, after, by="anna", now=NOW, changes=FILLED)
                expected = [State.DRAFT, *path] + ([] if before is after else [after])
                assert [one.after for one in taken_steps.steps(connection, ask.id)] == expected
            else:
                with pytest.raises(sa.exc.IntegrityError, match=f"no step from {before} to {after}"):
                    asks.move(connection, ask, after, by="anna", now=NOW, changes=FILLED)
            tried.rollback()


def _path(goal: State) -> list[State]:
    """The shortest way to a state, from a new ask."""
    ways: dict[State, list[State]] = {State.DRAFT: []}
    ahead = [State.DRAFT]
    for now in ahead:
        for then in State:
            if then not in ways and states.may(now, then):
                ways[then] = [*ways[now], then]
                ahead.append(then)
    return ways[goal]


def test_steps_are_kept_with_who_took_them_and_why(connection: sa.Connection) -> None:
    ask = made(connection)
    later = NOW + timedelta(hours=1)

    assert asks.move(connection, ask, State.SKIPPED, by="anna", now=later, changes={"reason": "asked lately"})

    first, second = taken_steps.steps(connection, ask.id)
    assert (first.before, first.after, first.by, first.at) == (None, State.DRAFT, "job", NOW)
    assert (second.before, second.after, second.by, second.at) == (State.DRAFT, State.SKIPPED, "anna", later)
    assert second.reason == "asked lately"


def test_of_two_who_move_an_ask_one_comes_too_late(connection: sa.Connection) -> None:
    ask = made(connection)

    assert asks.move(connection, ask, State.NEEDS_DATA, by="job", now=NOW)
    assert not asks.move(connection, ask, State.CANCELLED, by="anna", now=NOW, changes={"reason": "reopened"})
    assert [one.after for one in taken_steps.steps(connection, ask.id)] == [State.DRAFT, State.NEEDS_DATA]


def test_a_clock_that_is_behind_turns_no_history_round(connection: sa.Connection) -> None:
    ask = made(connection)

    assert asks.move(connection, ask, State.NEEDS_DATA, by="job", now=NOW - timedelta(minutes=5))

    assert [one.at for one in taken_steps.steps(connection, ask.id)] == [NOW, NOW]


@pytest.mark.parametrize(
    ("state", "wrong"),
    [
        (State.SKIPPED, {}),
        (State.QUEUED, {}),
        (State.CANCELLED, {}),
    ],
)
def test_a_state_has_what_belongs_to_it(connection: sa.Connection, state: State, wrong: dict[str, object]) -> None:
    ask = made(connection)

    with pytest.raises(sa.exc.IntegrityError, match=r"ck_ask_(reason|address)"):
        asks.move(connection, ask, state, by="job", now=NOW, changes=wrong)


def test_nothing_goes_round_the_steps(connection: sa.Connection, database_url: str) -> None:
    """Also what another program writes is kept to them."""
    ask = made(connection)
    connection.commit()
    with psycopg.connect(database_url) as other:
        with pytest.raises(psycopg.errors.CheckViolation, match="no step from draft to closed"):
            other.execute("UPDATE feedback.ask SET state = 'closed' WHERE id = %s", [ask.id])
        other.rollback()
        with pytest.raises(psycopg.errors.CheckViolation, match="begins as draft or skipped"):
            other.execute(
                "INSERT INTO feedback.ask (public_id, campaign_id, form_version_id, subject, subject_id, period, service,"
                " channel, language, state, happened_at, state_at, state_by)"
                " VALUES ('x', 1, 1, 'request', 9, 'once', 's', 'web', 'ru', 'answered', now(), now(), 'sql')"
            )
        other.rollback()
        other.execute("UPDATE feedback.ask SET state = 'cancelled', reason = 'by hand' WHERE id = %s", [ask.id])
        other.commit()
    assert taken_steps.steps(connection, ask.id)[-1].after is State.CANCELLED


def test_a_link_finds_its_ask_with_all_secrets_that_were_sent(connection: sa.Connection) -> None:
    ask = made(connection)
    secrets = [links.mint_secret(), links.mint_secret()]
    for secret in (*secrets, secrets[0]):
        ask_links.keep_secret(connection, ask.id, links.digest(secret), now=NOW)

    found, digests = together(connection, asks.shown(ask.public_id), ask_links.digests(ask.public_id))

    assert found == ask
    assert sorted(digests) == sorted(map(links.digest, secrets))
    nobodys = links.mint_id()
    shown = together(connection, asks.shown(nobodys), ask_links.digests(nobodys), ask_links.form_code(nobodys))
    assert shown == [None, [], ""]


def test_a_walk_by_lot_leaves_an_unbroken_history(connection: sa.Connection) -> None:
    chance = random.Random(5)
    for number in range(40):
        ask = made(connection, subject_id=100 + number)
        for minute in range(chance.randrange(12)):
            ahead = [then for then in State if states.may(ask.state, then)]
            if not ahead:
                break
            then, now = chance.choice(ahead), NOW + timedelta(minutes=minute)
            assert asks.move(connection, ask, then, by="job", now=now, changes=FILLED)
            found = asks.hold(connection, ask.id)
            assert found is not None
            ask = found
        history = taken_steps.steps(connection, ask.id)
        assert history[0].before is None
        assert [one.after for one in history[:-1]] == [one.before for one in history[1:]]
        assert history[-1].after is ask.state
        assert [one.at for one in history] == sorted(one.at for one in history)
