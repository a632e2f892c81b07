"""Whatever the documents tell readers to type is typed: in order, in a fresh home, and prints what they show."""

from pathlib import Path
from typing import Final

import pytest

from tests.factories import consoles
from tests.factories.consoles import Block
from tests.factories.processes import REPOSITORY
from tests.integration.documents.conftest import Reader

FILES: Final = (REPOSITORY / "README.md", REPOSITORY / "CONTRIBUTING.md", *sorted((REPOSITORY / "docs").glob("*.md")))
BLOCKS: Final = {file: consoles.blocks(file) for file in FILES}
EVERY: Final = tuple(block for found in BLOCKS.values() for block in found)

_FOREGROUND: Final = "stays in the foreground until Ctrl-C"
_ELSEWHERE: Final = "needs a server elsewhere: a portal, a messenger, a mail server, Prefect"
_EXAMPLES: Final = "numbers, names and files stand for those of the reader"
_MAKE: Final = "make installs packages or takes minutes; its targets are what the checks of each change run"
_HOME: Final = "the test gives each document a home of its own"
_ROOT: Final = "needs root, and a machine that may be changed"

NOT_EXECUTED: Final = {
    ("README.md", "make demo"): _MAKE,
    ("README.md", "source .venv/bin/activate"): _FOREGROUND,  # the quickstart does the same in the background
    ("README.md", "caseline bitrix24 sandbox"): _FOREGROUND,
    ("README.md", "caseline user add anna --role administrator"): "a password is asked for at a terminal",
    ("CONTRIBUTING.md", "make install"): _MAKE,
    ("docs/soak.md", "make soak"): "it takes ten minutes, and tests of its own stand in tests/integration/soak",
    (
        "docs/assignments.md",
        'caseline assignment add 45 "Printer prints stripes" --text "Please replace the drum"',
    ): _EXAMPLES,
    ("docs/assignments.md", "export CASELINE_PUBLIC_URL=https://desk.example/out"): _FOREGROUND,
    ("docs/bitrix24.md", "export CASELINE_HOME=/srv/caseline-portal CASELINE_CRM=bitrix24"): _ELSEWHERE,
    ("docs/bitrix24.md", "caseline bitrix24 check"): _ELSEWHERE,
    ("docs/bitrix24.md", "caseline bitrix24 provision EXPORT --mapping NAME --dry-run"): _ELSEWHERE,
    ("docs/bitrix24.md", "caseline import TRIAL --mapping trial.yaml --dry-run"): _ELSEWHERE,
    ("docs/bitrix24.md", "caseline bitrix24 reconcile"): _ELSEWHERE,
    ("docs/chats.md", "export CASELINE_CHAT=telegram CASELINE_CHAT_TOKEN_FILE=/run/secrets/bot"): _ELSEWHERE,
    ("docs/deployment.md", "sudo useradd --system --create-home --home-dir /srv/caseline caseline"): _ROOT,
    ("docs/deployment.md", "caseline backup /srv/backup/caseline-2026-12-01.dump"): _EXAMPLES,
    ("docs/deployment.md", "caseline down"): _EXAMPLES,
    ("docs/engineers.md", "source .venv/bin/activate"): _HOME,
    ("docs/feedback.md", "caseline feedback list"): _EXAMPLES,
    ("docs/keywords.md", "caseline keywords learn --train train.csv --entries-per-category 100"): _EXAMPLES,
    ("docs/mail.md", "caseline mail fetch"): _EXAMPLES,
    ("docs/mail.md", "caseline mail sandbox"): _FOREGROUND,
    ("docs/operators.md", "caseline up"): _FOREGROUND,
    ("docs/operators.md", "caseline import /srv/export/2026-11 --mapping salesforce --prefect"): _EXAMPLES,
    ("docs/operators.md", "export PREFECT_API_URL=http://prefect.example:4200/api"): _ELSEWHERE,
    (
        "docs/outbox.md",
        "export CASELINE_SMTP_URL=smtps://support%40example.org:password@mail.example.org:465",
    ): _ELSEWHERE,
    ("docs/quickstart.md", "make install"): _MAKE,
    ("docs/quickstart.md", "export CASELINE_HOME=$HOME/caseline-tour"): _HOME,
    ("docs/sandbox-portal.md", "caseline bitrix24 sandbox --port 8331 --store portal.sqlite"): _FOREGROUND,
    ("docs/threads.md", "caseline mail split MESSAGE"): _EXAMPLES,
}
"""Why nobody types a block that says `no-run`, by document and how its first command begins."""


def _in_order(file: Path, *, long: bool) -> list[Block]:
    return [one for one in BLOCKS[file] if "no-run" not in one.words and (long or "long" not in one.words)]


def _named(file: Path) -> str:
    return file.relative_to(REPOSITORY).as_posix()


ENGINEERS: Final = REPOSITORY / "docs" / "engineers.md"
"""Takes a minute: a file of its own, so that another process may take it."""
SHORT: Final = [file for file in FILES if file != ENGINEERS and _in_order(file, long=False)]
LONG: Final = [file for file in FILES if any("long" in one.words for one in _in_order(file, long=True))]


@pytest.mark.timeout(900)
@pytest.mark.parametrize("file", SHORT, ids=_named)
def test_what_a_document_says_to_type_goes_as_it_says(file: Path, reader: Reader) -> None:
    assert reader(_in_order(file, long=False)) == []


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("file", LONG, ids=_named)
def test_what_takes_minutes_goes_as_a_document_says(file: Path, reader: Reader) -> None:
    assert reader(_in_order(file, long=True)) == []


def test_what_nobody_types_has_its_reason() -> None:
    left_out = [(block.place.partition(":")[0], block.first) for block in EVERY if "no-run" in block.words]
    explained = [
        [key for key in NOT_EXECUTED if key[0] == document and first.startswith(key[1])] for document, first in left_out
    ]

    assert [place for place, keys in zip(left_out, explained, strict=True) if len(keys) != 1] == []
    assert sorted(keys[0] for keys in explained) == sorted(NOT_EXECUTED)


def test_words_behind_console_are_known() -> None:
    assert {block.place: block.words - consoles.WORDS for block in EVERY if block.words - consoles.WORDS} == {}


# ------------------------------------------------------------------------------------------------- the reading itself


def test_what_differs_is_seen_and_dots_stand_for_anything() -> None:
    real = "Part  Read\nrequest   400\n\nin 3.2 s\n"

    assert consoles.difference(("Part Read", "request  400", "", "in … s"), real) == ""
    assert consoles.difference(("Part …", "…", "in 3.2 s"), real) == ""
    assert consoles.difference(("…",), "") == ""
    for wrong in (("Part Read",), ("request 400", "…"), ("Part Read", "request 401", "", "in … s"), ()):
        assert consoles.difference(wrong, real) != "", wrong


def test_a_block_is_read_as_a_reader_reads_it(folder: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consoles, "REPOSITORY", folder)
    text = """
```console fresh
$ cat > words <<'END'
> quoted
> END
$ X=3; cat words
quoted
$ false
$ echo $?
1
```

```console
echo $X   # a list
(exit 3)
```

```console
$ echo two
three
```

```console
false
```
"""
    file = folder / "page.md"
    file.write_text(text, encoding="utf-8")
    first, second, third, fourth = consoles.blocks(file)

    assert first.words == {"fresh"}
    assert first.commands[0].typed == "cat > words <<'END'\nquoted\nEND"
    assert first.commands[1].printed == ("quoted",)
    assert [one.printed for one in second.commands] == [None, None]
    with consoles.opened(folder, home) as shell:
        assert consoles.complaints(first, shell) == []
        assert consoles.complaints(second, shell) == []
        assert "-three" in consoles.complaints(third, shell)[0]
        assert "ended with 1" in consoles.complaints(fourth, shell)[0]
