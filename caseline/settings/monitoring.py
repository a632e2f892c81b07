"""The settings of those who watch the house."""

from pathlib import Path
from typing import Final

from pydantic import SecretStr
from pydantic_settings import BaseSettings

from caseline.settings import secret_files
from caseline.settings.secret_files import PREFIX, SettingsError

_SHORTEST: Final = 16


class MonitoringSettings(BaseSettings):
    """How the house is watched."""

    metrics_token: SecretStr | None = None
    """What monitoring shows to read `/metrics`, at least 16 characters; or in the file `CASELINE_METRICS_TOKEN_FILE`.
    Without one there is no such page."""
    metrics_token_file: Path | None = None

    def metrics_secret(self) -> str | None:
        """What monitoring must show; None: nobody may ask. `SettingsError` when it is too short to be a secret."""
        token = secret_files.secret(self.metrics_token, self.metrics_token_file, "METRICS_TOKEN_FILE")
        if token is None:
            return None
        if len(token.get_secret_value()) < _SHORTEST:
            raise SettingsError(
                f"{PREFIX}METRICS_TOKEN: it is shorter than {_SHORTEST} characters; make one with: openssl rand -hex 24"
            )
        return token.get_secret_value()
