"""Finding the files of an export: what is there, what is not, and what nobody should open."""

import copy
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from staging import sources, survey
from staging.faults import FileFault
from staging.mapping_file import load
from staging.sources import SourceFile

MIB = 1024 * 1024
CASE = b"Id,CaseNumber,Subject,Status,CreatedDate\n500000000000001AAA,1,s,New,2024-01-01 10:00:00\n"


def packed(archive: Path, method: int = zipfile.ZIP_DEFLATED, **members: bytes) -> Path:
    with zipfile.ZipFile(archive, "w", method) as opened:
        for name, data in members.items():
            opened.writestr(name.replace("_csv", ".csv"), data)
    return archive


def named(archive: Path, name: str) -> Path:
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr(name, CASE)
    return archive


def patched(archive: Path, *, local: int, central: int, byte: int) -> Path:
    """Set a byte of the first member's headers."""
    data = bytearray(archive.read_bytes())
    data[data.index(b"PK\3\4") + local] = byte
    data[data.index(b"PK\1\2") + central] = byte
    archive.write_bytes(data)
    return archive


def fault(*paths: Path) -> FileFault:
    """What an import of these paths stops with; every file is looked at and read to its end."""
    with pytest.raises(FileFault) as caught:
        survey.look(paths, load("salesforce"), ("request",))
    assert ": " in str(caught.value)
    return caught.value


def names(*paths: Path) -> list[str]:
    return [file.name for file in sources.find(paths)]


# ---------------------------------------------------------------------------------------------------- what is there


def test_folders_and_zips_inside_them_are_searched_to_the_bottom(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "Case.csv").write_bytes(CASE)
    packed(tmp_path / "deep" / "WE_1.ZIP", Account_csv=b"Id\n")

    assert names(tmp_path) == ["Account.csv", "Case.csv"]


def test_members_are_read_as_they_were_packed(tmp_path: Path) -> None:
    (file,) = sources.find([packed(tmp_path / "e.zip", Case_csv=CASE)])

    with file.open() as stream:
        assert stream.read() == CASE
    assert file.path == f"{tmp_path}/e.zip!Case.csv"


def test_file_is_known_by_its_content_wherever_it_lies(tmp_path: Path) -> None:
    (tmp_path / "Case.csv").write_bytes(CASE)
    (inside,) = sources.find([packed(tmp_path / "e.zip", Case_csv=CASE)])
    (outside,) = sources.find([tmp_path / "Case.csv"])

    assert inside.sha256() == outside.sha256()


@pytest.mark.parametrize("name", ["Case.csv", "case.csv", "CASE.CSV"])
def test_names_are_matched_without_regard_to_letter_case(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(CASE)

    assert len(sources.matching(sources.find([tmp_path]), ["Case.csv"])) == 1


def test_small_member_that_packs_well_is_no_bomb(tmp_path: Path) -> None:
    assert names(packed(tmp_path / "e.zip", Case_csv=b"0" * MIB)) == ["Case.csv"]


# -------------------------------------------------------------------------------------------------- what is missing


def test_path_that_does_not_exist_is_missing(tmp_path: Path) -> None:
    assert fault(tmp_path / "nowhere").code == "FILE_MISSING"


def test_folder_without_the_file_of_a_part_is_missing_it(tmp_path: Path) -> None:
    found = fault(tmp_path)

    assert found.code == "FILE_MISSING"
    assert "Case.csv" in str(found)


def test_zip_without_any_known_file_is_missing_it(tmp_path: Path) -> None:
    assert fault(packed(tmp_path / "e.zip", notes_txt=b"x")).code == "FILE_MISSING"


# ----------------------------------------------------------------------------------------------- paths that climb out


@pytest.mark.parametrize(
    "name", ["../Case.csv", "a/../../Case.csv", "/etc/Case.csv", "C:\\Case.csv", "..\\Case.csv", "C:/Case.csv"]
)
def test_member_whose_path_climbs_out_is_refused(tmp_path: Path, name: str) -> None:
    assert fault(named(tmp_path / "e.zip", name)).code == "FILE_UNSAFE"


@pytest.mark.parametrize("name", ["Case.csv", "./Case.csv", "export/Case.csv", "..data/Case.csv"])
def test_member_whose_path_stays_inside_is_taken(tmp_path: Path, name: str) -> None:
    assert names(named(tmp_path / "e.zip", name)) == ["Case.csv"]


@pytest.mark.parametrize("name", ["Case.csv", "e.zip"])
def test_link_that_leads_out_of_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "outside").mkdir()
    packed(tmp_path / "outside" / name, Case_csv=CASE) if name == "e.zip" else (
        tmp_path / "outside" / name
    ).write_bytes(CASE)
    (tmp_path / "export").mkdir()
    (tmp_path / "export" / name).symlink_to(tmp_path / "outside" / name)

    assert fault(tmp_path / "export").code == "FILE_UNSAFE"


def test_link_inside_the_folder_is_followed(tmp_path: Path) -> None:
    (tmp_path / "2024.csv").write_bytes(CASE)
    (tmp_path / "Case.csv").symlink_to("2024.csv")

    assert names(tmp_path) == ["2024.csv", "Case.csv"]


def test_linked_folder_is_not_entered(tmp_path: Path) -> None:
    (tmp_path / "export").mkdir()
    (tmp_path / "export" / "up").symlink_to(tmp_path)

    assert names(tmp_path / "export") == []


# --------------------------------------------------------------------------------------------------- broken archives


def test_zip_that_was_cut_off_is_unreadable(tmp_path: Path) -> None:
    archive = packed(tmp_path / "e.zip", Case_csv=CASE)
    archive.write_bytes(archive.read_bytes()[:-10])

    assert fault(archive).code == "FILE_UNREADABLE"


def test_file_that_is_called_zip_and_is_none_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "e.zip").write_bytes(CASE)

    assert fault(tmp_path / "e.zip").code == "FILE_UNREADABLE"


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_member_with_a_wrong_check_sum_is_unreadable(tmp_path: Path, method: int) -> None:
    archive = packed(tmp_path / "e.zip", method, Case_csv=CASE)
    data = bytearray(archive.read_bytes())
    data[60] ^= 0xFF
    archive.write_bytes(data)

    assert fault(archive).code == "FILE_UNREADABLE"


def test_encrypted_member_is_unreadable(tmp_path: Path) -> None:
    found = fault(patched(packed(tmp_path / "e.zip", Case_csv=CASE), local=6, central=8, byte=1))

    assert found.code == "FILE_UNREADABLE"
    assert "encrypted" in str(found)


def test_member_packed_by_an_unknown_method_is_unreadable(tmp_path: Path) -> None:
    assert (
        fault(patched(packed(tmp_path / "e.zip", Case_csv=CASE), local=8, central=10, byte=98)).code
        == "FILE_UNREADABLE"
    )


def test_members_that_overlap_are_a_bomb(tmp_path: Path) -> None:
    archive = tmp_path / "e.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("Case.csv", CASE * 100)
        for number in range(9):
            again = copy.copy(opened.filelist[0])
            again.filename = f"Case{number}.csv"
            opened.filelist.append(again)

    assert fault(archive).code == "FILE_BOMB"


def test_member_that_unpacks_to_many_times_its_size_is_a_bomb(tmp_path: Path) -> None:
    assert fault(packed(tmp_path / "e.zip", Case_csv=bytes(65 * MIB))).code == "FILE_BOMB"


def test_many_members_that_together_unpack_to_many_times_their_size_are_a_bomb(tmp_path: Path) -> None:
    assert fault(packed(tmp_path / "e.zip", Case0_csv=bytes(33 * MIB), Case1_csv=bytes(33 * MIB))).code == "FILE_BOMB"


# -------------------------------------------------------------------------------------------------------- no rights


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that is read as an ordinary user, whoever runs the tests: root may read everything."""
    made = Path(tempfile.mkdtemp(prefix="caseline-"))
    made.chmod(0o755)
    (made / "Case.csv").write_bytes(CASE)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    yield made
    if root:
        os.seteuid(0)
    for path in (made, *made.rglob("*")):
        path.chmod(0o755)
    shutil.rmtree(made)


def _as_owner(change: str, path: Path, mode: int = 0) -> None:
    """Do something to the export as its owner."""
    user = os.geteuid()
    os.seteuid(os.getuid())
    if change == "mkdir":
        path.mkdir()
    path.chmod(mode)
    os.seteuid(user)


def test_file_without_the_right_to_read_it_is_unreadable(folder: Path) -> None:
    _as_owner("chmod", folder / "Case.csv")

    found = fault(folder)

    assert found.code == "FILE_UNREADABLE"
    assert "right" in str(found)


def test_folder_without_the_right_to_list_it_is_unreadable(folder: Path) -> None:
    _as_owner("mkdir", folder / "part2")

    assert fault(folder).code == "FILE_UNREADABLE"


def test_path_through_a_folder_without_the_right_to_enter_it_is_unreadable(folder: Path) -> None:
    _as_owner("chmod", folder)

    assert fault(folder / "Case.csv").code == "FILE_UNREADABLE"


# ------------------------------------------------------------------------------------------------------------ UTF-16


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_utf16_comes_as_utf8_in_pieces_of_any_size(tmp_path: Path, size: int) -> None:
    text = "Id,Тема\r\n1,😀 ёлка\r\n" * 20
    (tmp_path / "x.csv").write_bytes(text.encode("utf-16"))

    with SourceFile("x.csv", "x.csv", 0, tmp_path / "x.csv").open() as raw:
        recoded = sources.Recoded(raw)
        pieces = []
        while piece := recoded.read(size):
            pieces.append(piece)

    assert b"".join(pieces) == text.encode()
    assert {len(piece) for piece in pieces[:-1]} <= {size}


def test_broken_utf16_stays_broken_where_it_is_broken_and_nowhere_else(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(b"\xff\xfe" + "a\ud800b\nc".encode("utf-16-le", "surrogatepass") + b"\x41")

    with (tmp_path / "x.csv").open("rb") as raw:
        lines = sources.Recoded(raw).read().split(b"\n")

    for line in lines:
        with pytest.raises(UnicodeDecodeError):
            line.decode()
    assert lines[0].startswith(b"a")
    assert lines[0].endswith(b"b")
    assert lines[1].startswith(b"c")
