"""The command `caseline outbox`."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from caseline.actions import wiring
from caseline.cli import main
from caseline.outbox import faces
from caseline.settings import Settings, SettingsError, load
from tests.factories.letters import OWN, automatic, new_letter
from tests.factories.mail_server import PASSWORD, Doorkeeper, running
from tests.factories.post import Post


@dataclass(frozen=True)
class Answer:
    """What the command answered."""

    code: int
    out: str
    err: str

    @property
    def object(self) -> Any:  # noqa: ANN401 - JSON
        return json.loads(self.out)


Command = Callable[..., Answer]


@pytest.fixture
def outbox(post: Post, home: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Command:
    """Run `caseline outbox` on the database and the server of the test."""
    for name, value in (
        ("HOME", home),
        ("DATABASE_URL", post.url),
        ("SMTP_URL", post.server.url()),
        ("MAIL_ADDRESS", OWN),
    ):
        monkeypatch.setenv(f"CASELINE_{name}", str(value))
    monkeypatch.setenv("COLUMNS", "250")

    def run(*words: object) -> Answer:
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(["outbox", *map(str, words)])
        said = capfd.readouterr()
        return Answer(int(ended.value.code or 0), said.out, said.err)

    return run


def test_letters_are_sent_listed_and_shown(post: Post, outbox: Command) -> None:
    post.queue(new_letter(text="words of it"))

    sent, listed, shown = outbox("send"), outbox("list"), outbox("show", 1)

    assert (sent.code, sent.out) == (0, "1 sent, 0 failed, 0 to be tried again\n")
    assert "client@example.com" in listed.out
    assert "1 sent" in listed.out
    assert "words of it" in shown.out
    assert "250 OK" in shown.out
    assert outbox("send").out.startswith("0 sent")


def test_failures_are_named_and_the_code_says_so(post: Post, outbox: Command) -> None:
    post.mailbox.say = lambda _taken: "554 5.7.1 spam"
    post.queue(new_letter())

    answer = outbox("send", "--json")

    assert answer.code == 3
    assert answer.object["failures"] == ["letter 1 of request 45: client@example.com: 554 5.7.1 spam"]
    assert outbox("list", "--state", "failed", "--json").object["counts"]["failed"] == 1
    post.mailbox.say = lambda _taken: None
    assert outbox("retry", 1).code == 0
    assert outbox("send").code == 0


def test_held_letters_are_released_and_others_cancelled(post: Post, outbox: Command) -> None:
    post.queue(automatic(1), new_letter(2), new_letter(3))

    assert outbox("hold", 1, 2, 3).out == "3 letters held\n"
    assert outbox("cancel", 3).out == "1 letter cancelled\n"
    assert outbox("release", 2).out == "1 letter released\n"
    assert outbox("release").code == 2
    assert outbox("release", 3).code == 1
    assert outbox("release", "--all").out == "1 letter released\n"
    assert outbox("send").out.startswith("2 sent")


def test_a_wrong_password_is_explained_and_shown_nowhere(
    post: Post, outbox: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = Doorkeeper()
    with running(authenticator=keeper, auth_require_tls=False) as server:
        monkeypatch.setenv("CASELINE_SMTP_URL", server.url(login="someone:hidden-word@"))
        post.queue(new_letter())
        first, second = outbox("send"), outbox("send")

    assert (first.code, second.code) == (1, 1)
    assert "does not accept user 'someone'" in first.err
    assert "Nothing is sent before" in first.err
    assert "Nothing is sent before" in second.err
    assert keeper.tries == 1
    assert "hidden-word" not in first.out + first.err + second.out + second.err


def test_without_a_server_the_command_says_which_setting_is_missing(
    outbox: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CASELINE_SMTP_URL")

    answer = outbox("send")

    assert answer.code == 1
    assert answer.err.startswith("CASELINE_SMTP_URL: no mail server is named")


def test_templates_are_listed_shown_and_changed(outbox: Command, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.txt", tmp_path / "bad.txt"
    good.write_text("Готово: %Номер%", encoding="utf-8")
    bad.write_text("Готово: %Номор%", encoding="utf-8")

    assert "as shipped" in outbox("template", "list").out
    assert outbox("template", "set", "request_received", "--text", good, "--by", "ann").code == 0
    assert outbox("template", "show", "request_received", "--json").object["text"] == "Готово: %Номер%"
    refused = outbox("template", "set", "request_received", "--text", bad)
    assert refused.code == 1
    assert "there is no tag %Номор%: write %Номер%" in refused.err


def test_a_secret_is_rotated_without_being_shown(post: Post, outbox: Command) -> None:
    with post.engine.begin() as connection:
        secret = wiring.mint(post.house, connection, now=post.now).secrets[0]

    answer = outbox("rotate-secret", "--yes")

    assert answer.out == "New letters carry tokens of a new secret; 1 older one stays valid\n"
    assert secret.hex() not in answer.out + answer.err


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SMTP_URL", "http://user:hidden-word@mail.example.org"),
        ("SMTP_URL", "smtp://user:hidden-word@mail.example.org:25"),
        ("SMTP_URL", "smtps://user:hidden-word"),
        ("SMTP_URL", "smtps://user:hidden-word@mail.example.org:port"),
        ("SMTP_URL", "smtps://user:hidden@word@mail.example.org"),
        ("MAIL_ADDRESS", "nobody"),
        ("MAIL_ADDRESS", "a-name-that-is-much-too-long@example.org"),
        ("MAIL_NAME", "two\nlines"),
        ("MAIL_BRAKE", "0"),
    ],
)
def test_nonsense_in_a_setting_is_named_without_being_repeated(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"CASELINE_{name}", value)

    with pytest.raises(SettingsError) as refused:
        load()

    assert str(refused.value).startswith(f"CASELINE_{name}: ")
    assert "hidden" not in str(refused.value)


def test_the_server_may_be_named_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "smtp"
    file.write_text("smtps://support%40example.org:p%40ss%3Aw%2Frd%25@mail.example.org\n", encoding="utf-8")
    server = wiring.mail_server(Settings(smtp_url_file=file, mail_address=OWN))

    assert (server.host, server.port, server.user, server.helo) == (
        "mail.example.org",
        465,
        "support@example.org",
        "example.org",
    )
    assert server.password is not None
    assert server.password.get_secret_value() == PASSWORD
    assert PASSWORD not in repr(server)
    file.write_text("nonsense hidden-word", encoding="utf-8")
    with pytest.raises(SettingsError, match="CASELINE_SMTP_URL_FILE") as refused:
        wiring.mail_server(Settings(smtp_url_file=file))
    assert "hidden-word" not in str(refused.value)


def test_autotexts_are_made_listed_and_removed(outbox: Command, tmp_path: Path) -> None:
    words = tmp_path / "words.txt"
    words.write_text("Ваше обращение %Номер%. %часы%", encoding="utf-8")
    unknown = outbox("template", "set", "request_received", "--text", words)
    assert unknown.code == 1
    assert "there is no tag %часы%" in unknown.err

    assert outbox("autotext", "set", "Часы", "--ru", "С 9 до 18").code == 0
    assert outbox("template", "set", "request_received", "--text", words).code == 0
    (one,) = outbox("autotext", "list", "--json").object["autotexts"]
    assert (one["name"], one["ru"], one["stands_in"]) == ("Часы", "С 9 до 18", ["request_received (ru)"])
    kept = outbox("autotext", "remove", "Часы")
    assert kept.code == 1
    assert "templates name it (request_received (ru))" in kept.err
    assert outbox("autotext", "set", "ЧАСЫ", "--en", "9 to 18").code == 0
    (one,) = outbox("autotext", "list", "--json").object["autotexts"]
    assert (one["name"], one["ru"], one["en"]) == ("Часы", "С 9 до 18", "9 to 18")
    taken = outbox("autotext", "set", "Номер", "--ru", "x")
    assert "this is the name of a tag" in taken.err
    assert "there is no autotext Другой" in outbox("autotext", "remove", "Другой").err


def test_a_service_tag_elsewhere_is_refused_with_tag_template_and_remedy(outbox: Command, tmp_path: Path) -> None:
    words = tmp_path / "words.txt"
    words.write_text("О %НомерДатаОбращения%", encoding="utf-8")

    refused = outbox("template", "set", "request_received", "--text", words)

    assert refused.code == 1
    said = " ".join(refused.err.split())
    assert "template request_received (ru), text: %НомерДатаОбращения% may stand only in letters that ask" in said
    assert outbox("template", "set", "ask_own", "--subject", "x", "--text", words).code == 0


def test_pictures_are_replaced_and_taken_back(outbox: Command, tmp_path: Path) -> None:
    file = tmp_path / "face.png"
    file.write_bytes(faces.face(2))

    assert outbox("picture", "set", "smiley-1", file).code == 0
    listed = {one["name"]: one for one in outbox("picture", "list", "--json").object["pictures"]}
    assert listed["smiley-1"]["replaced"]
    assert listed["logo"]["type"] is None
    assert outbox("picture", "restore", "smiley-1").code == 0
    assert "nothing to take back" in outbox("picture", "restore", "smiley-1").err
    file.write_bytes(b"no picture")
    assert "no PNG, JPEG or GIF" in outbox("picture", "set", "smiley-1", file).err
