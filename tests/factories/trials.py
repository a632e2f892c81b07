"""What a trial of an import needs: an export with its truth, and a fresh database on a server that keeps its word."""

import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url

from caseline.db import embedded
from tests.factories import databases, verdict
from tests.factories.processes import Place

TEMPLATE = "migrated"


@dataclass(frozen=True, slots=True)
class Export:
    """A sample export with what has to become of it."""

    folder: Path
    truth: Path
    expected: verdict.Expected


@dataclass(frozen=True, slots=True)
class Disk:
    """A server with every safety of PostgreSQL on, and a migrated database to copy."""

    home: Path
    server: embedded.Server
    observer: psycopg.Connection[Any]
    """In another database than those of the trials; commits by itself."""

    def url(self, database: str) -> str:
        """Address of a database on it."""
        return make_url(self.server.url).set(database=database).render_as_string(hide_password=False)

    def make(self, of: str = TEMPLATE) -> Place:
        """A copy of a database, as a rule of the empty migrated one, and a home to use it from."""
        name = f"trial_{uuid.uuid4().hex[:12]}"
        databases.create(self.observer, name, of)
        return Place(self.home, self.url(name))

    def drop(self, place: Place) -> None:
        """Remove it with whoever is still connected."""
        databases.drop(self.observer, database_of(place))


def database_of(place: Place) -> str:
    """Name of the database that a place means."""
    return (make_url(place.url).database if place.url else None) or embedded.DATABASE


def rows(place: Place, query: str) -> list[Any]:
    """What a query in the database of a place answers."""
    assert place.url
    with psycopg.connect(place.url) as connection:
        return connection.execute(query.encode()).fetchall()


def value(place: Place, query: str) -> Any:  # noqa: ANN401 - whatever the query asks for
    """The one value that a query in the database of a place answers."""
    assert place.url
    with psycopg.connect(place.url) as connection:
        (found,) = connection.execute(query.encode()).fetchone() or (None,)
        return found
