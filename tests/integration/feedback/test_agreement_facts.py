"""Which agreements are asked about: the statement against the rule in plain words, and how long it takes."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from caseline.db.engine import open_engine
from caseline.feedback import agreement_facts, audience, bad_addresses
from caseline.feedback.agreement_facts import Wanted
from caseline.feedback.audience import Rule, Skip
from caseline.feedback.states import State
from tests.factories import agreements
from tests.factories.agreements import NOW

ZONE: Final = "Europe/Moscow"
ON: Final = NOW - timedelta(days=100)
DAY: Final = timedelta(days=1)
SERVICES: Final = {"support": ("subscription", None), "hosting": ("subscription", 30), "audit": ("once", None)}
RULE: Final = Rule(
    without_services=frozenset({"hosting"}), finished_within=timedelta(days=60), person_rests=timedelta(days=30)
)


@pytest.fixture
def connection(database_url: str) -> Iterator[sa.Connection]:
    engine = open_engine(database_url)
    with engine.connect() as connection:
        for code, (kind, every) in SERVICES.items():
            agreements.service(connection, code, kind, every_days=every)
        agreements.campaign(connection, at=ON)
        agreements.campaign(connection, "other", at=ON)
        agreements.company(connection, "Firm", email="post@firm.example")
        agreements.contact(connection, "Anna", email="anna@firm.example")
        agreements.contact(connection, "Boris")
        connection.execute(sa.text("INSERT INTO people.division (name) VALUES ('North'), ('South')"))
        connection.execute(sa.text("INSERT INTO people.person (name, division_id) VALUES ('Vera', 2)"))
        connection.commit()
        yield connection
    engine.dispose()


def wanted(rule: Rule = RULE, **changes: object) -> Wanted:
    plain = Wanted(campaign_id=1, kind="registry", switched_on_at=ON, rule=rule, zone=ZONE)
    return replace(plain, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True, kw_only=True)
class Made:
    """An agreement of a test; days are counted back from now."""

    service: str = "support"
    status: str = "work"
    brought: bool = False
    started: int | None = 300
    finished: int | None = None
    done: float | None = None
    asked: float | None = None
    contact_id: int | None = None
    division_id: int | None = None
    manager_id: int | None = None
    ask: State | None = None
    """One of this campaign about it, made so many days ago."""
    ask_days: int = 0


def put(connection: sa.Connection, made: Made, number: int) -> None:
    today = NOW.astimezone(ZoneInfo(ZONE)).date()
    names = list(SERVICES)

    def day(back: int | None) -> date | None:
        return None if back is None else today - timedelta(days=back)

    def at(back: float | None) -> datetime | None:
        return None if back is None else NOW - timedelta(days=back)

    found = agreements.agreement(
        connection,
        names.index(made.service) + 1,
        f"A-{number}",
        company_id=1,
        contact_id=made.contact_id,
        division_id=made.division_id,
        manager_id=made.manager_id,
        status=made.status,
        started_on=day(made.started),
        finished_on=day(made.finished),
        done_at=at(made.done) if made.status == "done" else None,
        asked_at=at(made.asked),
        created_at=NOW - timedelta(days=200),
        **({"source": "old", "origin": str(number)} if made.brought else {}),
    )
    if made.ask is not None:
        then = NOW - timedelta(days=made.ask_days)
        period = "once" if SERVICES[made.service][0] == "once" else "2026-01-01"
        ask = agreements.ask(connection, 1, found, period=period, happened_at=then, contact_id=made.contact_id)
        if made.ask is not State.DRAFT:
            agreements.moved(connection, ask, made.ask, now=then, reason="told")


def expected(made: Made, rule: Rule) -> Skip | None:
    """The rule in plain words, the first reason counts; what is said of days is said of calendar days."""
    once = SERVICES[made.service][0] == "once"
    done, going = made.status == "done" and once, made.status == "work" and not once and (made.started or 0) >= 0
    division = made.division_id or (2 if made.manager_id else None)
    ended = made.finished if made.finished is not None else made.done if made.status == "done" else None
    reasons = {
        Skip.IMPORTED: done and _before_the_campaign(made),
        Skip.STATUS: not (done or going),
        Skip.SERVICE: made.service in rule.without_services,
        Skip.DIVISION: bool(rule.divisions) and division not in rule.divisions,
        Skip.TOO_OLD: rule.finished_within is not None and ended is not None and ended > rule.finished_within.days,
        Skip.ASKED_ALREADY: _asked_once(made) if done else _asked_lately(made),
    }
    return next((skip for skip, holds in reasons.items() if holds), None)


def _before_the_campaign(made: Made) -> bool:
    """Of what was brought without any date nobody knows when it came to it; the others were made 200 days ago."""
    days = made.done if made.done is not None else made.finished
    return made.brought if days is None and made.brought else (200 if days is None else days) > 100


def _asked_once(made: Made) -> bool:
    # A day has begun half a day before its noon, which it is now.
    finished = None if made.finished is None else made.finished + 0.5
    ends = [one for one in (made.done, finished) if one is not None]
    return made.ask is not None or (made.asked is not None and made.asked <= max(ends, default=made.asked))


def _asked_lately(made: Made) -> bool:
    waits = made.ask in {State.DRAFT, State.NEEDS_DATA, State.AWAITING_ADDRESS}
    since = [one for one in (made.asked, made.ask_days if made.ask else None) if one is not None]
    return waits or bool(since and min(since) < (SERVICES[made.service][1] or 90))


# It is noon in Moscow; half days keep off the edges that the plain words leave open.
_PAST: Final = st.none() | st.sampled_from([0.5, 10.5, 29.5, 31.5, 59.5, 61.5, 89.5, 91.5, 99.5, 101.5, 150.5])
_DAYS: Final = st.none() | st.sampled_from([-40, 0, 1, 30, 59, 60, 61, 99, 102, 250])


@st.composite
def agreement(draw: st.DrawFn) -> Made:
    started = draw(st.none() | st.sampled_from([-3, 0, 40, 300]))
    finished = draw(_DAYS)
    ask = draw(st.none() | st.sampled_from([State.DRAFT, State.AWAITING_ADDRESS, State.SKIPPED, State.CANCELLED]))
    return Made(
        service=draw(st.sampled_from(list(SERVICES))),
        status=draw(st.sampled_from(["new", "work", "done"])),
        brought=draw(st.booleans()),
        started=started,
        finished=None if finished is not None and started is not None and finished > started else finished,
        done=draw(_PAST),
        asked=draw(_PAST),
        division_id=draw(st.sampled_from([None, 1, 2])),
        manager_id=draw(st.sampled_from([None, 1])),
        ask=ask,
        ask_days=draw(st.sampled_from([0, 20, 95])),
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    made=st.lists(agreement(), min_size=1, max_size=25),
    divisions=st.sampled_from([frozenset[int](), frozenset({1}), frozenset({2})]),
    within=st.sampled_from([None, timedelta(days=60)]),
    without=st.sampled_from([frozenset[str](), frozenset({"hosting"})]),
)
def test_the_statement_says_what_the_rule_says(
    connection: sa.Connection,
    made: list[Made],
    divisions: frozenset[int],
    within: timedelta | None,
    without: frozenset[str],
) -> None:
    rule = Rule(divisions=divisions, finished_within=within, without_services=without)
    with connection.begin_nested() as tried:
        for number, one in enumerate(made):
            put(connection, one, number)

        known = agreement_facts.facts(connection, wanted(rule), now=NOW)
        due = agreement_facts.due(connection, wanted(rule), now=NOW)

        said = {one.number: audience.asked(rule, facts, NOW).skip for one, facts in known}
        assert said == {f"A-{number}": expected(one, rule) for number, one in enumerate(made)}
        assert [one.number for one in due] == [one.number for one, _facts in known if said[one.number] is None]
        assert {one.number: asdict(one) for one, _facts in known}.items() >= {
            one.number: asdict(one) for one in due
        }.items()
        tried.rollback()


def test_once_it_is_asked_about_it_comes_again_after_its_days_and_has_another_period(connection: sa.Connection) -> None:
    put(connection, Made(), 1)
    periods = []
    for days in range(0, 300, 10):
        now = NOW + timedelta(days=days)
        for one in agreement_facts.due(connection, wanted(), now=now):
            ask = agreements.ask(
                connection, 1, one.agreement_id, period=one.period, happened_at=one.happened_at, now=now
            )
            agreements.moved(connection, ask, State.SKIPPED, now=now, reason="no address")
            periods.append((days, one.period))
        assert not agreement_facts.due(connection, wanted(), now=now), "it is asked about once"

    assert [days for days, _period in periods] == [0, 90, 180, 270]
    assert len({period for _days, period in periods}) == 4


def test_whoever_has_opted_out_or_was_asked_lately_is_left_alone(connection: sa.Connection) -> None:
    put(connection, Made(contact_id=1), 1)
    put(connection, Made(contact_id=2), 2)
    put(connection, Made(), 3)
    later = NOW - timedelta(days=29)
    agreements.ask(connection, 2, 99, subject="request", contact_id=1, happened_at=later)
    connection.execute(
        sa.text(
            "INSERT INTO feedback.opt_out (contact_id, address, at, by) VALUES (2, 'POST@firm.example', now(), 'x')"
        )
    )

    said = [audience.asked(RULE, facts, NOW) for _one, facts in agreement_facts.facts(connection, wanted(), now=NOW)]
    assert [one.skip for one in said] == [Skip.FATIGUE, Skip.OPTED_OUT, None]
    assert said[0].free_at == later + timedelta(days=30)
    assert [one.number for one in agreement_facts.due(connection, wanted(), now=NOW)] == ["A-3"]
    # By the card, the third one is that of the firm, which wants no letters either.
    by_card = wanted(by_hand=False)
    assert not agreement_facts.due(connection, by_card, now=NOW)
    assert [one.number for one in agreement_facts.due(connection, by_card, now=NOW + 2 * DAY)] == ["A-1"]


def test_an_address_that_letters_do_not_reach_is_none(connection: sa.Connection) -> None:
    put(connection, Made(contact_id=1), 1)
    put(connection, Made(), 2)
    _letter(connection, 1, "ANNA@firm.example", "failed", "550 no such user")
    _letter(connection, 2, "post@firm.example", "failed", "bounced: full")
    _letter(connection, 3, "post@firm.example", "sent", "250 ok")

    rows = agreement_facts.facts(connection, wanted(by_hand=False), now=NOW)

    assert [audience.asked(RULE, facts, NOW).skip for _one, facts in rows] == [Skip.BAD_ADDRESS, None]
    assert [one.address for one, _facts in rows] == ["anna@firm.example", "post@firm.example"]
    assert [one.number for one in agreement_facts.due(connection, wanted(by_hand=False), now=NOW)] == ["A-2"]
    both = ["Anna@firm.example", "post@firm.example"]
    assert bad_addresses.among(connection, both) == {"anna@firm.example"}


def _letter(connection: sa.Connection, number: int, address: str, state: str, answer: str) -> None:
    connection.execute(
        sa.text(
            "INSERT INTO outbox.letter (id, record_id, nature, message_id, sender, reply_to, mark, subject, body,"
            " thread_index, queued_at, due_at) VALUES (:id, 1, 'personal', :id, 'a', 'b', 'c', 's', 't', '', now(), now())"
        ),
        {"id": number},
    )
    connection.execute(
        sa.text(
            "INSERT INTO outbox.recipient (letter_id, position, address, folded, state, answer)"
            " VALUES (:id, 0, :address, lower(:address), :state, :answer)"
        ),
        {"id": number, "address": address, "state": state, "answer": answer},
    )


def test_a_hundred_thousand_agreements_are_looked_through_in_one_statement(connection: sa.Connection) -> None:
    connection.execute(
        sa.text(
            "INSERT INTO crm.agreement (number, company_id, contact_id, service_id, status, started_on)"
            " SELECT 'N-' || n, 1, 1 + n % 2, 1 + n % 3, (ARRAY['new', 'work', 'done'])[1 + n % 5 % 3], '2026-01-01'"
            " FROM generate_series(1, 100000) AS n"
        )
    )
    connection.execute(
        sa.text(
            "INSERT INTO feedback.ask (public_id, campaign_id, form_version_id, subject, subject_id, period, service,"
            " channel, language, state, reason, happened_at, state_at, state_by)"
            " SELECT id::text, 1, 1, 'agreement', id, 'once', 's', 'mail_link', 'ru', 'skipped', 'x', now(), now(), 'job'"
            " FROM crm.agreement WHERE id % 4 = 0"
        )
    )
    connection.execute(sa.text("SET LOCAL statement_timeout = '60s'"))  # what grows with rows times rows takes hours

    found = agreement_facts.due(connection, wanted(Rule()), now=NOW + 200 * DAY)

    assert 10_000 < len(found) < 90_000
    pages = agreement_facts.facts(connection, wanted(Rule()), now=NOW + 200 * DAY, after=found[0].agreement_id, most=9)
    assert len(pages) == 9
