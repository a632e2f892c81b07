"""Writes to each head and director, once a week, what clients have said of his divisions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from caseline.actions import read_reports, wiring
from caseline.actions.wiring import House
from caseline.outbox import store as outbox
from caseline.outbox import template_book, templates
from caseline.outbox.faults import OutboxFault
from caseline.outbox.letters import Address, Nature, NewLetter
from caseline.outbox.minting import Thread
from caseline.outbox.tags import Tag
from caseline.people import trees
from caseline.people.access import Reach
from caseline.people.stores import divisions, heads
from caseline.people.stores.divisions import Division
from caseline.people.stores.heads import Leader
from caseline.reports import feedback_letter, feedback_questions, periods
from caseline.reports.feedback_figures import Funnel, Rated
from caseline.reports.feedback_letter import Account, Week
from caseline.reports.feedback_questions import BAD, Axis, Order, Report, Spot, Wish
from caseline.reports.feedback_rows import Behind
from caseline.reports.periods import Period
from caseline.reports.stores import feedback_behind, feedback_counting
from caseline.reports.stores.feedback_ground import Ground

TEMPLATE: Final = "feedback_report"
NO_MAIL: Final = "nobody has said our own mail address (CASELINE_MAIL_ADDRESS)"
QUIET: Final = "nobody was asked and nothing was said in two weeks"
_WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Told:
    """What became of the letter of one of them."""

    leader: Leader
    account: Account
    letter_id: int | None
    why: str = ""
    """Why there is none."""


def write(house: House, *, now: datetime) -> list[Told]:
    """Queue a letter about the last whole week for each head and director with a mail address.

    Each is written in a transaction of its own and has an occasion of the week, so it is written once, however often
    this is called; one that cannot be written keeps back no other.
    """
    zone = read_reports.zone(house)
    period = Period(*periods.preset("last_week", now.astimezone(ZoneInfo(zone)).date()), zone)
    with house.engine.connect() as connection:
        leaders, tree = heads.leaders(connection), divisions.every(connection)
    return [_write(house, one, tree, period, now) for one in leaders]


def _write(house: House, leader: Leader, tree: Sequence[Division], period: Period, now: datetime) -> Told:
    with read_reports.reading(house) as connection:
        account = _account(connection, leader, tree, period, now)
    if account.now.quiet and account.before.quiet:
        return Told(leader, account, None, QUIET)
    if house.settings.mail_address is None:
        return Told(leader, account, None, NO_MAIL)
    try:
        with house.engine.begin() as connection:
            return Told(leader, account, _queue(house, connection, leader, account, now))
    except OutboxFault as error:
        return Told(leader, account, None, str(error))


def _queue(house: House, connection: sa.Connection, leader: Leader, account: Account, now: datetime) -> int:
    year, week, _day = account.first.isocalendar()
    template = template_book.find(connection, TEMPLATE, leader.language)
    values = {
        Tag.ASSIGNEE_NAME: leader.name,
        Tag.SUBJECT: feedback_letter.head(account, leader.language),
        Tag.TEXT: feedback_letter.text(account, leader.language, _links(house, account.bad)),
        Tag.LINK: _link(house, account),
    }
    words = templates.render(template, values)
    new = NewLetter(
        thread=Thread(None),
        to=[Address(leader.email, leader.name)],
        subject=words.subject,
        text=words.text,
        html=words.html,
        imported=False,
        nature=Nature.NOTICE,
        sender_name=house.settings.mail_name,
        occasion=f"feedback report {year}-W{week:02} {leader.id}",
        ordered=True,  # one a week, whatever else he gets
    )
    return outbox.queue(connection, new, wiring.mint(house, connection, now=now), now=now)


def _account(
    connection: sa.Connection, leader: Leader, tree: Sequence[Division], period: Period, now: datetime
) -> Account:
    ids = () if leader.everything else _below(leader, tree)
    before = replace(period, first=period.first - _WEEK, last=period.last - _WEEK)
    bad: list[Behind] = []
    number = 0
    for report in (Report.NPS, Report.MEAN):
        ground = _ground(report, period, ids, leader.language, now)
        bad += feedback_behind.rows(connection, ground, Spot(BAD), Order(), 0, feedback_letter.SHOWN)
        number += feedback_behind.count(connection, ground, Spot(BAD))
    names = {one.id: one.name for one in tree}
    return Account(
        first=period.first,
        last=period.last,
        divisions=[names[one] for one in leader.divisions if not leader.everything],
        now=_week(connection, period, ids, leader.language, now),
        before=_week(connection, before, ids, leader.language, now),
        bad=sorted(bad, key=lambda row: row.at, reverse=True),
        bad_number=number,
    )


def _below(leader: Leader, tree: Sequence[Division]) -> tuple[str, ...]:
    """Keys of his divisions and of all below them."""
    parents = {one.id: one.parent_id for one in tree}
    return tuple(str(one.id) for one in tree if set(leader.divisions) & set(trees.above(parents, one.id)))


def _week(connection: sa.Connection, period: Period, ids: tuple[str, ...], language: str, now: datetime) -> Week:
    funnel, scores, others = (
        feedback_counting.answer(connection, _ground(report, period, ids, language, now))
        for report in (Report.FUNNEL, Report.NPS, Report.MEAN)
    )
    assert isinstance(funnel, Funnel)  # noqa: S101 - by its report
    assert isinstance(scores, Rated)  # noqa: S101
    assert isinstance(others, Rated)  # noqa: S101
    return Week(
        asked=funnel.total.counts["asked"],
        answers=funnel.total.answered,
        nps=scores.total.tally.nps,
        tally=others.total.tally,
        unconfirmed=scores.total.unconfirmed + others.total.unconfirmed,
        phone=scores.total.phone + others.total.phone,
    )


def _ground(report: Report, period: Period, ids: tuple[str, ...], language: str, now: datetime) -> Ground:
    wish = Wish(by=Axis.CAMPAIGN.value, chosen={Axis.DIVISION.value: ids} if ids else {})
    question = feedback_questions.ask(report, period, wish, now=now)
    return Ground(question, read_reports.everything(), Reach(all=True), language)


def _links(house: House, rows: Sequence[Behind]) -> Mapping[int, str]:
    base = house.settings.desk_url
    if base is None:
        return {}
    return {row.subject_id: f"{base.rstrip('/')}/requests/{row.subject_id}" for row in rows if row.subject == "request"}


def _link(house: House, account: Account) -> str:
    """The report of the week at the desk; nothing where nobody has said its address."""
    base = house.settings.desk_url
    if base is None:
        return ""
    return f"{base.rstrip('/')}/reports/{Report.MEAN}?from={account.first}&to={account.last}"
