"""The furnished house of two groups as tests meet it: a copy for each, and what answers may not tell of the other group."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import httpx
import pytest

from caseline.actions.wiring import House
from tests.factories import databases, pages, two_groups
from tests.factories.request_cards import Staff
from tests.factories.two_groups import SECRET, Furnished

if TYPE_CHECKING:
    from caseline.db.embedded import Server

SECRETS: Final = frozenset(
    {"request", "other", "number", "message", "file", "sha", "letter"}
    | {"work", "outside", "paper", "step", "notice", "view", "session", "token", "agreement", "question"}
)
"""Kinds of ids that may be foreign."""


@dataclass
class Opened:
    """A copy of the furnished house, served."""

    house: House
    base: str
    known: Furnished

    @property
    def staff(self) -> Staff:
        return Staff(self.house)

    def own(self, login: str) -> dict[str, object]:
        return self._now(self.known.mine(login))

    def foreign(self) -> dict[str, object]:
        return self._now(self.known.theirs())

    def _now(self, ids: dict[str, object]) -> dict[str, object]:
        return {**ids, "version": self.staff.version(int(str(ids["request"])))}


@pytest.fixture(scope="module")
def furnished(server: "Server", template: str) -> Iterator[tuple[str, Furnished]]:
    """The address of a database, and what stands in it."""
    with pytest.MonkeyPatch.context() as patch, databases.copied(server.url, template) as url:
        _settle(patch)
        with two_groups.opened(url) as house:
            known = two_groups.furnish(house)
        yield url, known


@pytest.fixture
def opened(server: "Server", furnished: tuple[str, Furnished], monkeypatch: pytest.MonkeyPatch) -> Iterator[Opened]:
    _settle(monkeypatch)
    url, known = furnished
    with two_groups.copy(url, server.url) as house, pages.served(house) as base:
        yield Opened(house, base, known)


def _settle(patch: pytest.MonkeyPatch) -> None:
    """An address of our own."""
    patch.setenv("CASELINE_MAIL_ADDRESS", "support@example.org")


def bare(answer: httpx.Response, *known: dict[str, object]) -> tuple[object, ...]:
    """An answer without what differs between any two pages, and without the ids that were asked for."""
    text = re.sub(r'(name="(?:form_token|once)" value=)"[^"]*"', r"\1", answer.text)
    text = re.sub(r"(X-Form-Token|form_token)[^,}]*", r"\1", text)
    parts = text, answer.headers.get("location", ""), answer.headers.get("content-disposition", "")
    for ids in known:
        for kind in SECRETS & ids.keys():
            parts = tuple(re.sub(rf"(?<!\d){re.escape(str(ids[kind]))}(?!\d)", "N", one) for one in parts)  # type: ignore[assignment]
    return answer.status_code, answer.headers.get("content-type"), *parts


def leaks(text: str, known: Furnished) -> list[str]:
    """What an answer tells of the other group."""
    ids = [str(known.foreign[kind]) for kind in SECRETS - {"number"}]
    return [one for one in (SECRET, *ids) if re.search(rf"(?<![\d]){re.escape(one)}(?![\d])", text, re.IGNORECASE)]


def told(wrong: Sequence[tuple[object, ...]]) -> str:
    """A line for each page that is wrong."""
    return "".join(f"\n{line}" for line in wrong)


def differing(one: tuple[object, ...], other: tuple[object, ...]) -> Iterator[object]:
    """Where two answers part."""
    for first, second in zip(map(str, one), map(str, other), strict=True):
        if first != second:
            place = next((n for n, pair in enumerate(zip(first, second, strict=False)) if pair[0] != pair[1]), 0)
            yield first[max(place - 60, 0) : place + 60], second[max(place - 60, 0) : place + 60]
