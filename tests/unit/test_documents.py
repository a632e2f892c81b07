"""Links of the documents lead somewhere, files that they name are there, and the table of rights is that of the code."""

import re
from pathlib import Path
from typing import Final

from babel.messages.pofile import read_po

from caseline.people.rights import Right, Role, may

ROOT: Final = Path(__file__).parents[2]
FILES: Final = (
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").glob("*.md")),
)
LINK: Final = re.compile(r"\]\((?P<file>[^)#\s:]*)(?:#(?P<anchor>[^)\s]*))?\)")
NAMED: Final = re.compile(r"`((?:tests|caseline|staging|checks|flows|tasks|keywords|benchmarks)/[\w/.-]+\.\w+)`")
HEADING: Final = re.compile(r"#+ (.+)")
FENCE: Final = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
BOLD: Final = re.compile(r"\*\*([^*]+)\*\*")


def text(file: Path) -> str:
    return FENCE.sub("", file.read_text(encoding="utf-8"))


def anchors(file: Path) -> set[str]:
    """As the pages of repositories make them of headings."""
    headings = [found[1] for line in text(file).splitlines() if (found := HEADING.fullmatch(line))]
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}


def test_every_link_leads_somewhere() -> None:
    astray = []
    for file in FILES:
        for found in LINK.finditer(text(file)):
            there = (file.parent / found["file"]).resolve() if found["file"] else file
            if not there.exists() or (found["anchor"] and found["anchor"] not in anchors(there)):
                astray.append(f"{file.name}: {found[0]}")

    assert astray == []


def test_every_file_that_is_named_is_there() -> None:
    named = [(file.name, found) for file in FILES if file.name != "CHANGELOG.md" for found in NAMED.findall(text(file))]

    assert [(name, found) for name, found in named if not (ROOT / found).exists()] == []
    assert ("security.md", "caseline/people/rights.py") in named


def test_the_table_of_rights_is_that_of_the_code() -> None:
    lines = [line for line in text(ROOT / "docs" / "security.md").splitlines() if line.startswith("| ")]
    head = next(line for line in lines if line.startswith("| right |"))
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in lines[lines.index(head) : len(Right) + 1]
    ]

    assert cells[0][1:] == [role.value for role in Role]
    assert {row[0].replace(" ", "_"): row[1:] for row in cells[1:]} == {
        right.value: ["yes" if may(role, right) else "" for role in Role] for right in Right
    }


def test_the_russian_pages_call_everything_as_the_russian_document_does() -> None:
    with (ROOT / "caseline" / "web" / "texts" / "ru.po").open("rb") as file:
        catalog = read_po(file, locale="ru")
    said = {text for one in catalog for text in ([one.string] if isinstance(one.string, str) else one.string or ())}
    named = {" ".join(one.split()) for one in BOLD.findall(text(ROOT / "docs" / "administrators.ru.md"))}

    assert named - said == {"жирным"}
    assert len(named) > 40, "every page and button that it speaks of is set in bold"
