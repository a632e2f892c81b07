"""SQL of what clients have said of one record, in one statement."""

from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from caseline.feedback import tables
from caseline.feedback.answer_tables import answer, rating, signal
from caseline.reports import feedback_card
from caseline.reports.feedback_card import Ask, Click, Feedback, Rating, Written
from caseline.reports.stores.feedback_ground import clicked

MOST: Final = 20
"""Asks that are shown; a record that is asked about more often shows the newest."""
_ASK, _CAMPAIGN, _VERSION = tables.ask, tables.campaign, tables.form_version


def of(connection: sa.Connection, subject: str, subject_id: int, language: str) -> Feedback:
    """All asks about something with what came back; `subject` as asks have it."""
    row = connection.execute(_statement(subject, subject_id, language)).one()
    return Feedback([_ask(one, language) for one in row.asks or ()], row.running)


def _statement(subject: str, subject_id: int, language: str) -> sa.Select[Any]:
    called = sa.func.coalesce(_CAMPAIGN.c.document["name"][language].astext, _CAMPAIGN.c.name)
    newest = (
        sa.select(
            _ASK.c.id,
            called.label("campaign"),
            _ASK.c.state,
            _ASK.c.reason,
            _ASK.c.state_at,
            _VERSION.c.document["questions"].label("questions"),
            _many(rating, ("question", "value", "lowest", "highest", "at", "superseded_at")).label("ratings"),
            _many(signal, ("question", "value", "at"), *clicked(signal)).label("clicks"),
            _many(answer, ("at", "entered_by", "document")).label("answers"),
        )
        .select_from(
            _ASK.join(_CAMPAIGN, _CAMPAIGN.c.id == _ASK.c.campaign_id).join(
                _VERSION, _VERSION.c.id == _ASK.c.form_version_id
            )
        )
        .where(_ASK.c.subject == subject, _ASK.c.subject_id == subject_id)
        .order_by(_ASK.c.id.desc())
        .limit(MOST)
        .subquery("newest")
    )
    whole = sa.func.jsonb_agg(sa.func.to_jsonb(sa.literal_column("newest")))
    asks = sa.select(whole).select_from(newest).scalar_subquery()
    running = sa.exists().where(_CAMPAIGN.c.switched_on_at.is_not(None))
    return sa.select(asks.label("asks"), running.label("running"))


def _many(table: sa.Table, names: tuple[str, ...], *where: sa.ColumnElement[bool]) -> sa.ScalarSelect[Any]:
    """Rows of an ask as one value."""
    pairs: list[sa.ColumnElement[Any]] = []
    for name in names:
        pairs += [sa.literal_column(f"'{name}'"), table.c[name]]
    rows = sa.func.jsonb_agg(sa.func.jsonb_build_object(*pairs))
    return sa.select(rows).where(table.c.ask_id == _ASK.c.id, *where).correlate(_ASK).scalar_subquery()


def _ask(row: dict[str, Any], language: str) -> Ask:
    answers = [
        Written(_at(one["at"]), one["entered_by"], one["document"] if isinstance(one["document"], dict) else {})
        for one in row["answers"] or ()
    ]
    ratings = [_rating(one, answers) for one in row["ratings"] or ()]
    rated = {one.question for one in ratings}
    clicks: dict[str, Click] = {}
    for one in sorted(row["clicks"] or (), key=lambda each: _at(each["at"])):
        if one["question"] not in rated:
            clicks[one["question"]] = Click(one["question"], one["value"], _at(one["at"]))
    return Ask(
        id=row["id"],
        campaign=row["campaign"],
        state=row["state"],
        reason=row["reason"],
        state_at=_at(row["state_at"]),
        questions=feedback_card.asked(row["questions"], ratings, list(clicks.values()), language),
        comment=feedback_card.comment(row["questions"], answers),
    )


def _rating(one: dict[str, Any], answers: list[Written]) -> Rating:
    at = _at(one["at"])
    return Rating(
        question=one["question"],
        value=one["value"],
        lowest=one["lowest"],
        highest=one["highest"],
        at=at,
        superseded=one["superseded_at"] is not None,
        entered_by=feedback_card.entered_by(at, answers),
    )


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)
