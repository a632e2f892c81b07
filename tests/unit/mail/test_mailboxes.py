"""What a setting says of mailboxes."""

from pathlib import Path

import pytest

from caseline.actions import wiring
from caseline.mail import mailboxes
from caseline.mail.mailboxes import After, Deed, Security
from caseline.settings import Settings, SettingsError

SECRET = "hun/ter2"  # noqa: S105 - nobody's


def test_an_address_names_server_user_and_folders() -> None:
    found = mailboxes.read(
        "imaps://support%40example.org:p%40ss%2F%25@mail.example.org/Help?folder=Sales%20EU&folder=Help"
    )

    assert (found.host, found.port, found.security) == ("mail.example.org", 993, Security.TLS)
    assert (found.user, found.password) == ("support@example.org", "p@ss/%")
    assert found.folders == ("Help", "Sales EU")


def test_without_a_folder_it_is_the_inbox() -> None:
    assert mailboxes.read("imap+starttls://u:p@mail.example.org").folders == ("INBOX",)
    assert mailboxes.read("imaps://u:p@mail.example.org/inbox?folder=INBOX").folders == ("INBOX",)


def test_the_name_tells_ports_apart_and_no_password() -> None:
    one, other = (mailboxes.read(f"imaps://u:{port}x@mail.example.org:{port}") for port in (993, 994))

    assert (one.name, other.name) == ("u on mail.example.org", "u on mail.example.org:994")
    assert "993x" not in repr(one)


@pytest.mark.parametrize(
    ("address", "remedy"),
    [
        (f"https://u:{SECRET}@mail.example.org", "imaps://"),
        ("imaps://mail.example.org", "user, password and host"),
        ("imaps://u@mail.example.org", "user, password and host"),
        (f"imaps://u:{SECRET}@mail.example.org:port", "%2F"),
        (f"imaps://u:{SECRET}@mail.example.org", "%2F"),
        ("imaps://u:hun#ter2@mail.example.org", "%23"),
        ("imap://u:hunter2@mail.example.org", "unencrypted"),
        ("imaps://u:hunter2@mail.example.org/?folders=A", "folder=NAME"),
        ("imaps://u:hunter2@mail.example.org/A%0d%0aB", "control character"),
        ("imaps://u:hunter2@mail.example.org:99999", "is no address"),
        ("imaps://[u:hunter2@mail.example.org", "is no address"),
    ],
)
def test_nonsense_is_refused_with_a_remedy_and_without_the_password(address: str, remedy: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        mailboxes.read(address)

    assert remedy in str(refused.value)
    assert "hun" not in str(refused.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_without_tls_only_this_machine_is_spoken_to(host: str) -> None:
    assert mailboxes.read(f"imap://u:p@{host}:1143").security is Security.NONE


def test_a_file_has_an_address_in_each_line_and_comments() -> None:
    found = mailboxes.read_lines("# ours\n\nimaps://a:p@mail.example.org\n  # his\nimaps://b:p@mail.example.org\n")

    assert [mailbox.user for mailbox in found] == ["a", "b"]


def test_a_mailbox_stands_in_one_line() -> None:
    with pytest.raises(ValueError, match=r"line 2: names a on mail.example.org again"):
        mailboxes.read_lines("imaps://a:p@mail.example.org/A\nimaps://a:p@mail.example.org/B\n")


@pytest.mark.parametrize(
    ("words", "after"),
    [
        ("keep", After(Deed.KEEP)),
        ("seen", After(Deed.SEEN)),
        ("keyword:$Stored", After(Deed.KEYWORD, "$Stored")),
        ("move:In store", After(Deed.MOVE, "In store")),
    ],
)
def test_what_becomes_of_a_stored_mail_is_a_setting(words: str, after: After) -> None:
    assert mailboxes.read_after(words) == after


@pytest.mark.parametrize(
    "words", ["delete", "move", "move:", "keep:x", "seen:x", "keyword:two words", "keyword:a\r\nb"]
)
def test_any_other_word_is_refused(words: str) -> None:
    with pytest.raises(ValueError, match="must"):
        mailboxes.read_after(words)


def test_a_bad_setting_is_named_and_not_repeated() -> None:
    settings = Settings.model_validate({"mailbox": f"imaps://u:{SECRET}@mail.example.org"})

    with pytest.raises(SettingsError, match=r"^CASELINE_MAILBOX: line 1: ") as refused:
        wiring.post(settings)

    assert "hun" not in str(refused.value)
    assert "hun" not in repr(settings)


def test_mailboxes_of_a_file_stand_beside_the_one_of_the_variable(tmp_path: Path) -> None:
    file = tmp_path / "mailboxes"
    file.write_text("# sales\nimaps://sales:p@mail.example.org\n", encoding="utf-8")
    settings = Settings.model_validate({"mailbox": "imaps://support:p@mail.example.org", "mailboxes_file": file})

    assert [mailbox.user for mailbox in wiring.post(settings).mailboxes] == ["support", "sales"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("imaps://a:hunter2@mail.example.org\nhunter2\n", "line 2: must begin with imaps://"),
        ("# nothing\n", "names no mailbox"),
    ],
)
def test_a_bad_file_is_named_with_the_line_and_without_what_it_holds(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "mailboxes"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(SettingsError, match=rf"^CASELINE_MAILBOXES_FILE: {file}: {said}") as refused:
        wiring.post(Settings.model_validate({"mailboxes_file": file}))

    assert "hunter2" not in str(refused.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"^CASELINE_MAILBOXES_FILE: cannot read "):
        wiring.post(Settings.model_validate({"mailboxes_file": tmp_path / "none"}))


def test_a_missing_file_of_certificates_is_named() -> None:
    with pytest.raises(SettingsError, match=r"^CASELINE_MAIL_CA: "):
        wiring.post(Settings.model_validate({"mail_ca": "/nowhere/ca.pem"}))


def test_without_a_setting_there_are_no_mailboxes() -> None:
    assert wiring.post(Settings()).mailboxes == ()
