"""The settings of those who watch the house."""

from pathlib import Path
from typing import Final, Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from caseline.settings import secret_files
from caseline.settings.secret_files import PREFIX, SettingsError

_SHORTEST: Final = 16
MAILS: Final = r"^\s*([^\s,@<>]+@[^\s,@<>]+\s*(,\s*|$))*$"
"""Mail addresses, parted by commas."""


class MonitoringSettings(BaseSettings):
    """How the house is watched."""

    log: Literal["text", "json"] = "text"
    """How services, workers and runs write their logs: `json` is one object a line, with a line for each answer."""
    metrics_token: SecretStr | None = None
    """What monitoring shows to read `/metrics`, at least 16 characters; or in the file `CASELINE_METRICS_TOKEN_FILE`.
    Without one there is no such page."""
    metrics_token_file: Path | None = None
    operators: str = Field(default="", pattern=MAILS, max_length=2_000)
    """Mail addresses, parted by commas, of those who are told of runs that failed or are late."""
    alert_token: SecretStr | None = None
    """What a Prefect server elsewhere shows to tell the desk of its runs, at least 16 characters; or in the file
    `CASELINE_ALERT_TOKEN_FILE`. The server that `caseline up` starts needs none."""
    alert_token_file: Path | None = None

    def metrics_secret(self) -> str | None:
        """What monitoring must show; None: nobody may ask. `SettingsError` when it is too short to be a secret."""
        return _long_enough(self.metrics_token, self.metrics_token_file, "METRICS_TOKEN")

    def alert_secret(self) -> str | None:
        """What a Prefect server elsewhere must show; None: none may tell. `SettingsError` when it is too short."""
        return _long_enough(self.alert_token, self.alert_token_file, "ALERT_TOKEN")


def _long_enough(token: SecretStr | None, file: Path | None, name: str) -> str | None:
    found = secret_files.secret(token, file, f"{name}_FILE")
    if found is None:
        return None
    if len(found.get_secret_value()) < _SHORTEST:
        raise SettingsError(
            f"{PREFIX}{name}: it is shorter than {_SHORTEST} characters; make one with: openssl rand -hex 24"
        )
    return found.get_secret_value()
