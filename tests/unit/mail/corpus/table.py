"""The corpus as a whole, and the document that lists it: `python -m tests.unit.mail.corpus.table` writes it."""

from pathlib import Path
from typing import Final

from tests.unit.mail.corpus import bodies, headers, letters
from tests.unit.mail.corpus.building import Case

ALL: Final[list[Case]] = [*headers.ALL, *bodies.ALL, *letters.ALL]
DOCUMENT: Final = Path(__file__).parents[4] / "docs" / "mail-defects.md"
_SHOWN: Final = 90
_HEAD: Final = """# Defects of mails

Every kind of trouble that a mail may hold, each with a mail of its own and what must be read in it, byte by byte. The mails are
built by `tests/unit/mail/corpus`; `tests/unit/mail/test_corpus.py` reads them all and checks that this page lists them.
`python -m tests.unit.mail.corpus.table` writes it anew.
"""


def page() -> str:
    """The document."""
    lines, kind = [_HEAD.strip()], ""
    for number, case in enumerate(ALL, start=1):
        if case.kind != kind:
            kind = case.kind
            lines += ["", f"## {kind[0].upper()}{kind[1:]}", "", "| no. | mail | is read as |", "|---:|---|---|"]
        read = "; ".join(f"{name} = {_short(value)}" for name, value in case.expected.items())
        lines.append(f"| {number} | {_cell(case.name)} | {_cell(read)} |")
    return "\n".join([*lines, ""])


def _short(value: object) -> str:
    shown = ascii(value) if isinstance(value, bytes) else repr(value if not isinstance(value, set) else sorted(value))
    return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*").replace("\n", " ")


if __name__ == "__main__":
    DOCUMENT.write_text(page(), encoding="utf-8")
