"""The address of a webhook is used and never shown."""

import pytest
from pydantic import SecretStr

from caseline.crm.bitrix24.address import Address

CODE = "abcDEF123_-x"
URL = f"https://Portal.example/rest/17/{CODE}/"


def address(url: str = URL) -> Address:
    return Address(SecretStr(url))


@pytest.mark.parametrize("url", [URL, URL.rstrip("/"), f" {URL}\n"], ids=["slash", "none", "blanks"])
def test_a_method_has_its_address(url: str) -> None:
    assert address(url).of("crm.lead.add") == f"https://Portal.example/rest/17/{CODE}/crm.lead.add"
    assert address(url).host == "portal.example"


def test_nothing_shown_tells_the_code() -> None:
    found = address()
    for shown in (repr(found), str(found), f"{found}", found.key, found.webhook, found.host):
        assert CODE not in shown
    assert not hasattr(found, "__dict__")


def test_keys_name_the_portal_and_its_webhooks_owner() -> None:
    other_code = address("https://portal.example/rest/17/another/")
    other_owner = address(f"https://portal.example/rest/18/{CODE}/")
    assert address().key == other_code.key == other_owner.key
    assert address().webhook == other_code.webhook != other_owner.webhook
    assert address("https://other.example/rest/17/another/").key != address().key


@pytest.mark.parametrize(
    "text",
    [URL, URL.upper(), URL.replace("/", "\\/"), f"/rest/17/{CODE}/crm.lead.add", f"code {CODE}!", f"'{URL}crm' {CODE}"],
)
def test_texts_of_the_portal_lose_it(text: str) -> None:
    hidden = address().without_secrets(text)
    assert CODE.lower() not in hidden.lower()
    assert "…" in hidden


def test_a_text_is_hidden_before_it_is_cut() -> None:
    for length in range(480, 510):
        hidden = address().without_secrets("x" * length + URL)
        assert len(hidden) <= 500
        assert "abc" not in hidden


def test_other_texts_stay_and_can_be_kept() -> None:
    assert address().without_secrets("Не найдено: 17") == "Не найдено: 17"
    assert address().without_secrets("a\0b\ud800") == "ab?"


@pytest.mark.parametrize("url", ["", "https://portal.example", "https://portal.example/"], ids=repr)
def test_an_address_without_a_code_hides_no_more_than_itself(url: str) -> None:
    assert address(url).without_secrets("Not found") == "Not found"
