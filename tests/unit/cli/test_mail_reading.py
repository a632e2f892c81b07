"""`caseline mail show` prints one JSON object a line and names the files that it could not read."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

RAW = (
    "From: Anna Example <anna@example.org>\r\nTo: support@example.com\r\nCc: b@example.net\r\nSubject: Заказ\r\n"
    "Message-ID: <m1@example.org>\r\nIn-Reply-To: <m0@example.org>\r\nDate: Mon, 2 Nov 2026 10:00:00 +0300\r\n"
    "Content-Type: multipart/mixed; boundary=b1\r\n\r\n"
    "--b1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nСпасибо.\r\n> старое\r\n"
    "--b1\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\npdf\r\n--b1--\r\n"
).encode()


def show(*words: object, given: bytes = b"") -> tuple[int, list[dict[str, Any]], str]:
    code = f"from caseline.cli import main; main(['mail', 'show', *{[str(word) for word in words]!r}])"
    done = subprocess.run([sys.executable, "-c", code], input=given, capture_output=True, check=False)
    return done.returncode, [json.loads(line) for line in done.stdout.decode().splitlines()], done.stderr.decode()


def test_a_mail_is_shown_as_one_object(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(RAW)

    code, found, said = show(tmp_path / "a.eml")

    assert (code, said) == (0, "")
    assert found == [
        {
            "message_id": "m1@example.org",
            "subject": "Заказ",
            "from": {"name": "Anna Example", "address": "anna@example.org"},
            "to": [{"name": "", "address": "support@example.com"}],
            "cc": [{"name": "", "address": "b@example.net"}],
            "references": ["m0@example.org"],
            "date": "2026-11-02T07:00:00Z",
            "text": "Спасибо.\n",
            "html_text": None,
            "quoted": "> старое",
            "attachments": [{"filename": "a.pdf", "size": 3, "content_type": "application/pdf"}],
            "automatic": None,
            "defects": [],
            "verdict": None,
        }
    ]


def test_files_stdin_and_folders_come_in_order_and_a_missing_file_is_named(tmp_path: Path) -> None:
    for name in ("1.eml", "2.eml"):
        (tmp_path / name).write_bytes(RAW.replace(b"m1@", name.encode() + b"@"))

    code, found, said = show(tmp_path, tmp_path / "none.eml", "-", given=b"Subject: stdin\r\n\r\nx")

    assert code == 1
    assert [each["message_id"] for each in found] == ["1.eml@example.org", "2.eml@example.org", None]
    assert found[2]["subject"] == "stdin"
    assert "none.eml: No such file or directory" in said.replace("\n", "")


def test_a_folder_without_mails_is_told_as_one(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()

    code, found, said = show(tmp_path)

    assert (code, found) == (1, [])
    assert "no file *.eml lies in this folder" in " ".join(said.split())
