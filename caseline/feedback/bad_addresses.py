"""SQL of addresses that no letter shall go to: the last one came back, or whoever reads there wants none."""

from collections.abc import Collection
from typing import Final

import sqlalchemy as sa

from caseline.outbox.addresses import folded

_REFUSED: Final = "'^(bounced: |5[0-9][0-9])'"
# What says something of an address: it was reached, or refused for good. That a server was away says nothing.
_TELLS: Final = f"(said.state = 'sent' OR said.state = 'failed' AND said.answer ~ {_REFUSED})"


def bad(folded_address: str) -> str:
    """SQL: whether the last letter to an address that told anything of it did not reach it, bounced or refused."""
    return (
        "coalesce((SELECT said.state = 'failed' FROM outbox.recipient AS said"  # noqa: S608 - our own words
        f" WHERE said.folded = {folded_address} AND {_TELLS} ORDER BY said.letter_id DESC LIMIT 1), false)"
    )


BAD: Final = f"""
SELECT DISTINCT r.folded FROM outbox.recipient AS r
WHERE r.state = 'failed' AND r.answer ~ {_REFUSED} AND {bad("r.folded")}
"""  # noqa: S608 - our own words
"""All of them, as they are folded."""
_AMONG: Final = sa.text(f"""
SELECT given.folded FROM unnest(CAST(:addresses AS text[])) AS given(folded) WHERE {bad("given.folded")}
""")  # noqa: S608 - our own words


def among(connection: sa.Connection, addresses: Collection[str]) -> frozenset[str]:
    """Those of these addresses, folded, that the last letter did not reach."""
    if not addresses:
        return frozenset()
    found = connection.execute(_AMONG, {"addresses": sorted({folded(one) for one in addresses})})
    return frozenset(found.scalars())


def unwanted(connection: sa.Connection, address: str) -> bool:
    """Whether whoever reads at an address has said that he wants no letters that ask for feedback."""
    query = """
      SELECT EXISTS (SELECT FROM feedback.opt_out WHERE ended_at IS NULL
        AND (lower(address) = :address OR digest = sha256(convert_to(trim(CAST(:address AS text)), 'UTF8'))))
    """
    return bool(connection.execute(sa.text(query), {"address": folded(address)}).scalar_one())
