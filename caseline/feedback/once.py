"""SQL of what is done once for a request although several asks of one kind are about it, one of them by hand."""

from typing import Final

import sqlalchemy as sa

from caseline.db.fixed import Fixed
from caseline.feedback.asks import Ask
from caseline.feedback.effects import CORRECTION, EVENT
from caseline.feedback.follow import Do

KINDS: Final = frozenset({Do.RECORD, Do.ASSIGNMENT, Do.REVIEW, Do.BONUS})
"""What is done once for all of them. What tells of an answer tells of each."""
_SCOPE: Final = Fixed(
    sa.text("SELECT 'request ' || CAST(:subject AS text) || ' ' || kind FROM feedback.campaign WHERE id = :id")
)
_HOLD: Final = Fixed(sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:scope, 42))"))
_SIBLINGS: Final = """
FROM feedback.ask AS a JOIN feedback.campaign AS c ON c.id = a.campaign_id
WHERE a.subject = 'request' AND a.subject_id = :subject
  AND c.kind = (SELECT kind FROM feedback.campaign WHERE id = :campaign)
"""
_FAMILY: Final = sa.text(f"SELECT a.id {_SIBLINGS} ORDER BY a.id")
_COUNTING: Final = sa.text(f"""
SELECT e.ask_id FROM feedback.effect AS e
WHERE e.kind = ANY (:kinds) AND e.ask_id IN (SELECT a.id {_SIBLINGS}) ORDER BY e.id DESC LIMIT 1
""")  # noqa: S608 - our own words


def scope(connection: sa.Connection, ask: Ask) -> str | None:
    """What an ask shares with others of its kind about the same request; None: nothing.

    Agreements are asked about again and again, so each ask about one has its own.
    """
    if ask.subject != "request":
        return None
    ((found,),) = _SCOPE.rows(connection, {"subject": ask.subject_id, "id": ask.campaign_id})
    return str(found)


def hold(connection: sa.Connection, shared: str | None) -> None:
    """Nobody else does what is done once for these asks until the transaction ends."""
    if shared is not None:
        _HOLD.rows(connection, {"scope": shared})


def family(connection: sa.Connection, ask: Ask) -> list[int]:
    """Ids of an ask and of those that share with it."""
    if ask.subject != "request":
        return [ask.id]
    return list(connection.execute(_FAMILY, {"subject": ask.subject_id, "campaign": ask.campaign_id}).scalars())


def counting(connection: sa.Connection, ask: Ask) -> int:
    """The id of that one of them whose answer came, or was corrected, last; its own where there is none."""
    if ask.subject != "request":
        return ask.id
    values = {"subject": ask.subject_id, "campaign": ask.campaign_id, "kinds": [EVENT, CORRECTION]}
    return connection.execute(_COUNTING, values).scalar_one_or_none() or ask.id
