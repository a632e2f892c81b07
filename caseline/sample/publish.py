"""The folder of an export: made ready before, filled at once when everything has been written."""

import shutil
import zipfile
from pathlib import Path
from typing import Final

from caseline.sample import attachments, layouts
from caseline.sample.ids import ORGANISATION

_README: Final = "README.txt"
_MARK: Final = "This Salesforce export is generated sample data."
_DRAFT: Final = ".writing"
_OURS: Final = (*(layout.file for layout in layouts.ALL), f"WE_{ORGANISATION}_*.ZIP", f"{attachments.FOLDER}/00P*")


def prepare(folder: Path) -> Path:
    """Clear an earlier sample away and return the folder inside in which the new one is drafted.

    Raises FileExistsError when the folder holds anything that this generator did not make.
    """
    readme = folder / _README
    if folder.exists() and any(folder.iterdir()) and not _is_ours(readme):
        raise FileExistsError(f"{folder} holds other files: name an empty folder, or one with an earlier sample")
    draft = folder / _DRAFT
    if draft.exists():
        shutil.rmtree(draft)
    draft.mkdir(parents=True)
    readme.write_text(_text(), encoding="utf-8", newline="\n")
    for pattern in _OURS:
        for path in sorted(folder.glob(pattern)):
            path.unlink()
    emptied = folder / attachments.FOLDER
    if emptied.is_dir() and not any(emptied.iterdir()):
        emptied.rmdir()
    return draft


def as_folder(draft: Path) -> None:
    """Move the drafted files, all of one part, to their places."""
    part = draft / "1"
    for path in _files(part):
        place = draft.parent / path.relative_to(part)
        place.parent.mkdir(exist_ok=True)
        path.replace(place)
    shutil.rmtree(draft)


def as_zips(draft: Path) -> None:
    """Pack each part of the draft into `WE_<organisation>_<part>.ZIP`."""
    folder = draft.parent
    for part in sorted(draft.iterdir(), key=lambda path: int(path.name)):
        with zipfile.ZipFile(folder / f"WE_{ORGANISATION}_{part.name}.ZIP", "w", zipfile.ZIP_DEFLATED) as archive:
            for path in _files(part):
                _pack(archive, path, path.relative_to(part).as_posix())
    shutil.rmtree(draft)


def _files(part: Path) -> list[Path]:
    return sorted(path for path in part.rglob("*") if path.is_file())


def _pack(archive: zipfile.ZipFile, path: Path, name: str) -> None:
    # Opened by name the entry gets the fixed date 1980-01-01; ZipFile.write would take the file's own time.
    with path.open("rb") as source, archive.open(name, "w", force_zip64=True) as entry:
        shutil.copyfileobj(source, entry, 1 << 20)


def _is_ours(readme: Path) -> bool:
    return readme.is_file() and readme.read_text(encoding="utf-8", errors="replace").startswith(_MARK)


def _text() -> str:
    return (
        f"{_MARK}\n\n"
        "It looks like the output of Salesforce's Data Export service. Every person, company, address, number and\n"
        "letter in it was made up by a program; mail domains are reserved example domains, telephone numbers lie in\n"
        "an area that does not exist. Some rows are bad on purpose. Files: one CSV per object, UTF-8, times in GMT.\n\n"
        "Это сгенерированный пример выгрузки: все люди, компании, адреса, номера и письма вымышлены, часть строк\n"
        "испорчена намеренно.\n"
    )
