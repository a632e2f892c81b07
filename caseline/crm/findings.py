"""What a look at something has found, each with what to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How much it matters."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of a check."""

    topic: str
    level: Level
    text: str
    remedy: str = ""


def ok(topic: str, text: str) -> Finding:
    """In order."""
    return Finding(topic, Level.OK, text)


def warning(topic: str, text: str, remedy: str) -> Finding:
    """It works, but something is lost, or may be."""
    return Finding(topic, Level.WARNING, text, remedy)


def error(topic: str, text: str, remedy: str) -> Finding:
    """It cannot work so."""
    return Finding(topic, Level.ERROR, text, remedy)


def worst(found: Iterable[Finding]) -> Level:
    """The gravest level of all."""
    order = list(Level)
    return max((one.level for one in found), key=order.index, default=Level.OK)
