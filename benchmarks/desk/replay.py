"""The bare statements of a page: recorded while the desk makes it, run again on an open connection without a desk."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from statistics import median
from typing import Any, Final

import sqlalchemy as sa
from starlette.testclient import TestClient

from benchmarks.desk.register import LOGIN, PASSWORD
from benchmarks.desk.serving import token
from caseline.actions.wiring import House
from caseline.web.desk.application import build

_ADDRESS: Final = "http://127.0.0.1:8330"
_ROUNDS: Final = 60
_WARM: Final = 10
Statement = tuple[str, Any]


def bare(house: House, paths: Sequence[str]) -> dict[str, tuple[int, float]]:
    """(statements, median milliseconds of all of them one after the other) of each page.

    The driver runs them as the desk has them run, planned each time, and fetches all rows; nothing is made of the rows.
    """
    return {path: (len(said), _run(house, said)) for path, said in _statements(house, paths).items()}


def _statements(house: House, paths: Sequence[str]) -> dict[str, list[Statement]]:
    found = {}
    with TestClient(build(house), base_url=_ADDRESS, headers={"Accept": "text/html"}) as browser:
        fields = {"form_token": token(browser.get("/sign-in").text), "name": LOGIN, "password": PASSWORD, "next": "/"}
        browser.post("/sign-in", data=fields, headers={"Origin": _ADDRESS}, follow_redirects=False)
        for path in paths:
            for _ in range(_WARM):  # what is kept in memory is there then
                browser.get(path).raise_for_status()
            with _recorded(house.engine) as said:
                browser.get(path).raise_for_status()
            found[path] = said
    return found


@contextmanager
def _recorded(engine: sa.Engine) -> Iterator[list[Statement]]:
    said: list[Statement] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: object, *_rest: object) -> None:
        said.append((statement, parameters))

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


def _run(house: House, said: Sequence[Statement]) -> float:
    taken = []
    with house.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        for _ in range(_ROUNDS + _WARM):
            begun = time.perf_counter()
            for statement, parameters in said:
                driver.execute(statement, parameters).fetchall()
            taken.append((time.perf_counter() - begun) * 1000)
    return median(taken[_WARM:])
