"""A client that nobody here wrote, b24pysdk, gets along with the portal; it speaks nothing but https."""

import warnings
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from caseline.portal_sandbox.certificates import self_signed
from tests.factories.open_portals import Open, Opened

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from b24pysdk import BitrixWebhook, Client, Config
    from b24pysdk.errors import BitrixAPIError, BitrixRequestError, BitrixResponseJSONDecodeError

Sdk: TypeAlias = Any
"""The client, which has no types."""


@pytest.fixture
def secure(portals: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Opens portals that serve https with a certificate which the client trusts."""
    certificate, key = self_signed(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    Config().configure(default_initial_retry_delay=0.01, default_retry_delay_increment=0.01)

    def enter(**options: object) -> Opened:
        portal = portals(certificate=certificate, key=key, **options)
        portal.http.close()
        return portal

    return enter


def client(portal: Opened) -> Sdk:
    domain, _, hook = portal.running.webhook.removeprefix("https://").rstrip("/").partition("/rest/")
    return Client(BitrixWebhook(domain=domain, webhook_token=hook))


def lead(at: int) -> dict[str, str]:
    return {"TITLE": f"T{at}", "ORIGINATOR_ID": "SF", "ORIGIN_ID": f"k{at}"}


def test_single_calls(secure: Open) -> None:
    portal = secure()
    sdk = client(portal)

    number = sdk.crm.lead.add(fields=lead(1)).result
    assert sdk.crm.lead.update(bitrix_id=number, fields={"TITLE": "N"}).result is True
    found = sdk.crm.lead.get(bitrix_id=number)

    assert (number, found.result["TITLE"], found.result["ORIGIN_ID"]) == (1, "N", "k1")
    assert sdk.crm.lead.delete(bitrix_id=number).result is True
    assert portal.judge.number() == 0


def test_batches(secure: Open) -> None:
    portal = secure()
    sdk = client(portal)

    made = sdk.call_batches([sdk.crm.lead.add(fields=lead(at)) for at in range(120)]).result
    commands = {"good": sdk.crm.lead.get(bitrix_id=1), "bad": sdk.crm.lead.get(bitrix_id=999)}
    mixed = sdk.call_batch(commands).result

    assert len(made.result) == portal.judge.number() == 120
    assert mixed.result["good"]["TITLE"] == "T0"
    assert list(mixed.result_error) == ["bad"]


def test_lists(secure: Open) -> None:
    portal = secure()
    sdk = client(portal)
    sdk.call_batches([sdk.crm.lead.add(fields=lead(at)) for at in range(170)]).result  # noqa: B018 - asking sends

    every = sdk.crm.lead.list(select=["ID"]).as_list().result
    quick = list(sdk.crm.lead.list(select=["ID"]).as_list_fast().result)
    some = sdk.crm.lead.list(select=["ID", "ORIGIN_ID"], filter={"@ORIGIN_ID": ["k3", "K4"]}).result
    items = sdk.crm.item.list(entity_type_id=1, select=["id"], filter={">id": 160}).result

    assert [int(row["ID"]) for row in every] == list(range(1, 171))
    assert sorted(int(row["ID"]) for row in quick) == list(range(1, 171))
    assert [row["ORIGIN_ID"] for row in some] == ["k3", "k4"]
    assert len(items["items"]) == 10


def test_errors(secure: Open) -> None:
    sdk = client(secure())

    with pytest.raises(BitrixAPIError, match="Not found"):
        sdk.crm.lead.get(bitrix_id=5).result  # noqa: B018 - asking sends


def test_refusals_are_repeated(secure: Open) -> None:
    portal = secure(limited=True, burst=1, requests_per_second=60)
    sdk = client(portal)

    for at in range(5):
        sdk.crm.lead.add(fields=lead(at)).result  # noqa: B018 - asking sends

    assert portal.judge.number() == 5


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("reset_after", BitrixRequestError),
        ("truncated", BitrixResponseJSONDecodeError),
        ("empty", BitrixResponseJSONDecodeError),
    ],
)
def test_an_answer_that_is_lost_loses_the_ids(secure: Open, fault: str, error: type[Exception]) -> None:
    portal = secure(faults={fault: 1})
    sdk = client(portal)

    with pytest.raises(error):
        sdk.call_batch([sdk.crm.lead.add(fields=lead(at)) for at in range(50)]).result  # noqa: B018 - asking sends

    assert portal.judge.number() == 50
