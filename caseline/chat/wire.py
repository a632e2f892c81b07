"""One exchange with a messenger over HTTP: answers are read with care, and no error or log holds a token."""

import json
import logging
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import httpx

from caseline.chat.faults import Away, Barred, Refused

_PATIENCE: Final = httpx.Timeout(20, connect=10)
_MOST_BYTES: Final = 4 << 20
_LONGEST_WAIT: Final = 3_600
_BOT: Final = re.compile(r"/bot[0-9]+:[^/\s\"'?]+")
_TALKATIVE: Final = ("httpx", "httpcore.connection", "httpcore.http11")
_NOTHING_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_UNAUTHORISED, _FORBIDDEN, _TOO_MANY, _FAILING = 401, 403, 429, 500


class _Discretion(logging.Filter):
    """Takes tokens out of the lines that the HTTP library writes about requests."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        hidden = _BOT.sub("/bot…", said)
        if hidden != said:
            record.msg, record.args = hidden, None
        return True


for _name in _TALKATIVE:
    logging.getLogger(_name).addFilter(_Discretion())


class Wire:
    """Connections to one messenger."""

    def __init__(self, name: str, base: str, headers: Mapping[str, str] | None = None) -> None:
        self._name = name
        # Neither proxies nor passwords of the environment: a token goes to the messenger alone.
        self._client = httpx.Client(
            base_url=base, headers=headers, timeout=_PATIENCE, trust_env=False, follow_redirects=False
        )

    def close(self) -> None:
        """End all connections."""
        self._client.close()

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str | int] | None = None,
        body: Mapping[str, Any] | None = None,
        patience: float | None = None,
    ) -> tuple[int, Mapping[str, Any]]:
        """Status and JSON of an answer, also of one that refuses; raises `Away` and `Barred` for the others."""
        timeout = _PATIENCE if patience is None else httpx.Timeout(patience, connect=10)
        try:
            answer = self._client.request(method, path, params=query, json=body, timeout=timeout)
        except _NOTHING_SENT as error:
            raise Away(f"{self._name} cannot be reached ({type(error).__name__})") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Away(f"{self._name} gave no answer ({type(error).__name__})", begun=True) from None
        document = _read(answer)
        if answer.status_code == _TOO_MANY:
            raise Away(f"{self._name} asks to wait", wait=_wait(answer, document))
        if answer.status_code >= _FAILING or (answer.is_success and document is None) or answer.is_redirect:
            raise Away(f"{self._name} answers with status {answer.status_code} and no sense", begun=True)
        return answer.status_code, document or {}

    def done(self, status: int, document: Mapping[str, Any], said: str) -> None:
        """Raise `Barred` or `Refused` for an answer that refuses; `said` is what it says."""
        if status == _UNAUTHORISED:
            raise Barred(f"{self._name} does not know our token: give a valid one (CASELINE_CHAT_TOKEN)")
        if status >= 400:  # noqa: PLR2004 - the rest of the refusals
            raise Refused(f"{self._name} refuses it: {said or status}")
        if not document:
            raise Away(f"{self._name} answers nothing", begun=True)


def _read(answer: httpx.Response) -> Mapping[str, Any] | None:
    if len(answer.content) > _MOST_BYTES:
        return None
    try:
        found = json.loads(answer.content)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _wait(answer: httpx.Response, document: Mapping[str, Any] | None) -> timedelta:
    parameters = (document or {}).get("parameters")
    told = parameters.get("retry_after") if isinstance(parameters, dict) else None
    text = str(told if told is not None else answer.headers.get("retry-after", ""))
    return (
        timedelta(seconds=min(int(text), _LONGEST_WAIT)) if text.isascii() and text.isdigit() else timedelta(minutes=1)
    )
