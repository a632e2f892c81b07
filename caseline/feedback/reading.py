"""Reads parts of documents that people write: each part with its type, or a fault that names place and remedy."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from typing import Any, Final, TypeVar

_Word = TypeVar("_Word", bound=StrEnum)
_MISSING: Final = object()
_LONGEST: Final = 2_000


class CampaignUnfit(ValueError):
    """A campaign cannot be used as it is written; the message names the part and the remedy."""


@dataclass(frozen=True, slots=True)
class Part:
    """A set of names and values inside a document."""

    where: str
    values: Mapping[str, Any]

    def only(self, *names: str) -> None:
        """Refuse what is not known: a name that is spelt wrongly must not be overlooked."""
        for name in self.values:
            if name not in names:
                raise CampaignUnfit(f"{self.where}, {name}: there is no such part; there are {', '.join(names)}")

    def part(self, name: str) -> "Part":
        """A part within this one; empty where it is left out."""
        return part(self.values.get(name) or {}, f"{self.where}, {name}")

    def parts(self, name: str) -> list["Part"]:
        """The parts of a list."""
        found = self.values.get(name) or []
        if not _list(found):
            raise self.fault(name, "a list is expected")
        return [part(one, f"{self.where}, {name} {number}") for number, one in enumerate(found, 1)]

    def text(self, name: str, default: str | None = None) -> str:
        """A text; without a default it must be there."""
        found = self.values.get(name)
        if found is None or (isinstance(found, str) and not found.strip()):
            if default is None:
                raise self.fault(name, "it is empty; write something")
            return default
        if not isinstance(found, str) or len(found) > _LONGEST:
            raise self.fault(name, f"a text of up to {_LONGEST} characters is expected")
        return found.strip()

    def maybe(self, name: str) -> str | None:
        """A text, or None where there is none."""
        return self.text(name, "") or None

    def word(self, name: str, kind: type[_Word], default: _Word | None = None) -> _Word:
        """One of a closed list of words."""
        found = self.values.get(name)
        if found is None and default is not None:
            return default
        try:
            return kind(str(found))
        except ValueError:
            raise self.fault(name, f"{found!r} is not known; take one of {', '.join(kind)}") from None

    def words(self, name: str) -> frozenset[str]:
        """Texts, each once."""
        found = self.values.get(name) or []
        if not _list(found) or not all(isinstance(one, str) and one for one in found):
            raise self.fault(name, "a list of codes is expected")
        return frozenset(found)

    def numbers(self, name: str) -> frozenset[int]:
        """Whole numbers, each once."""
        found = self.values.get(name) or []
        if not _list(found) or not all(type(one) is int for one in found):
            raise self.fault(name, "a list of numbers is expected")
        return frozenset(found)

    def whole(self, name: str, default: int | None, least: int = 0, most: int = 100_000) -> int | None:
        """A whole number within limits; what is written as nothing is None."""
        found = self.values.get(name, _MISSING)
        if found is _MISSING:
            return default
        if found is None:
            return None
        if type(found) is not int or not least <= found <= most:
            raise self.fault(name, f"{found!r} is no whole number from {least} to {most}")
        return found

    def number(self, name: str, default: float | None = None) -> float | None:
        """A number, or None."""
        found = self.values.get(name)
        if found is None:
            return default
        if isinstance(found, bool) or not isinstance(found, int | float):
            raise self.fault(name, f"{found!r} is no number")
        return float(found)

    def flag(self, name: str, *, default: bool) -> bool:
        """Yes or no."""
        found = self.values.get(name, default)
        if not isinstance(found, bool):
            raise self.fault(name, f"{found!r} is neither true nor false")
        return found

    def clock(self, name: str, default: time) -> time:
        """A time of day as 09:30."""
        found = self.values.get(name)
        if found is None:
            return default
        try:
            return time.fromisoformat(str(found)).replace(second=0, microsecond=0, tzinfo=None)
        except ValueError:
            raise self.fault(name, f"{found!r} is no time of day; write it as 09:30, in quotes in a file") from None

    def by_language(self, name: str, languages: Sequence[str], *, needed: bool = True) -> Mapping[str, str]:
        """A text by language; one text alone is in the first of them."""
        found = self.values.get(name)
        texts = {languages[0]: found} if isinstance(found, str) else found
        if texts is None and not needed:
            return {}
        if not isinstance(texts, Mapping) or not set(texts) <= set(languages):
            raise self.fault(name, f"a text for {' and '.join(languages)} is expected")
        if not all(isinstance(one, str) and len(one) <= _LONGEST for one in texts.values()):
            raise self.fault(name, f"texts of up to {_LONGEST} characters are expected")
        if needed and not texts.get(languages[0], "").strip():
            raise self.fault(f"{name}, {languages[0]}", "it is empty; write something")
        return dict(texts)

    def fault(self, name: str, what: str) -> CampaignUnfit:
        """What is wrong with a value."""
        return CampaignUnfit(f"{self.where}, {name}: {what}")


def part(given: object, where: str) -> Part:
    """A set of names and values. Raises `CampaignUnfit` for anything else."""
    if not isinstance(given, Mapping) or not all(isinstance(name, str) for name in given):
        raise CampaignUnfit(f"{where}: {type(given).__name__} stands where names with values are expected")
    return Part(where, given)


def _list(given: object) -> bool:
    return isinstance(given, Collection) and not isinstance(given, str | bytes | Mapping)
