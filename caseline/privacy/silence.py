"""SQL of those who want no questions: of an address that is erased its digest stays, so that it is not asked again."""

from collections.abc import Iterable
from typing import Final

import sqlalchemy as sa

from caseline.db.arrays import texts

_COUNT: Final = "SELECT count(*) FROM feedback.opt_out WHERE lower(address) = ANY (CAST(:addresses AS text[]))"
_HIDE: Final = """
UPDATE feedback.opt_out SET digest = sha256(convert_to(lower(trim(address)), 'UTF8')), address = NULL
WHERE lower(address) = ANY (CAST(:addresses AS text[]))
"""


def keep_digests(connection: sa.Connection, addresses: Iterable[str], *, write: bool) -> int:
    """Refusals of these addresses and phones, which know them by their digest from now on; `write`: now."""
    statement = sa.text(_HIDE if write else _COUNT)
    found = connection.execute(statement, {"addresses": texts(sorted({one.lower() for one in addresses}))})
    return found.rowcount if write else int(found.scalar_one())
