"""Contents of files are kept once, by what they are, and given out as they were or not at all."""

import random
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
import sqlalchemy as sa

from caseline.files import rows, spool, tables
from caseline.files.faults import Gone, StoreTrouble, TooLarge
from caseline.files.folder import Folder
from caseline.files.rows import Place
from caseline.files.store import Files
from tests.factories.s3 import BUCKET, Store

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture(params=[*Place])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Files:
    store = request.getfixturevalue("store") if request.param is Place.BUCKET else None
    return Files(Folder(tmp_path / "files"), store and store.bucket(), request.param)


def keep(files: Files, connection: sa.Connection, *contents: bytes) -> list[bytes]:
    return [files.keep(connection, [one], at=NOW) for one in contents]


def places(connection: sa.Connection) -> list[tuple[object, ...]]:
    return [tuple(row) for row in connection.execute(sa.select(tables.content.c.place, tables.content.c.size))]


def test_what_was_kept_is_read_again(engine: sa.Engine, files: Files) -> None:
    with engine.begin() as connection:
        digests = keep(files, connection, b"one", b"\x00two", b"")
    with engine.connect() as connection:
        assert [files.read(connection, one) for one in digests] == [b"one", b"\x00two", b""]


def test_the_same_content_is_kept_once(engine: sa.Engine, files: Files) -> None:
    with engine.begin() as connection:
        digests = keep(files, connection, b"one", b"one", b"one")
        assert len(set(digests)) == 1
        assert len(places(connection)) == 1


def test_large_contents_come_in_pieces_and_go_out_as_they_were(engine: sa.Engine, files: Files) -> None:
    pieces = [random.Random(number).randbytes(700_001) for number in range(17)]
    whole = b"".join(pieces)
    with engine.begin() as connection:
        first = files.keep(connection, iter(pieces), at=NOW)
        second = files.keep(connection, reversed(pieces), at=NOW)
    with engine.connect() as connection:
        assert first == sha256(whole).digest()
        assert files.read(connection, first) == whole
        assert sha256(files.read(connection, second)).digest() == second
        assert {size for _, size in places(connection)} == {len(whole)}


def test_what_was_kept_elsewhere_is_still_found(engine: sa.Engine, tmp_path: Path, store: Store) -> None:
    folder, bucket = Folder(tmp_path), store.bucket()
    with engine.begin() as connection:
        kept = {place: keep(Files(folder, bucket, place), connection, place.encode())[0] for place in Place}
        for place in Place:
            files = Files(folder, bucket, place)
            assert [files.read(connection, kept[one]) for one in Place] == [one.encode() for one in Place]


def test_a_rollback_leaves_an_object_that_nobody_names(engine: sa.Engine, store: Store) -> None:
    files = Files(bucket=store.bucket(), place=Place.BUCKET)
    with engine.begin() as connection:
        (digest,) = keep(files, connection, b"one")
        connection.rollback()

    name = digest.hex()
    assert store.objects() == {f"mail/{name[:2]}/{name}": b"one"}
    with engine.begin() as connection:
        assert places(connection) == []
        assert keep(files, connection, b"one") == [digest]
        assert files.read(connection, digest) == b"one"


def test_where_the_store_fails_nothing_names_the_content(engine: sa.Engine, store: Store) -> None:
    files = Files(bucket=store.bucket(path="no-such-bucket"), place=Place.BUCKET)
    with engine.begin() as connection:
        with pytest.raises(StoreTrouble, match="no such bucket"):
            keep(files, connection, b"one")
        assert places(connection) == []


def test_a_changed_or_lost_file_is_never_given_out(engine: sa.Engine, tmp_path: Path) -> None:
    files = Files(Folder(tmp_path), place=Place.FOLDER)
    with engine.begin() as connection:
        (digest,) = keep(files, connection, b"one")
        (path,) = [one for one in tmp_path.rglob("*") if one.is_file()]
        path.write_bytes(b"two")
        with pytest.raises(Gone, match="another content"):
            files.read(connection, digest)
        path.unlink()
        with pytest.raises(Gone, match="cannot read"):
            files.read(connection, digest)
        with pytest.raises(Gone, match="CASELINE_FILES_FOLDER"):
            Files().read(connection, digest)
        with pytest.raises(Gone, match="ever kept"):
            Files().read(connection, bytes(32))


def test_a_changed_or_lost_object_is_never_given_out(engine: sa.Engine, store: Store) -> None:
    files = Files(bucket=store.bucket(), place=Place.BUCKET)
    with engine.begin() as connection:
        (digest,) = keep(files, connection, b"one")
        store.put(f"mail/{digest.hex()[:2]}/{digest.hex()}", b"two")
        with pytest.raises(Gone, match="another content"):
            files.read(connection, digest)
        store.clear()
        with pytest.raises(Gone, match=f"is not in the bucket {BUCKET} at"):
            files.read(connection, digest)
        with pytest.raises(Gone, match="CASELINE_FILES_S3"):
            Files().read(connection, digest)


def test_a_folder_that_cannot_be_written_is_no_fault_of_the_content(engine: sa.Engine, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with engine.begin() as connection, pytest.raises(StoreTrouble, match="CASELINE_FILES_FOLDER"):
        keep(Files(Folder(tmp_path / "file"), place=Place.FOLDER), connection, b"one")


def test_the_database_takes_no_content_above_its_limit(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "LARGEST", 2)
    with engine.begin() as connection:
        with pytest.raises(TooLarge, match="3 bytes, and the database takes 2"):
            keep(Files(), connection, b"one")
        keep(Files(), connection, b"on")


def test_a_full_disk_for_temporary_files_is_no_fault_of_the_content() -> None:
    with pytest.raises(StoreTrouble, match=r"No space left on device.*TMPDIR"), Path("/dev/full").open("wb", 0) as full:
        spool.write(full, b"one")
