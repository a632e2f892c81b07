"""What can go wrong with a check, and what stands in place of a value that cannot be read."""

from dataclasses import dataclass


class AuditFault(Exception):
    """The check could not run; the message says why and what to do."""


class Unreadable(Exception):
    """A text cannot be read as what the mapping says; the argument is the error code of the import."""


@dataclass(frozen=True, slots=True)
class Faulty:
    """A value that cannot be read: why, and the text."""

    code: str
    text: str | None

    def __str__(self) -> str:
        return self.code if self.text is None else f"{self.code}: {self.text}"
