"""An import desk on a fresh database: runs imports through the actions and shows what became of every record."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa

from caseline.actions import run_import
from caseline.actions.run_import import Import, Order
from caseline.actions.wiring import House
from caseline.crm.connect import connect
from caseline.db.engine import open_engine
from caseline.settings import Settings
from staging import mapping_file, report, tables
from staging.register import Options

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Row:
    """A staging row as a test wants to see it."""

    id: int
    part: str
    file: str
    line: int
    offset: int
    length: int
    key: str | None
    status: str
    attempts: int
    errors: tuple[dict[str, Any], ...]
    crm_id: int | None
    raw: bytes | None
    duplicate_of: int | None

    @property
    def codes(self) -> list[str]:
        """Error codes, in their order."""
        return [error["code"] for error in self.errors]


@dataclass(frozen=True)
class Desk:
    """Where exports are handed in."""

    house: House

    def run(self, *paths: Path, mapping: str | Path = "salesforce", confirmed: bool = False, **options: Any) -> Import:  # noqa: ANN401 - options of a run
        """Import to the end."""
        order = Order(paths, str(mapping), Options(**options), confirmed=confirmed)
        running = run_import.start(self.house, order, clock=lambda: NOW)
        assert run_import.go_on(running)
        return running

    def retry(self, mapping: str | Path, **options: Any) -> Import:  # noqa: ANN401 - options of a run
        """Try FAILED rows again by a mapping."""
        running = run_import.retry_with(
            self.house, mapping_file.load(str(mapping)), Options(**options), clock=lambda: NOW
        )
        assert run_import.go_on(running)
        return running

    def rows(self, part: str | None = None) -> list[Row]:
        """Staging rows of a part (or all) in the order of files and lines."""
        row, file = tables.row, tables.file
        query = (
            sa.select(
                row.c.id,
                tables.part.c.name,
                file.c.path,
                row.c.line,
                row.c.byte_offset,
                row.c.byte_length,
                row.c.key,
                row.c.status,
                row.c.attempts,
                row.c.errors,
                row.c.crm_id,
                row.c.raw,
                row.c.duplicate_of,
            )
            .join(file, file.c.id == row.c.file_id)
            .join(tables.part, tables.part.c.id == row.c.part_id)
            .where(sa.true() if part is None else tables.part.c.name == part)
            .order_by(tables.part.c.id, file.c.id, row.c.line, row.c.id)
        )
        found = self.query(query)
        return [Row(*(*row[:9], tuple(row.errors or ()), *row[10:])) for row in found]

    def row(self, key: str, part: str = "request") -> Row:
        """The row that owns a key."""
        (found,) = [row for row in self.rows(part) if row.key == key and row.duplicate_of is None]
        return found

    def records(self, entity: str = "request") -> dict[str, dict[str, Any]]:
        """Records of the CRM by origin, references as origins."""
        with closing(cast("Any", self.house.crm.read(entity, None))) as found:
            return {record["origin"]: record for record in found}

    def totals(self, part: str = "request") -> dict[str, int]:
        """Rows of a part by status."""
        with self.house.engine.connect() as connection:
            return report.totals(connection)[part].as_dict()

    def statuses(self, part: str = "request") -> dict[str | None, str]:
        """Status by key."""
        return {row.key: row.status for row in self.rows(part) if row.duplicate_of is None}

    def query(self, statement: sa.Executable | str) -> Sequence[Any]:
        """Rows of any query."""
        with self.house.engine.connect() as connection:
            return connection.execute(sa.text(statement) if isinstance(statement, str) else statement).all()

    def execute(self, statement: str, **parameters: Any) -> None:  # noqa: ANN401 - values of SQL
        """Change something behind the back of everybody."""
        with self.house.engine.begin() as connection:
            connection.execute(sa.text(statement), parameters)


def desk(url: str, home: Path) -> Desk:
    """A desk on a migrated database."""
    engine = open_engine(url)
    return Desk(House(Settings(home=home), url, engine, connect("embedded", engine)))
