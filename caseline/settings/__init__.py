"""The one frozen object of settings, read from `CASELINE_*` variables by the entrances and by actions.wiring."""

from pathlib import Path
from typing import Annotated, Literal

import platformdirs
from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "CASELINE_"


class SettingsError(Exception):
    """A `CASELINE_*` variable holds nonsense; the message names the variable and the remedy."""


def _default_home() -> Path:
    return Path(platformdirs.user_data_dir("caseline", appauthor=False))


def _absolute(path: Path) -> Path:
    return path.expanduser().absolute()


def _postgresql(url: SecretStr | None) -> SecretStr | None:
    if url is not None and not url.get_secret_value().startswith(("postgresql://", "postgres://")):
        message = "must begin with postgresql:// (for example postgresql://user:password@host:5432/caseline)"
        raise ValueError(message)
    return url


class Settings(BaseSettings):
    """Everything that can be set from outside; wrong values fail at start with the variable's name."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    home: Annotated[Path, AfterValidator(_absolute)] = Field(default_factory=_default_home)
    """Folder of all state: embedded server, logs, backups."""
    database_url: Annotated[SecretStr | None, AfterValidator(_postgresql)] = None
    """PostgreSQL >= 16 instead of the embedded server; may also be given by the file `CASELINE_DATABASE_URL_FILE`."""
    database_url_file: Path | None = None
    crm: Literal["embedded"] = "embedded"
    """System of record behind the port `caseline.crm.port`."""
    workers: int = Field(default=2, ge=1, le=64)
    """Converters that work beside the loader of an import."""
    lease_seconds: int = Field(default=120, ge=1, le=86_400)
    """How long a worker may be silent before another takes its batch (seconds)."""
    deadline_from: Literal["category", "receipt"] = "category"
    """What starts the clock of a request: its first category, or its creation."""
    recalc_on_category: Literal["from_first_category", "from_change"] = "from_first_category"
    """From when a deadline counts after its request has changed category."""
    recalc_on_calendar: Literal["open_only", "never"] = "open_only"
    """Which deadlines follow a new version of their calendar; those of closed requests never do."""

    def database(self) -> str | None:
        """URL of the database outside, or None when the embedded server is wanted."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        if self.database_url_file is None:
            return None
        try:
            return self.database_url_file.read_text(encoding="utf-8").strip()
        except OSError as error:
            message = (
                f"{PREFIX}DATABASE_URL_FILE: cannot read {self.database_url_file} ({error.strerror});"
                " give a readable file"
            )
            raise SettingsError(message) from error


def load() -> Settings:
    """Read the environment; raises `SettingsError` with every bad variable named."""
    try:
        return Settings()
    except ValidationError as error:
        lines = [f"{PREFIX}{str(e['loc'][0]).upper()}: {e['msg']} (correct or unset it)" for e in error.errors()]
        raise SettingsError("\n".join(lines)) from error
