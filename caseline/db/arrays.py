"""Long lists as values of statements: one text each, since the driver looks at each member of a list by itself."""

from collections.abc import Iterable, Sequence
from datetime import datetime

_NOTHING = "NULL"


def bigints(numbers: Iterable[int | None]) -> str:
    """The numbers as a text, for `CAST(:ids AS bigint[])`."""
    return f"{{{','.join([_NOTHING if one is None else str(one) for one in numbers])}}}"


def instants(times: Iterable[datetime | None]) -> str:
    """The instants as a text, for `CAST(:times AS timestamptz[])`."""
    return f"{{{','.join([_NOTHING if one is None else one.isoformat() for one in times])}}}"


def texts(words: Sequence[str | None]) -> str:
    """The texts as one, for `CAST(:words AS text[])`."""
    if not all(words):
        return f"{{{','.join([_NOTHING if one is None else _quoted(one) for one in words])}}}"
    joined = '","'.join(words)  # type: ignore[arg-type]
    # Nearly never one of them holds what must be escaped: to look at all at once takes a tenth of the time.
    if "\\" in joined or joined.count('"') != 2 * max(len(words) - 1, 0):
        return f"{{{','.join([_quoted(one) for one in words if one is not None])}}}"
    return f'{{"{joined}"}}' if words else "{}"


def _quoted(word: str) -> str:
    if "\\" in word or '"' in word:
        word = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{word}"'
