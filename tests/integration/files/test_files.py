"""Contents of files are kept once, by what they are, and given out as they were or not at all."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from caseline.db.engine import open_engine
from caseline.files import tables
from caseline.files.store import Files, Gone

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture
def engine(database_url: str) -> sa.Engine:
    return open_engine(database_url)


@pytest.fixture(params=["database", "folder"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Files:
    return Files(tmp_path / "files" if request.param == "folder" else None)


def test_what_was_kept_is_read_again(engine: sa.Engine, files: Files) -> None:
    with engine.begin() as connection:
        first, second, empty = files.keep(connection, [b"one", b"\x00two", b""], at=NOW)
    with engine.connect() as connection:
        assert [files.read(connection, one) for one in (first, second, empty)] == [b"one", b"\x00two", b""]


def test_the_same_content_is_kept_once(engine: sa.Engine, files: Files) -> None:
    with engine.begin() as connection:
        digests = files.keep(connection, [b"one", b"one"], at=NOW) + files.keep(connection, [b"one"], at=NOW)
        assert len(set(digests)) == 1
        assert connection.execute(sa.select(sa.func.count()).select_from(tables.content)).scalar_one() == 1


def test_a_content_that_was_kept_elsewhere_is_still_found(engine: sa.Engine, tmp_path: Path) -> None:
    with engine.begin() as connection:
        (digest,) = Files().keep(connection, [b"one"], at=NOW)
        assert Files(tmp_path).read(connection, digest) == b"one"


def test_a_changed_or_lost_file_is_never_given_out(engine: sa.Engine, tmp_path: Path) -> None:
    with engine.begin() as connection:
        (digest,) = Files(tmp_path).keep(connection, [b"one"], at=NOW)
        (path,) = [one for one in tmp_path.rglob("*") if one.is_file()]
        path.write_bytes(b"two")
        with pytest.raises(Gone, match="another content"):
            Files(tmp_path).read(connection, digest)
        path.unlink()
        with pytest.raises(Gone, match="cannot read"):
            Files(tmp_path).read(connection, digest)
        with pytest.raises(Gone, match="CASELINE_FILES_FOLDER"):
            Files().read(connection, digest)
        with pytest.raises(Gone, match="ever kept"):
            Files().read(connection, bytes(32))
