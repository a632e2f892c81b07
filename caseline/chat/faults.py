"""What can go wrong with a gateway; messages name the remedy and never hold a token.

Away      later: it is not there, or asks to wait
Barred    somebody must act before it takes anything from us: a wrong token, a setting
Refused   this one message, or this one chat, is not taken; asking again changes nothing
Unread    what was sent to our webhook is no message of it
"""

from datetime import timedelta


class Away(Exception):
    """The gateway cannot be reached, or asks to wait."""

    def __init__(self, text: str, *, wait: timedelta | None = None, begun: bool = False) -> None:
        super().__init__(text)
        self.wait = wait
        """How long it wants to be left alone, where it has said so."""
        self.begun = begun
        """It may have taken what was sent."""


class Barred(Exception):
    """The gateway takes nothing from us until somebody has done what the message says."""


class Refused(Exception):
    """The gateway does not take this."""


class Unread(ValueError):
    """What came is not of the form that the gateway documents."""
