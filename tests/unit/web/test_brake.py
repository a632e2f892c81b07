"""Whoever tries many links that do not exist waits for the rest of a minute."""

from datetime import UTC, datetime, timedelta

import pytest

from caseline.web.public.brake import SPAN, Brake, network

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
MOST = 30


def tried(brake: Brake, address: str, times: int) -> None:
    for _ in range(times):
        brake.failed(address, now=NOW)


def test_it_holds_after_so_many_failures_and_lets_go_after_the_span() -> None:
    brake = Brake(MOST)
    tried(brake, "192.0.2.1", MOST - 1)
    assert not brake.holds("192.0.2.1", now=NOW)

    tried(brake, "192.0.2.1", 1)
    assert brake.holds("192.0.2.1", now=NOW)
    assert not brake.holds("192.0.2.2", now=NOW)
    assert not brake.holds("192.0.2.1", now=NOW + SPAN)

    brake.failed("192.0.2.1", now=NOW + SPAN)
    assert not brake.holds("192.0.2.1", now=NOW + SPAN + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::2:3", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("", "testclient", True),
    ],
)
def test_an_address_of_version_6_stands_for_its_network(one: str, other: str, same: bool) -> None:
    assert (network(one) == network(other)) is same


def test_it_remembers_a_limited_number() -> None:
    brake = Brake(MOST)
    for number in range(10_050):
        brake.failed(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", now=NOW)
    assert len(brake._failures) == 10_000
