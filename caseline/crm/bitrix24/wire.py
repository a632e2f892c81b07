"""One exchange with the portal over HTTP; what goes wrong is answered, not raised: no error holds the address."""

import json
import logging
import re
import threading
import time
import weakref
from collections.abc import Iterator, Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Final

import httpx

from caseline.crm.bitrix24 import answers, forks
from caseline.crm.bitrix24.address import Address
from caseline.crm.bitrix24.answers import Fault, Kind, Reply

NO_ANSWER: Final = "NO_ANSWER"
NOT_REACHED: Final = "NOT_REACHED"
_CONNECT_S: Final = 15.0
_SILENCE_S: Final = 5.0
"""How long an answer that has begun may pause."""
_MOST_BYTES: Final = 64 << 20
"""An answer with more is none of the portal's."""
_LOCAL: Final = ("127.0.0.1", "localhost")
_NOTHING_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_WEBHOOK: Final = re.compile(r"/rest/[0-9]+/[^/\s\"'?]+")
_TOKENS: Final = re.compile(r"\b(client_secret|refresh_token|access_token|auth)=[^&\s\"']+")
_TALKATIVE: Final = ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.http2", "httpcore.proxy")


class _Discretion(logging.Filter):
    """Takes webhooks and tokens out of the lines that the HTTP library writes about requests and answers."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        hidden = _TOKENS.sub(r"\1=…", _WEBHOOK.sub("/rest/…", said))
        if hidden != said:
            record.msg, record.args = hidden, None
        return True


for _name in _TALKATIVE:
    logging.getLogger(_name).addFilter(_Discretion())


class Wire:
    """Connections to one portal, for all threads of a process; a process that was forked off opens its own."""

    def __init__(
        self,
        address: Address,
        *,
        timeout: float,
        connect: float = _CONNECT_S,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._address = address
        self._timeout = timeout
        self._connect = connect
        self._transport = transport
        self._lock = threading.Lock()
        self._client: httpx.Client | None = None
        self._end: weakref.finalize[Any, Any] | None = None
        forks.mind(self)

    def ready(self) -> httpx.Client:
        """Make ready for a request, which takes a moment the first time."""
        with self._lock:
            if self._client is None:
                self._client = self._open()
                self._end = weakref.finalize(self, self._client.close)
            return self._client

    def post(self, method: str, body: bytes) -> Reply | Fault:
        """What the portal answers to a method."""
        client = self.ready()
        end = time.monotonic() + self._timeout
        try:
            with client.stream("POST", self._address.of(method), content=body) as response:
                content = b"".join(self._chunks(response, end))
        except _NOTHING_SENT as error:
            return self._fault(Kind.SAFE, NOT_REACHED, f"the portal cannot be reached: {error}")
        except httpx.HTTPError as error:
            return self._fault(Kind.AMBIGUOUS, NO_ANSWER, f"no answer came: {type(error).__name__} {error}".rstrip())
        found = answers.read(response.status_code, content)
        return self._fault(found.kind, found.code, found.text, found) if isinstance(found, Fault) else found

    def close(self) -> None:
        """End the connections; the next call opens others."""
        with self._lock:
            if self._end is not None:
                self._end()
            self._client = self._end = None

    def forked(self) -> None:
        """Leave the connections to the parent."""
        self._lock = threading.Lock()
        if self._end is not None:
            self._end.detach()
        self._client = self._end = None

    def _chunks(self, response: httpx.Response, end: float) -> Iterator[bytes]:
        """The parts of an answer, as long as it is in time: the library measures each part for itself."""
        timeouts = response.request.extensions.get("timeout", {})
        timeouts["read"] = min(_SILENCE_S, self._timeout)
        length = 0
        for chunk in response.iter_bytes():
            length += len(chunk)
            if length > _MOST_BYTES:
                raise httpx.ReadError("the answer is too long")
            if time.monotonic() > end + min(_SILENCE_S, self._timeout):
                raise httpx.ReadTimeout("the answer takes too long")
            yield chunk

    def _fault(self, kind: Kind, code: str, text: str, said: Fault | None = None) -> Fault:
        code, text = self._address.without_secrets(code), self._address.without_secrets(text)
        return Fault(kind, code, text, said.remedy if said else "", said.time if said else {})

    def _open(self) -> httpx.Client:
        return httpx.Client(
            headers={"Content-Type": "application/json", "Accept": "application/json"},
            # A session would make the portal work at our requests one after the other.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
            timeout=httpx.Timeout(self._timeout, connect=self._connect),
            follow_redirects=False,
            transport=self._transport,
            trust_env=self._address.host.partition(":")[0] not in _LOCAL,
        )


def body(params: Mapping[str, Any]) -> bytes:
    """The parameters of a call as they are sent."""
    return json.dumps(params, ensure_ascii=False, separators=(",", ":")).encode()
