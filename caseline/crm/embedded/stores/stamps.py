"""SQL of a stamp over what administrators have set up for requests: another one whenever any of it is another."""

from typing import Final

import sqlalchemy as sa

_TABLES: Final = (
    "crm.stage",
    "crm.transition",
    "crm.category",
    "crm.section",
    "crm.own_field",
    "crm.field_definition",
    "crm.field_rule",
    'people."group"',
)
"""Small ones, changed seldom and read with every page."""
_SUM: Final = "(SELECT sum(hashtextextended(CAST(one AS text), 0)) FROM {} AS one)"
_STAMP: Final = sa.text("SELECT " + ", ".join(map(_SUM.format, _TABLES)))


def stamp(connection: sa.Connection) -> tuple[int, ...]:
    """It is made of the rows themselves: nobody who writes them has to think of it, whatever program he writes with."""
    return tuple(int(one or 0) for one in connection.execute(_STAMP).one())
