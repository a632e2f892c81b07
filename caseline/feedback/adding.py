"""The statement that adds any number of asks by one value: to pass thousands of values costs more than the rows."""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa

from caseline.feedback.tables import ask

_TYPES: Final = {sa.Text: "text", sa.BigInteger: "bigint", sa.DateTime: "timestamptz"}

_STATE: Final = (
    "CASE WHEN t.state = 'draft' AND :go_on THEN CASE WHEN t.address IS NULL THEN 'needs_data' ELSE 'queued' END"
    " ELSE t.state END"
)


def statement(columns: Sequence[str]) -> sa.TextClause:
    """Adds what `rows` holds as JSON by these columns, what is there left as it is; answers the new ids.

    `go_on`: drafts go on at once, which writes a row once instead of twice; the database keeps both steps.
    """
    names = ", ".join(columns)
    values = ", ".join(_STATE if name == "state" else f"t.{name}" for name in columns)
    typed = ", ".join(f"{name} {_TYPES[type(ask.c[name].type)]}" for name in columns)
    return sa.text(
        f"INSERT INTO feedback.ask ({names}, state_at, state_by)"  # noqa: S608 - names of our own columns
        f" SELECT {values}, :now, :by FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS t({typed})"
        " ON CONFLICT (campaign_id, subject, subject_id, period) DO NOTHING RETURNING id"
    )
