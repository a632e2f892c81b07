"""SQL of addresses that no letter shall go to: the last one came back, or whoever reads there wants none."""

import re
from collections.abc import Collection
from typing import Final

import sqlalchemy as sa

from caseline.outbox.addresses import folded
from caseline.outbox.letters import Delivery

_REFUSED: Final = re.compile("bounced: |5[0-9][0-9]")
"""What is said of an address; that a server could not be reached says nothing of it."""
BAD: Final = """
SELECT r.folded FROM outbox.recipient AS r
WHERE r.state = 'failed' AND r.answer ~ '^(bounced: |5[0-9][0-9])' AND NOT EXISTS (
  SELECT FROM outbox.recipient AS later
  WHERE later.folded = r.folded AND later.letter_id > r.letter_id AND later.state = 'sent'
)
"""
"""All of them, as they are folded."""

_LAST: Final = """
SELECT DISTINCT ON (folded) folded, state, answer FROM outbox.recipient
WHERE folded = ANY (CAST(:addresses AS text[])) AND state <> 'waiting'
ORDER BY folded, letter_id DESC
"""


def among(connection: sa.Connection, addresses: Collection[str]) -> frozenset[str]:
    """Those of these addresses, folded, that the last letter did not reach."""
    if not addresses:
        return frozenset()
    found = connection.execute(sa.text(_LAST), {"addresses": sorted({folded(one) for one in addresses})})
    return frozenset(
        row.folded for row in found if row.state == Delivery.FAILED.value and _REFUSED.match(row.answer or "")
    )


def unwanted(connection: sa.Connection, address: str) -> bool:
    """Whether whoever reads at an address has said that he wants no letters that ask for feedback."""
    query = "SELECT EXISTS (SELECT FROM feedback.opt_out WHERE ended_at IS NULL AND lower(address) = :address)"
    return bool(connection.execute(sa.text(query), {"address": folded(address)}).scalar_one())
