"""The settings of chats."""

import re
from pathlib import Path
from typing import Final, Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from caseline.settings import secret_files
from caseline.settings.secret_files import PREFIX, SettingsError

_BASE: Final = r"^(https://[A-Za-z0-9.-]+|http://(127\.0\.0\.1|localhost))(:[0-9]{1,5})?/?$"
_HOOK: Final = re.compile(r"[A-Za-z0-9_-]{16,128}")
_TOKEN: Final = re.compile(r"[A-Za-z0-9:_.=-]{8,300}")


class ChatSettings(BaseSettings):
    """By which messenger people are asked."""

    chat: Literal["web", "chat2desk", "telegram"] = "web"
    """By what chats are held: a page of ours, or a messenger behind a gateway."""
    chat_token: SecretStr | None = None
    """What the gateway knows us by; or in the file `CASELINE_CHAT_TOKEN_FILE`."""
    chat_token_file: Path | None = None
    chat_hook: SecretStr | None = None
    """What calls of the gateway must show: 16 to 128 letters, digits, - and _; or in `CASELINE_CHAT_HOOK_FILE`."""
    chat_hook_file: Path | None = None
    chat_transport: str = Field(default="wa_dialog", pattern="^[a-z0-9_]{1,40}$")
    """Of Chat2Desk: the messenger that is used, as `caseline chat check` lists them."""
    chat_channel: int | None = Field(default=None, ge=1)
    """Of Chat2Desk: the channel that is used; none: the one that it chooses."""
    chat_url: str | None = Field(default=None, pattern=_BASE)
    """Where the gateway is reached, if not at its usual address."""

    def chat_fault(self) -> str | None:
        """Why nobody can be asked in a chat: a setting that is missing or unreadable; None where they can be used."""
        try:
            if self.chat != "web":
                self.chat_secret()
        except SettingsError as error:
            return str(error)
        return None

    def chat_secret(self) -> str:
        """What the gateway knows us by; `SettingsError` when nobody has said it, or it can be none."""
        token = secret_files.secret(self.chat_token, self.chat_token_file, "CHAT_TOKEN_FILE")
        if token is None:
            raise SettingsError(
                f"{PREFIX}CHAT_TOKEN: {self.chat} needs a token; give it, or a file that holds it as"
                f" {PREFIX}CHAT_TOKEN_FILE"
            )
        if _TOKEN.fullmatch(token.get_secret_value()) is None:
            raise SettingsError(f"{PREFIX}CHAT_TOKEN: what is given is no token of {self.chat}; copy it anew")
        return token.get_secret_value()

    def chat_hook_secret(self) -> str | None:
        """What calls of the gateway must show; None where it is not to call us."""
        hook = secret_files.secret(self.chat_hook, self.chat_hook_file, "CHAT_HOOK_FILE")
        if hook is None:
            return None
        if _HOOK.fullmatch(hook.get_secret_value()) is None:
            raise SettingsError(f"{PREFIX}CHAT_HOOK: it must be 16 to 128 letters, digits, - and _; choose another one")
        return hook.get_secret_value()
