"""What the portal's client raises besides `TryLater` and `Ambiguous` of the port; no message ever holds the address."""

from typing import TYPE_CHECKING

from caseline.crm.port import Stopped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from caseline.crm.bitrix24.answers import Outcome


class PortalStopped(Stopped):
    """The portal serves us no more until somebody has done what the message says; repeating is of no use."""

    def __init__(self, message: str, *, code: str = "", outcomes: "Mapping[str, Outcome] | None" = None) -> None:
        super().__init__(message)
        self.code = code
        self.outcomes: Mapping[str, Outcome] = outcomes or {}
        """What is known of the calls that were sent together with the one that ended this, and before it."""


class PortalRefused(Exception):
    """The portal does not take this call; code and text are its own."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"the portal refuses: {code} {text}".rstrip())
        self.code = code
        self.text = text
