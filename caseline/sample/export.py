"""Writes a whole sample export."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from caseline.sample import attachments, layouts, publish, world
from caseline.sample.cases import CaseMaker
from caseline.sample.comments import CommentWriter
from caseline.sample.companies import account_rows
from caseline.sample.contacts import contact_rows
from caseline.sample.histories import HistoryWriter
from caseline.sample.layouts import Layout
from caseline.sample.letters import LetterWriter
from caseline.sample.object_file import ObjectFile
from caseline.sample.people import group_rows, user_rows
from caseline.sample.stage_truth import StageTruth
from caseline.sample.truth import Truth
from caseline.sample.world import World

Report = Callable[[str, int, int], None]
"""Called with file, rows written, rows expected."""
_REPORT_EVERY: Final = 2_000  # rows
_PART_ROWS: Final = 400_000  # about 370 MB of Case.csv; the service cuts at about 512 MB
_WORST_SHARE: Final = 0.2


@dataclass(frozen=True, slots=True)
class ExportSummary:
    """What was written; counts by file name, codes as the import names them."""

    folder: Path
    rows: dict[str, int]
    failed: dict[str, int]
    filtered: dict[str, int]
    codes: dict[str, int]
    """Bad rows per code, all files together."""


@dataclass(frozen=True, slots=True)
class _Draft:
    """An export being written."""

    folder: Path
    world: World
    truth: Truth
    stages: StageTruth
    part_rows: int
    case_part_rows: int
    report: Report

    def open(self, layout: Layout) -> ObjectFile:
        """The file of an object."""
        rows = self.case_part_rows if layout is layouts.CASE else self.part_rows
        faults = self.world.faults.get(layout.name, {})
        return ObjectFile.create(self.folder, layout, faults=faults, truth=self.truth, part_rows=rows)

    def fill(self, layout: Layout, rows: Iterator[list[str]], expected: int) -> None:
        """Write an object whose rows stand alone."""
        file = self.open(layout)
        for row in rows:
            file.add(row)
            if file.rows % _REPORT_EVERY == 0:
                self.report(layout.file, file.rows, expected)
        file.close()
        self.report(layout.file, file.rows, file.rows)


def write_export(  # noqa: PLR0913 - each argument is an option of the command that calls it
    folder: Path,
    *,
    cases: int = 290_000,
    seed: int = 2026,
    bad_share: float = 0.005,
    messages: bool = True,
    zipped: bool = False,
    unclosed: bool = False,
    truth: Path | None = None,
    report: Report | None = None,
) -> ExportSummary:
    """Write a sample Salesforce export of `cases` cases into a folder; same arguments, same bytes.

    `bad_share` of the rows of each file (0 to 0.2, at least one row a file) are bad; `truth` names a file that tells
    which, and how an import has to answer (see `Truth`); which stage rows the cases must have stands beside it, in
    `<stem>.stages.jsonl` (see `StageTruth`). `messages` adds comments, mails and attachments and changes nothing else.
    `zipped` packs everything as the service does, Case.csv cut in two or more. `unclosed` ends Case.csv
    with a row that breaks off inside a quoted value. `report` hears file, rows written and rows expected.

    Raises ValueError for impossible sizes, FileExistsError when the folder holds other files.
    """
    if cases < 1 or not 0 <= bad_share <= _WORST_SHARE:
        raise ValueError(f"cases must be 1 or more and bad_share 0 to {_WORST_SHARE}; got {cases} and {bad_share}")
    expected = Truth()
    draft = _Draft(
        folder=publish.prepare(folder),
        world=world.build(cases=cases, seed=seed, bad_share=bad_share, messages=messages),
        truth=expected,
        stages=StageTruth(truth and stages_beside(truth)),
        part_rows=_PART_ROWS if zipped else 0,
        case_part_rows=min(_PART_ROWS, (cases + 1) // 2) if zipped else 0,
        report=report or (lambda _file, _rows, _of: None),
    )
    _write_masters(draft)
    _write_cases(draft, messages=messages, unclosed=unclosed)
    (publish.as_zips if zipped else publish.as_folder)(draft.folder)
    if truth is not None:
        expected.write(truth)
    return ExportSummary(
        folder=folder,
        rows={**expected.read, **expected.not_imported},
        failed=dict(expected.failed),
        filtered=dict(expected.filtered),
        codes=dict(sorted(expected.codes.items())),
    )


def stages_beside(truth: Path) -> Path:
    """Where the stage rows are told that belong to a truth file."""
    return truth.with_name(f"{truth.stem}.stages.jsonl")


def _write_masters(draft: _Draft) -> None:
    """The objects that cases point at."""
    here = draft.world
    draft.fill(layouts.USER, user_rows(here), world.USERS)
    draft.fill(layouts.GROUP, group_rows(here), world.QUEUES)
    draft.fill(layouts.ACCOUNT, account_rows(here), here.accounts)
    draft.fill(layouts.CONTACT, contact_rows(here), here.contacts)


def _write_cases(draft: _Draft, *, messages: bool, unclosed: bool) -> None:
    """Cases, each followed at once by its history and its messages, so that no case has to be remembered."""
    maker, file = CaseMaker(draft.world), draft.open(layouts.CASE)
    others = {layouts.CASE_HISTORY: draft.open(layouts.CASE_HISTORY)}
    history = HistoryWriter(draft.world, others[layouts.CASE_HISTORY], draft.stages)
    followers: list[CommentWriter | LetterWriter] = []
    if messages:
        others |= {layout: draft.open(layout) for layout in (layouts.CASE_COMMENT, layouts.EMAIL_MESSAGE)}
        followers.append(CommentWriter(draft.world, others[layouts.CASE_COMMENT]))
        followers.append(LetterWriter(draft.world, others[layouts.EMAIL_MESSAGE]))
    for index in range(draft.world.cases):
        case = maker.make(index)
        row = maker.row(case)
        history.write(case, row)
        file.add(row)
        for follower in followers:
            follower.write(case)
        if (index + 1) % _REPORT_EVERY == 0:
            draft.report(layouts.CASE.file, index + 1, draft.world.cases)
    if unclosed:
        _add_unclosed(draft, file)
    draft.stages.close()
    for layout, written in {layouts.CASE: file, **others}.items():
        written.close()
        draft.report(layout.file, written.rows, written.rows)
    if messages:
        _write_attachments(draft)


def _add_unclosed(draft: _Draft, file: ObjectFile) -> None:
    """One case more, broken off inside its description as by a download that stopped."""
    last = draft.world.cases - 1
    case = CaseMaker(draft.world).make(last)._replace(id=layouts.CASE.ids.at(last + 1))
    until_description = layouts.CASE.columns.index("Description") + 1
    file.add_unclosed(CaseMaker(draft.world).row(case)[:until_description])


def _write_attachments(draft: _Draft) -> None:
    file = draft.open(layouts.ATTACHMENT)
    attachments.write(draft.world, file, draft.folder / "1")
    file.close()
    draft.report(layouts.ATTACHMENT.file, file.rows, file.rows)
