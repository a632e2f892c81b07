"""What a check tells of a portal as a whole: cloud or box, its plan, and which limits it is reckoned with."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from caseline.crm.bitrix24.faults import PortalRefused
from caseline.crm.bitrix24.inspection import Inspection
from caseline.crm.bitrix24.options import Options
from caseline.crm.findings import Finding

NOW = datetime(2026, 6, 8, 7, tzinfo=UTC)


class Told:
    """A portal that tells what a test says."""

    def __init__(self, host: str, licence: str | None, *, rate: float = 2, operating: bool = True) -> None:
        self.host = host
        self.options = Options(rate=rate)
        self._licence = licence
        self._operating = operating

    def read(self, method: str, **_patience: float) -> Any:  # noqa: ANN401 - whatever a portal answers
        if method == "app.info" and self._licence is None:
            raise PortalRefused("WRONG_AUTH_TYPE", "not for webhooks")
        told: dict[str, Any] = {"scope": ["crm", "bizproc"], "profile": {"ID": "1", "ADMIN": True}}
        told |= {"app.info": {"LICENSE": self._licence}, "server.time": NOW.isoformat()}
        return SimpleNamespace(value=told[method])

    def read_many(self, calls: Mapping[str, object]) -> dict[str, Any]:
        return {name: SimpleNamespace(value={"isAvailable": True}) for name in calls}

    def used(self, methods: Sequence[str]) -> dict[str, float]:
        return dict.fromkeys(methods, 0.1) if self._operating else {}


def found(portal: Any) -> dict[str, Finding]:  # noqa: ANN401 - in the place of a client
    return {one.topic: one for one in Inspection(portal, imports=True, now=lambda: NOW).all()}


def test_a_portal_of_the_cloud_is_reckoned_with_the_limits_of_its_plan() -> None:
    told = found(Told("shop.bitrix24.ru", "ru_basic"))

    assert "in Bitrix24's cloud: reckoned with 2 requests a second after 50 at once" in told["limits"].text
    assert (told["licence"].level, told["licence"].text) == ("ok", "ru_basic")
    assert "rate" not in told


def test_a_box_is_known_by_its_domain_and_may_limit_no_operating_time() -> None:
    told = found(Told("crm.shop.example", None, operating=False))

    assert "on a server or domain of its own" in told["limits"].text
    assert "no operating time is told" in told["limits"].text
    assert told["licence"].level == "warning"


@pytest.mark.parametrize(
    ("licence", "rate", "warned"), [("ru_ent", 2, True), ("ru_ent", 5, False), ("center", 2, False)]
)
def test_the_plan_enterprise_allows_more_than_is_set(licence: str, rate: float, *, warned: bool) -> None:
    told = found(Told("shop.bitrix24.ru", licence, rate=rate))

    assert ("rate" in told) is warned
    assert not warned or "CASELINE_BITRIX24_RATE=5" in told["rate"].remedy
