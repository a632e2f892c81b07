"""Sends places of records (numpy arrays) to PostgreSQL as int4[] without a loop over their elements."""

import struct
from typing import Any, Final

import numpy as np
import psycopg
import sqlalchemy as sa
from numpy.typing import NDArray
from psycopg.adapt import Dumper
from psycopg.pq import Format
from sqlalchemy.types import UserDefinedType

_INT4: Final = 23
_INT4_ARRAY: Final = 1007


class Int4Array:
    """An array on its way to PostgreSQL."""

    def __init__(self, values: NDArray[np.int32]) -> None:
        self.values = values


class _Int4ArrayDumper(Dumper):
    """PostgreSQL's binary form: header of one dimension, then (length, value) for each element, big-endian."""

    format = Format.BINARY
    oid = _INT4_ARRAY

    def dump(self, obj: Any) -> bytes:  # noqa: ANN401 - psycopg's own signature
        elements = np.empty((len(obj.values), 2), ">i4")
        elements[:, 0] = 4
        elements[:, 1] = obj.values
        return struct.pack(">iiiii", 1, 0, _INT4, len(obj.values), 1) + elements.tobytes()


class PlacesType(UserDefinedType[Any]):
    """SQLAlchemy's name for it: handed to psycopg as it is."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """Type in PostgreSQL."""
        return "int4[]"


def at(name: str, ordinal: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    """Element `ordinal` (from 1) of the places bound as `name`."""
    return sa.func.staging.place(sa.bindparam(name, type_=PlacesType()), ordinal, type_=sa.Integer)


def register(connection: psycopg.Connection[Any]) -> None:
    """Teach a psycopg connection to send `Int4Array`."""
    connection.adapters.register_dumper(Int4Array, _Int4ArrayDumper)
