"""Rows of CaseComment.csv."""

from caseline.sample import layouts, moments
from caseline.sample.cases import Case
from caseline.sample.object_file import ObjectFile
from caseline.sample.world import MOST_COMMENTS, World

_COUNTS = (0,) * 13 + (1,) * 5 + (2, MOST_COMMENTS)


class CommentWriter:
    """Writes what agents noted on each case, half a comment on average."""

    def __init__(self, world: World, file: ObjectFile) -> None:
        self._world = world
        self._file = file
        self._stream = world.stream("CaseComment")

    def write(self, case: Case) -> None:
        """All comments of one case."""
        count = self._stream.pick(_COUNTS)
        for number in range(count if case.stands else 0):
            self._file.add(self._row(case, number))

    def _row(self, case: Case, number: int) -> list[str]:
        stream = self._stream
        voice = self._world.russian if case.person.russian else self._world.english
        made = moments.stamp(min(case.created + (number + 1) * 5_000 + stream.below(4_000), moments.END))
        author = stream.pick(self._world.staff) if stream.chance(0.2) else case.agent
        return [
            layouts.CASE_COMMENT.ids.at(self._file.rows),
            case.id,
            str(int(stream.chance(0.3))),
            voice.note(stream),
            author,
            made,
            made,
            made,
            author,
            "0",
        ]
