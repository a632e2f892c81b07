"""What becomes of a mail, as whoever takes it in tells it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """Where a mail stands; see `caseline.mail.tables.mail`."""

    RECEIVED = "received"
    DONE = "done"
    TRAY = "tray"
    SAME = "same"
    QUARANTINE = "quarantine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a mail is settled; columns that are None stay as they are."""

    state: State
    """done, tray or same."""
    same_as: int | None = None
    """The earlier mail, of `same` alone."""
    message_id: str | None = None
    fingerprint: bytes | None = None
    id_reused: bool | None = None
    subject: str | None = None
    sender: str | None = None
    sent_at: datetime | None = None
    automatic: str | None = None
    record_id: int | None = None
    assignment_id: int | None = None
    message_ref: int | None = None
    verdict: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        if self.state not in {State.DONE, State.TRAY, State.SAME}:
            raise ValueError(f"a mail is settled as done, tray or same, not as {self.state}")

    @property
    def columns(self) -> dict[str, Any]:
        """What is written into the row of the mail."""
        told = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {name: value for name, value in told if value is not None}
