"""The commands `caseline chat`: whether it works, what was said, a link; and what wrong settings are told."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.factories import chat_asks, chat_gateways
from tests.factories.chat_gateways import TOKEN

Command = Callable[..., Any]


def test_a_dialogue_is_listed_shown_and_opened_by_a_new_link(
    caseline: Command, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking = chat_asks.asking(database_url, tmp_path, now=datetime.now(UTC))
    ask, _ = asking.start()
    assert caseline("chat", "check").code == 3
    monkeypatch.setenv("CASELINE_PUBLIC_URL", chat_asks.PUBLIC)
    report = caseline("chat", "check", "--json")
    assert (report.code, report.object["works"], report.object["to_send"]) == (0, True, 2)

    assert caseline("chat", "run", "--json").object["sent"] == 2
    (listed,) = caseline("chat", "list", "--json").object["dialogues"]
    assert (listed["ask_id"], listed["stage"]) == (ask.id, "asking")
    shown = caseline("chat", "show", listed["id"]).out
    assert "we, sent: Качество работы" in shown
    link = caseline("chat", "link", listed["id"]).out.strip()
    assert link.startswith(f"{chat_asks.PUBLIC}/c/")
    assert link not in chat_asks.PUBLIC + asking.letters()[-1]
    assert caseline("chat", "show", 99).code == 2


def test_wrong_settings_are_named_with_their_remedy_and_without_the_secret(
    caseline: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CASELINE_CHAT", "telegram")
    assert "CASELINE_CHAT_TOKEN: telegram needs a token" in caseline("chat", "check").err
    token = tmp_path / "token"
    token.write_text("no token at all, with blanks")
    monkeypatch.setenv("CASELINE_CHAT_TOKEN_FILE", str(token))
    answer = caseline("chat", "check")
    assert (answer.code, "blanks" in answer.err) == (1, False)
    token.write_text(TOKEN + "\n")
    monkeypatch.setenv("CASELINE_CHAT_HOOK", "short")
    answer = caseline("chat", "check")
    assert "16 to 128 letters" in answer.err
    monkeypatch.setenv("CASELINE_CHAT_HOOK", "a-long-enough-secret")
    monkeypatch.setenv("CASELINE_PUBLIC_URL", "https://desk.example")
    with chat_gateways.telegram() as (fake, address):
        monkeypatch.setenv("CASELINE_CHAT_URL", address)
        answer = caseline("chat", "check")
        assert (answer.code, "chat check --register" in answer.out) == (3, True)
        answer = caseline("chat", "check", "--register")
        assert answer.code == 0, answer.out
        assert fake.hook["url"] == "https://desk.example/hook/chat"
        assert "a-long-enough-secret" not in answer.out + answer.err
