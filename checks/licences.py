"""Lists every locked package with its licence, as the packages themselves say it."""

import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
DOCUMENT: Final = ROOT / "docs" / "licences.md"
LOCKS: Final = {
    "requirements.lock": "to run",
    "requirements-dev.lock": "tests and checks",
    "requirements-audit.lock": "`make audit`",
    "requirements-bench.lock": "benchmarks",
}
"""What the packages of each lock file are for."""
_HEAD: Final = """# Licences of dependencies

The product itself is under the MIT licence. This page is written by `make licences` (`python -m checks licences`) from
what the installed packages say; a test compares it with the lock files. A package that is not installed where it is
written keeps its line.

| package | licence | for |
|---|---|---|
"""
_ROW: Final = re.compile(r"\| (?P<name>[^|]+) \| (?P<licence>[^|]+) \| (?P<use>[^|]+) \|")
_CLASSIFIER: Final = "License :: "
_LONGEST: Final = 60
UNKNOWN: Final = "?"
IN_A_FILE: Final = {"IMAPClient": "BSD-3-Clause", "axe-playwright-python": "MIT", "b24pysdk": "MIT"}
"""Of packages that say it in a file of licence only: read there by a person."""


def locked() -> dict[str, str]:
    """Names of all locked packages, each with what it is for."""
    found: dict[str, str] = {}
    for file, use in LOCKS.items():
        for line in (ROOT / file).read_text(encoding="utf-8").splitlines():
            found.setdefault(line.partition("==")[0], use)
    return dict(sorted(found.items(), key=lambda item: item[0].lower()))


def listed() -> dict[str, tuple[str, str]]:
    """Packages of the document: (licence, what for)."""
    text = DOCUMENT.read_text(encoding="utf-8") if DOCUMENT.exists() else ""
    rows = [found for line in text.splitlines()[1:] if (found := _ROW.fullmatch(line)) and found["name"] != "package"]
    return {row["name"]: (row["licence"], row["use"]) for row in rows}


def of(name: str) -> str | None:
    """The licence of an installed package; None where it is not installed, `?` where it does not say."""
    try:
        said = _said(distribution(name))
    except PackageNotFoundError:
        return None
    return IN_A_FILE.get(name, said) if said == UNKNOWN else said


def _said(package: Distribution) -> str:
    told = package.metadata
    for expression in told.get_all("License-Expression", ()):
        return str(expression)
    classes = [one.rpartition(" :: ")[2] for one in told.get_all("Classifier", ()) if one.startswith(_CLASSIFIER)]
    named = [one for one in classes if one != "OSI Approved"]
    if named:
        return ", ".join(named)
    text = "\n".join(map(str, told.get_all("License", ()))).strip().rpartition(" :: ")[2]
    return text if text and len(text) <= _LONGEST and "\n" not in text else UNKNOWN


def rows() -> dict[str, tuple[str, str]]:
    """Every locked package with licence and use; one that is not installed as the document has it."""
    before = listed()
    return {name: (of(name) or before.get(name, (UNKNOWN, ""))[0], use) for name, use in locked().items()}


def page() -> str:
    """The document."""
    return _HEAD + "".join(f"| {name} | {licence} | {use} |\n" for name, (licence, use) in rows().items())


def table() -> str:
    """The same for a screen."""
    return "\n".join(f"{name:<34}{licence:<50}{use}" for name, (licence, use) in rows().items())
