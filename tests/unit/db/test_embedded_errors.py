"""Which remedy goes with which failure."""

import errno
from pathlib import Path

import pytest

from caseline.db.binaries import binary, environment
from caseline.db.embedded_errors import BinariesMissingError, HomeNotUsableError, remedy_for, translated

HOME = Path("/home/somebody/caseline")


@pytest.mark.parametrize(
    ("output", "remedy"),
    [
        ('FATAL: could not write to file "x": No space left on device', "Free some space there"),
        ("FATAL: database files are incompatible with server", "another major version"),
        ('FATAL: unrecognized configuration parameter "x"', "Correct or drop that server setting"),
        ("could not look up effective user ID 12345: user does not exist", "needs a name"),
        ("PANIC: something never seen before", "first FATAL line of the log"),
    ],
)
def test_postgresql_s_words_lead_to_a_remedy(output: str, remedy: str) -> None:
    assert remedy in remedy_for(output)


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.ENOSPC, "Free some space there"),
        (errno.EACCES, "that you may write"),
        (errno.EROFS, "that you may write"),
        (errno.ENOTDIR, "A folder is needed there"),
    ],
)
def test_errors_of_the_system_name_file_and_remedy(number: int, remedy: str) -> None:
    with pytest.raises(HomeNotUsableError, match=remedy) as caught, translated(HOME):
        raise OSError(number, "reason", "/the/file")

    assert "reason (/the/file)" in str(caught.value)
    assert str(HOME) in str(caught.value)


@pytest.mark.parametrize("name", ["pg_nothing", "../bin/psql", ""])
def test_missing_program_is_named_with_the_remedy(name: str) -> None:
    with pytest.raises(BinariesMissingError, match="repair the installation"):
        binary(name)


@pytest.mark.parametrize("name", ["pg_dump", "pg_restore", "psql"])
def test_programs_of_the_wheel_are_found(name: str) -> None:
    assert binary(name).name == name


def test_environment_for_programs_has_no_postgresql_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGHOST", "elsewhere")
    monkeypatch.setenv("OTHER", "kept")

    assert "PGHOST" not in environment()
    assert environment()["OTHER"] == "kept"
