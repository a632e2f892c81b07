"""A full disk stops the import with a remedy; with room again it goes on where it stopped."""

import os
import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from caseline.db.embedded import Server
from staging.faults import DiskFull
from tests.factories import imports
from tests.factories.salesforce import case, export

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class SmallDisk:
    """A disk of its own with a database on it."""

    folder: Path
    url: str

    def grow(self, mebibytes: int) -> None:
        """Make more room."""
        subprocess.run(["mount", "-o", f"remount,size={mebibytes}m", str(self.folder)], check=True)


@pytest.fixture
def disk(server: Server, template: str) -> Iterator[SmallDisk]:
    """A migrated database on a disk of 30 MiB."""
    if os.geteuid() != 0:
        pytest.skip("needs root")
    if not server.data.exists() or os.environ.get("CASELINE_TEST_DATABASE_URL"):
        pytest.skip("needs the embedded server")
    # Beside the server's data: its user must be able to reach it.
    folder = server.data.parent.parent / f"disk-{uuid.uuid4().hex[:8]}"
    folder.mkdir()
    owner = server.data.stat()
    size = f"size=30m,mode=0700,uid={owner.st_uid},gid={owner.st_gid}"
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", size, "none", str(folder)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("needs root")  # a container's root that may not mount is none
    name = f"disk_{folder.name[-8:]}"
    _execute(
        server,
        f"CREATE TABLESPACE {name} LOCATION '{folder}'",
        f"CREATE DATABASE {name} TEMPLATE {template} TABLESPACE {name}",
    )
    yield SmallDisk(folder, make_url(server.url).set(database=name).render_as_string(hide_password=False))
    _execute(server, f"DROP DATABASE {name} WITH (FORCE)", f"DROP TABLESPACE {name}")
    subprocess.run(["umount", str(folder)], check=True)
    folder.rmdir()


def _execute(server: Server, *statements: str) -> None:
    with psycopg.connect(server.url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def test_full_disk_stops_with_the_remedy_and_nothing_is_lost(disk: SmallDisk, tmp_path: Path) -> None:
    desk = imports.desk(disk.url, tmp_path)
    long = os.urandom(2000).hex()  # hardly to be compressed
    folder = export(tmp_path / "export", Case=[case(n, Description=long[n % 1000 :]) for n in range(5000)])

    with pytest.raises(DiskFull, match="free space, then start the import again"):
        desk.run(folder, only=("request",))
    assert desk.totals()["success"] < 5000

    disk.grow(400)
    desk.run(folder, only=("request",))

    assert desk.totals() == {"read": 5000, "new": 0, "success": 5000, "failed": 0, "filtered": 0}
    assert len(desk.records()) == 5000
    assert {row.attempts for row in desk.rows()} == {1}
