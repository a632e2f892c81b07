"""The desk as people have it, `caseline desk` in a process of its own, and visitors who are signed in to it."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, RemoteDisconnected
from pathlib import Path
from typing import Final
from urllib.parse import urlencode, urlsplit

from benchmarks import meter
from benchmarks.desk.register import LOGIN, PASSWORD
from caseline.db import embedded

_ADDRESS: Final = re.compile(r"Desk: (http://\S+)")
_TOKEN: Final = re.compile(r'name="form_token" value="([^"]+)"')
_PATIENCE_S: Final = 120


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    seconds: float
    size: int
    text: str


@dataclass(frozen=True, slots=True)
class Meters:
    """Whose processor time is read."""

    desk: int
    """The process of the desk."""
    server: int
    """The postmaster."""

    def read(self) -> tuple[float, float]:
        """(seconds of the desk, seconds of the database) up to now."""
        fields = Path(f"/proc/{self.desk}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), meter.server_cpu_s(self.server)


@contextmanager
def desk(home: Path) -> Iterator[tuple[str, Meters]]:
    """Serve the register of a home; the value is the address, and what reads the processor time of all that serves."""
    words = [sys.executable, "-m", "caseline.cli", "desk", "--port", "0"]
    environment = {**os.environ, "CASELINE_HOME": str(home), "PYTHONUNBUFFERED": "1"}
    environment.pop("CASELINE_DATABASE_URL", None)
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment) as process:  # noqa: S603 - ourselves
        try:
            assert process.stdout is not None  # noqa: S101 - it is a pipe
            found = _ADDRESS.search(process.stdout.readline())
            if found is None:
                raise RuntimeError("`caseline desk` has not said its address: see above what it has said instead")
            postmaster = embedded.status(home).pid
            assert postmaster is not None  # noqa: S101 - the desk has just brought it up
            yield found[1], Meters(process.pid, postmaster)
        finally:
            process.terminate()
            process.wait(_PATIENCE_S)


def token(page: str) -> str:
    """The token of the form for signing in."""
    found = _TOKEN.search(page)
    if found is None:
        raise RuntimeError("the form for signing in has no token any more: look at it, and at benchmarks/desk")
    return found[1]


class Visitor:
    """A browser without a screen, which keeps its connection open."""

    def __init__(self, address: str) -> None:
        self._host = urlsplit(address).netloc
        self._connection = HTTPConnection(self._host, timeout=_PATIENCE_S)
        self._cookies: dict[str, str] = {}

    def sign_in(self) -> None:
        """Sign in by the form."""
        fields = {"form_token": token(self.get("/sign-in").text), "name": LOGIN, "password": PASSWORD, "next": "/"}
        answer = self._ask("POST", "/sign-in", fields)
        if answer.status != 303:  # noqa: PLR2004 - see other
            raise RuntimeError(f"signing in was answered with {answer.status}")

    def get(self, path: str) -> Answer:
        """Open a page."""
        return self._ask("GET", path)

    def close(self) -> None:
        """Let the connection go."""
        self._connection.close()

    def _ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> Answer:
        headers = {"Accept": "text/html", "Accept-Encoding": "gzip", "Accept-Language": "ru"} if fields is None else {}
        if self._cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        body = None
        if fields is not None:
            body = urlencode(fields)
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{self._host}"}
        if path.startswith("/sign-in"):
            headers.pop("Accept-Encoding", None)
        begun = time.perf_counter()
        try:
            self._connection.request(method, path, body, headers)
            response = self._connection.getresponse()
        except (RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            # The desk has let go of a connection that was not used for a while; browsers open another one, too.
            self._connection.close()
            self._connection.request(method, path, body, headers)
            response = self._connection.getresponse()
        content = response.read()
        seconds = time.perf_counter() - begun
        for cookie in response.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        text = content.decode() if "Accept-Encoding" not in headers else ""
        return Answer(response.status, seconds, len(content), text)
