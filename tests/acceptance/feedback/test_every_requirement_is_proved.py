"""Every requirement of feedback has an acceptance test whose name carries its code."""

import ast
import re
from pathlib import Path
from typing import Final

CODES: Final = {"b": 18, "c": 13, "d": 10, "e": 8}
"""The number of the last requirement of each letter."""
_RANGE: Final = re.compile(r"([bcde])(\d\d?)_to_(?:[bcde])?(\d\d?)(?=_|$)")
_ONE: Final = re.compile(r"(?:^|_)([bcde])(\d\d?)(?=_|$)")


def codes(name: str) -> set[tuple[str, int]]:
    """Codes that a name carries, by themselves or between two of them."""
    found = {(letter, int(number)) for letter, number in _ONE.findall(name)}
    for letter, first, last in _RANGE.findall(name):
        found |= {(letter, number) for number in range(int(first), int(last) + 1)}
    return found


def test_each_code_stands_in_the_name_of_a_test() -> None:
    proved = set()
    for file in Path(__file__).parents[1].rglob("test_*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        tests = [
            one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef) and one.name.startswith("test_")
        ]
        named = [f"{file.stem}_{name.removeprefix('test_')}" for name in tests] if "feedback" in file.parts else tests
        proved |= set().union(*map(codes, named))

    wanted = {(letter, number) for letter, last in CODES.items() for number in range(1, last + 1)}
    assert wanted - proved == set()
