"""The commands `caseline files`: where contents of attachments lie, and moving them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from caseline.db.engine import open_engine
from caseline.files.folder import Folder
from caseline.files.rows import Place
from caseline.files.store import Files
from tests.factories import s3
from tests.factories.s3 import Store
from tests.integration.cli.conftest import Command, Query

CONTENTS = (b"one", b"two" * 3_000_000, b"")


def keep(url: str, files: Files) -> list[bytes]:
    engine = open_engine(url)
    with engine.begin() as connection:
        digests = [files.keep(connection, [one], at=datetime.now(UTC)) for one in CONTENTS]
    engine.dispose()
    return digests


def test_contents_move_from_place_to_place_and_stay_what_they_are(
    caseline: Command, query: Query, database_url: str, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digests = keep(database_url, Files())
    monkeypatch.setenv("CASELINE_FILES_FOLDER", str(tmp_path))
    monkeypatch.setenv("CASELINE_FILES_S3", store.address())
    for place in ("folder", "bucket", "database", "bucket"):
        monkeypatch.setenv("CASELINE_FILES_PLACE", place)

        moved = caseline("files", "move", "--json")
        assert (moved.code, moved.object["files"], moved.object["bytes"]) == (0, 3, 9_000_003)
        assert caseline("files", "move", "--json").object["files"] == 0

        listed = caseline("files", "list", "--json").object
        assert listed == {"new": place, "places": [{"place": place, "files": 3, "bytes": 9_000_003}]}
        held = query("SELECT count(*) FROM files.content WHERE bytes IS NOT NULL")
        assert held == [(3 if place == "database" else 0,)]

    assert len(store.objects()) == 3
    engine, files = open_engine(database_url), Files(bucket=store.bucket())
    with engine.connect() as connection:
        assert [files.read(connection, one) for one in digests] == list(CONTENTS)
    engine.dispose()
    assert "New ones are kept here: bucket" in caseline("files", "list").out


def test_what_cannot_be_moved_is_named_and_holds_up_no_other(
    caseline: Command, query: Query, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost, *_ = keep(database_url, Files(Folder(tmp_path), place=Place.FOLDER))
    (tmp_path / lost.hex()[:2] / lost.hex()).unlink()
    monkeypatch.setenv("CASELINE_FILES_FOLDER", str(tmp_path))
    monkeypatch.setenv("CASELINE_FILES_PLACE", "database")

    answer = caseline("files", "move")

    assert (answer.code, "2 files" in answer.out) == (3, True)
    assert f"file {lost.hex()}: cannot read" in answer.err
    assert sorted(query("SELECT place FROM files.content")) == [("database",), ("database",), ("folder",)]


def test_a_place_that_does_not_work_is_told_with_its_remedy_and_without_its_secret(
    caseline: Command, query: Query, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(database_url, Files())
    with s3.scripted((403, s3.fault("SignatureDoesNotMatch", s3.SECRET))) as store:
        monkeypatch.setenv("CASELINE_FILES_S3", f"http://{s3.KEY}:{s3.SECRET}@127.0.0.1:{store.port}/{s3.BUCKET}")
        answer = caseline("files", "move")

    assert (answer.code, "the secret does not belong to the key" in answer.err) == (1, True)
    assert s3.SECRET not in answer.out + answer.err
    assert query("SELECT DISTINCT place FROM files.content") == [("database",)]

    monkeypatch.setenv("CASELINE_FILES_S3", f"https://{s3.KEY}:{s3.SECRET}@store.example")
    answer = caseline("files", "list")
    assert (answer.code, "CASELINE_FILES_S3: must name a bucket" in answer.err) == (1, True)
    assert s3.SECRET not in answer.out + answer.err
