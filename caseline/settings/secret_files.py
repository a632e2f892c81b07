"""Secrets that stand in files, and the fault of settings that cannot be used."""

from pathlib import Path

from pydantic import SecretStr

PREFIX = "CASELINE_"


class SettingsError(Exception):
    """A `CASELINE_*` variable holds nonsense; the message names the variable and the remedy."""


def secret(value: SecretStr | None, file: Path | None, variable: str) -> SecretStr | None:
    """A secret that is given, or else the one in a file."""
    return SecretStr(read(file, variable)) if value is None and file is not None else value


def read(file: Path, variable: str) -> str:
    """A secret out of a file."""
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no UTF-8 text"
        message = f"{PREFIX}{variable}: cannot read {file} ({reason}); give a readable file"
    raise SettingsError(message)
