"""The settings of how long words of people are kept."""

from typing import Final

from pydantic import Field
from pydantic_settings import BaseSettings

_LONGEST: Final = 36_500


class RetentionSettings(BaseSettings):
    """Days for which things are kept; what is not set is kept for good."""

    retain_mails: int | None = Field(default=None, ge=1, le=_LONGEST)
    """Raw mails, from when they came: the bytes go, what stands in the timeline of a request stays."""
    retain_letters: int | None = Field(default=None, ge=1, le=_LONGEST)
    """Bodies and files of letters, from when they were sent; subject and recipients stay."""
    retain_signals: int | None = Field(default=None, ge=1, le=_LONGEST)
    """Networks and browsers of those who opened or clicked; what they clicked stays."""
    retain_chats: int | None = Field(default=None, ge=1, le=_LONGEST)
    """Texts of chat messages; that there were some stays."""
    retain_notices: int | None = Field(default=None, ge=1, le=_LONGEST)
    """Notices, read or not."""
    retain_audit: int | None = Field(default=None, ge=1, le=_LONGEST)
    """Lines of the audit log."""

    def retained(self) -> dict[str, int | None]:
        """Days by kind; None: for good."""
        return {
            "mails": self.retain_mails,
            "letters": self.retain_letters,
            "signals": self.retain_signals,
            "chats": self.retain_chats,
            "notices": self.retain_notices,
            "audit": self.retain_audit,
        }
