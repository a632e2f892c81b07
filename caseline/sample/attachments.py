"""Attachment.csv with its files, which no import takes over but a good one counts."""

from pathlib import Path
from typing import Final

from caseline.sample import layouts, moments
from caseline.sample.object_file import ObjectFile
from caseline.sample.world import World

FOLDER: Final = "Attachments"
_MOST: Final = 300


def write(world: World, file: ObjectFile, folder: Path) -> None:
    """A few hundred rows, and for each a small text file `Attachments/<Id>` in the folder."""
    target = folder / FOLDER
    target.mkdir(parents=True)
    stream = world.stream("Attachment")
    for index in range(min(_MOST, 1 + world.cases // 20)):
        case = stream.below(world.cases)
        row_id = layouts.ATTACHMENT.ids.at(index)
        body = f"Generated attachment {index}: {world.english.note(stream)}\n".encode()
        (target / row_id).write_bytes(body)
        made, author = moments.stamp(world.case_times.at(case)), stream.pick(world.staff)
        trace = [made, author, made, author, made]
        name = f"note {index}.txt"
        about = [row_id, "0", layouts.CASE.ids.at(case), name, "0", "text/plain", str(len(body)), author]
        file.add([*about, *trace, ""])
