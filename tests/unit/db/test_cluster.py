"""Where a home's socket lies, and which folders are refused."""

import os
from pathlib import Path

import pytest

from caseline.db import system_user
from caseline.db.cluster import Cluster, make_private
from caseline.db.embedded_errors import HomeNotUsableError

LONGEST_SOCKET_PATH = 103


def cluster(place: str) -> Cluster:
    return Cluster(Path(place).parent, Path(place), system_user.Account(1000, 1000, "somebody"))


def test_socket_lies_beside_the_data_where_the_path_is_short() -> None:
    assert cluster("/srv/home/postgres").socket_folder == Path("/srv/home/postgres/run")


@pytest.mark.parametrize("length", range(60, 140))
def test_path_of_the_socket_never_grows_too_long(length: int) -> None:
    folder = cluster("/" + "a" * length).socket_folder

    assert len(os.fsencode(folder / ".s.PGSQL.5432")) <= LONGEST_SOCKET_PATH


def test_cyrillic_letters_count_as_two_bytes() -> None:
    assert cluster("/" + "ы" * 45).socket_folder.parent.name == "tmp"


@pytest.mark.parametrize("name", ["a,b", 'a"b', "a\nb"])
def test_signs_that_end_a_name_are_kept_out_of_the_socket_s_path(name: str) -> None:
    assert cluster(f"/srv/{name}").socket_folder.parent.name == "tmp"


def test_two_homes_and_two_users_have_different_sockets() -> None:
    one, other = cluster("/" + "a" * 150), cluster("/" + "a" * 151)
    theirs = Cluster(one.home, one.place, system_user.Account(1001, 1001, "another"))

    assert len({one.socket_folder, other.socket_folder, theirs.socket_folder}) == 3


def test_private_folder_lets_nobody_else_in(tmp_path: Path) -> None:
    folder = tmp_path / "run"

    make_private(folder, system_user.caller())
    make_private(folder, system_user.caller())

    assert folder.stat().st_mode & 0o777 == 0o700


def test_folder_that_others_may_write_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    folder.chmod(0o777)

    with pytest.raises(HomeNotUsableError, match="nobody else may write to"):
        make_private(folder, system_user.caller())


def test_folder_of_somebody_else_and_link_are_refused(tmp_path: Path) -> None:
    folder, link = tmp_path / "run", tmp_path / "link"
    folder.mkdir(mode=0o700)
    link.symlink_to(folder)
    stranger = system_user.Account(os.geteuid() + 1, os.getegid(), "stranger")

    with pytest.raises(HomeNotUsableError, match="belongs to stranger"):
        make_private(folder, stranger)
    with pytest.raises(HomeNotUsableError):
        make_private(link, system_user.caller())
