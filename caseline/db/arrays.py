"""Long lists of numbers as values of statements."""

from collections.abc import Iterable


def bigints(numbers: Iterable[int]) -> str:
    """The numbers as a text, for `CAST(:ids AS bigint[])`: the driver looks at each number of a list by itself."""
    return f"{{{','.join(map(str, numbers))}}}"
