"""How numbers are said."""

import json

import pytest

from caseline.cli import screen


@pytest.mark.parametrize(
    ("value", "words"), [(0.04, "0.0 s"), (9.94, "9.9 s"), (59, "59 s"), (185, "3:05"), (3_723, "1:02:03")]
)
def test_durations(value: float, words: str) -> None:
    assert screen.seconds(value) == words


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 bytes"), (999, "999 bytes"), (37_800_000, "37.8 MB"), (2_500_000_000_000, "2500.0 GB")]
)
def test_sizes(number: int, words: str) -> None:
    assert screen.size(number) == words


def test_values_of_a_source_are_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    screen.out().print("[red]x[/red] :smile: [/]")

    assert capsys.readouterr().out == "[red]x[/red] :smile: [/]\n"


def test_signs_of_a_stranger_command_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    table = screen.table("From")
    table.add_row("\x9b2J")
    screen.out().print("a \x1b]52;c;cm0=\x07 b\r\nc")
    screen.out().print(table)
    screen.print_json({"from": "\x9b2J \x1b"})

    shown = capsys.readouterr().out
    assert "a \\x1b]52;c;cm0=\\x07 b\nc\n" in shown
    assert "\\x9b2J" in shown
    assert json.loads(shown.splitlines()[-1]) == {"from": "\x9b2J \x1b"}
    assert not set(shown) & {"\x1b", "\x07", "\x9b"}
