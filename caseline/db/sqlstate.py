"""What the server means by the code with which it refuses a statement."""

from typing import Final

import sqlalchemy as sa

_BROKEN_OFF: Final = frozenset({"40001", "40P01"})
"""Serialization, a deadlock."""

_NOT_AVAILABLE: Final = "55P03"


def of(error: Exception) -> str | None:
    """The SQLSTATE with which the server refused a statement; None for everything else."""
    return getattr(error.orig, "sqlstate", None) if isinstance(error, sa.exc.DBAPIError) else None


def broken_off(error: Exception) -> bool:
    """Whether a transaction was broken off because of somebody else at the same moment: done again, it may well do."""
    return of(error) in _BROKEN_OFF


def kept_waiting(error: Exception) -> bool:
    """Whether somebody held a lock for longer than this transaction was to wait."""
    return of(error) == _NOT_AVAILABLE
