"""The variables of a portal: what is accepted, and that a refusal does not repeat the secret."""

from pathlib import Path

import pytest

from caseline import settings
from caseline.settings import SettingsError

GOOD = "https://portal.bitrix24.ru/rest/17/c0deOfTheHook/"
BAD = [
    "http://portal.example/rest/1/c0deOfTheHook/",
    "https://portal.example/c0deOfTheHook",
    f"{GOOD}crm.lead.add",
    f"{GOOD}?a=1",
]


@pytest.mark.parametrize(
    "url", [GOOD, GOOD.rstrip("/"), "http://127.0.0.1:8000/rest/1/a_b-C/", "http://localhost/rest/1/a"]
)
def test_webhooks(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASELINE_BITRIX24_URL", url)
    found = settings.load()
    secret = found.bitrix24()

    assert secret is not None
    assert secret.get_secret_value() == url
    assert url not in repr(found)


@pytest.mark.parametrize("url", BAD)
def test_what_is_no_webhook(url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "webhook"
    file.write_text(url, encoding="utf-8")
    monkeypatch.setenv("CASELINE_BITRIX24_URL_FILE", str(file))
    with pytest.raises(SettingsError, match="CASELINE_BITRIX24_URL_FILE") as told:
        settings.load().bitrix24()
    assert "c0de" not in str(told.value)

    monkeypatch.setenv("CASELINE_BITRIX24_URL", url)
    with pytest.raises(SettingsError, match=r"^CASELINE_BITRIX24_URL: must be the address") as told:
        settings.load()
    assert "c0de" not in str(told.value)


def test_a_file_may_hold_the_address(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert settings.load().bitrix24() is None
    file = tmp_path / "webhook"
    file.write_text(f"{GOOD}\n", encoding="utf-8")
    monkeypatch.setenv("CASELINE_BITRIX24_URL_FILE", str(file))
    secret = settings.load().bitrix24()

    assert secret is not None
    assert secret.get_secret_value() == GOOD


@pytest.mark.parametrize("name", ["RATE", "BURST", "CEILING", "OPERATING"])
def test_limits_are_positive(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"CASELINE_BITRIX24_{name}", "0")
    with pytest.raises(SettingsError, match=f"CASELINE_BITRIX24_{name}"):
        settings.load()


def test_creation_dates_are_those_of_now_or_original_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings.load().bitrix24_created == "now"
    monkeypatch.setenv("CASELINE_BITRIX24_CREATED", "original")
    assert settings.load().bitrix24_created == "original"
    monkeypatch.setenv("CASELINE_BITRIX24_CREATED", "yesterday")
    with pytest.raises(SettingsError, match="CASELINE_BITRIX24_CREATED"):
        settings.load()
