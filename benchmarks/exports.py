"""Sample exports that the benchmarks read, written once into a cache folder."""

import shutil
import tempfile
from pathlib import Path
from random import Random
from typing import Final

from caseline.sample import write_export

CASES: Final = "Case.csv"
PARENTS: Final = ("User.csv", "Group.csv", "Account.csv", "Contact.csv")
KINDS: Final = ("NUL byte", "broken UTF-8", "a field too many", "a field too few")
_SEED: Final = 7
_SUBJECT: Final = 17
"""Fields before the subject."""


def cache() -> Path:
    """Folder of exports; a server under another account must be able to pass through it, not to read it."""
    folder = Path(tempfile.gettempdir(), "caseline-benchmarks")
    folder.mkdir(mode=0o755, exist_ok=True)
    return folder


def clean(cases: int, *, seed: int = 2026) -> Path:
    """Folder of an export of `cases` cases without a bad row; the same arguments give the same bytes."""
    folder = cache() / f"clean-{cases}-{seed}"
    if not (folder / CASES).exists():
        shutil.rmtree(folder, ignore_errors=True)
        write_export(folder, cases=cases, seed=seed, bad_share=0.0, messages=False)
    return folder


def damaged(source: Path, *, share: float = 0.01) -> tuple[Path, int]:
    """(folder, bad rows): the Case.csv of `source` with every kind of damage that spoils the block around it."""
    folder = source.with_name(f"{source.name}-damaged-{share}")
    note = folder / "bad-rows.txt"
    if not note.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        bad = _damage(source / CASES, folder / CASES, share)
        note.write_text(str(bad), encoding="ascii")
    return folder, int(note.read_text(encoding="ascii"))


def _damage(source: Path, target: Path, share: float) -> int:
    chance, bad = Random(_SEED), 0
    with source.open("rb") as read, target.open("wb") as write:
        write.write(read.readline())
        record = b""
        for line in read:
            record += line
            if record.count(b'"') % 2:
                continue  # a line break inside quotes
            if chance.random() < share:
                record, bad = _spoilt(record, KINDS[bad % len(KINDS)]), bad + 1
            write.write(record)
            record = b""
    return bad


def _spoilt(record: bytes, kind: str) -> bytes:
    fields = record.rstrip(b"\r\n").split(b'","')
    if kind == KINDS[0]:
        fields[_SUBJECT] += b"\x00"
    elif kind == KINDS[1]:
        fields[_SUBJECT] += b"\xff\xfe"
    elif kind == KINDS[2]:
        fields.insert(_SUBJECT, b"stray")
    else:
        return b'","'.join(fields[:-1]) + b'"\n'
    return b'","'.join(fields) + b"\n"
