"""Log lines for programs: one JSON object each, without the secrets that messages and tracebacks may repeat."""

import json
import logging
import re
import traceback
from datetime import UTC, datetime
from typing import Final

_FIELDS: Final = ("flow_run_name", "flow_name", "task_run_name", "application", "method", "route", "status", "seconds")
"""What a record may say beside its message: Prefect's names, and what an answer was."""
_SECRETS: Final = (
    (re.compile(r"(?<=://)[^/\s@'\"]*(?=@)"), "…"),
    (re.compile(r"(/f/[a-z0-9-]+/[a-z0-9-]+/[\w-]{12})\.[\w-]+"), r"\1.…"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]+"), r"\1 …"),
    (re.compile(r"(?i)(password|secret|token|api[-_]?key)(['\"]?\s*[=:]\s*['\"]?)[^\s'\",;&}]+"), r"\1\2…"),
)
"""Names and passwords in addresses, secrets of links, what is shown to services, values that are called secret."""


class Lines(logging.Formatter):
    """Writes a record as one line of JSON; `fmt` and the rest are there for configurations that name them."""

    def __init__(self, fmt: str | None = None, datefmt: str | None = None, style: str = "%", **_more: object) -> None:
        del fmt, datefmt, style
        super().__init__()

    def format(self, record: logging.LogRecord) -> str:
        """The line, without an end."""
        said: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": blanked(record.getMessage()),
            "process": record.process,
        }
        said |= {name: value for name in _FIELDS if (value := getattr(record, name, None)) is not None}
        if record.exc_info and record.exc_info[0] is not None:
            said["error"] = record.exc_info[0].__name__
            said["traceback"] = blanked("".join(traceback.format_exception(*record.exc_info)))
        return json.dumps(said, ensure_ascii=False, default=str)


def blanked(text: str) -> str:
    """The text with … for each secret that can be told by its place."""
    for shape, instead in _SECRETS:
        text = shape.sub(instead, text)
    return text


def configure(*, as_json: bool) -> None:
    """Let a service write its log: as JSON with a line for each answer, or as text with what is wrong alone."""
    handler = logging.StreamHandler()
    handler.setFormatter(Lines() if as_json else logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    if as_json:
        logging.getLogger("caseline").setLevel(logging.INFO)
