"""Rows of EmailMessage.csv."""

from typing import Final, NamedTuple

from caseline.sample import layouts, moments
from caseline.sample.cases import Case
from caseline.sample.chance import mixed, salt
from caseline.sample.object_file import ObjectFile
from caseline.sample.world import MOST_MAILS, World

_COUNTS: Final = {
    "Email": (1,) * 10 + (2,) * 6 + (3,) * 2 + (MOST_MAILS,) * 2,
    "Web": (0,) * 13 + (1,) * 4 + (2,) * 3,
    "Phone": (0,) * 9 + (1,),
}
_DESK: Final = "support@help.example.com"
_READ, _REPLIED, _SENT, _NEW = "1", "2", "3", "0"


class _Letter(NamedTuple):
    """One mail of a thread."""

    number: int
    incoming: bool
    message_id: str
    thread_id: str
    answers: str
    """Id of the earlier mail it answers, empty for none."""


class LetterWriter:
    """Writes the mails of each case, client and agent in turn."""

    def __init__(self, world: World, file: ObjectFile) -> None:
        self._world = world
        self._file = file
        self._stream = world.stream("EmailMessage")
        self._seasoning = salt(world.seed, "message-ids")

    def write(self, case: Case) -> None:
        """All mails of one case; only good mails are answered."""
        count = self._stream.pick(_COUNTS[case.origin])
        if not count or not case.stands:
            return
        first, answers = self._message_id(self._file.rows), ""
        for number in range(count):
            row_id = layouts.EMAIL_MESSAGE.ids.at(self._file.rows)
            incoming = (number % 2 == 0) == (case.origin == "Email")
            letter = _Letter(number, incoming, self._message_id(self._file.rows), first, answers)
            if self._file.add(self._row(case, letter, row_id)):
                answers = row_id

    def _message_id(self, index: int) -> str:
        bits = mixed(index, self._seasoning)
        return f"<{bits:016x}.{index}@{('mail.example.com', 'mx.example.org', 'post.example.net')[bits % 3]}>"

    def _row(self, case: Case, letter: _Letter, row_id: str) -> list[str]:
        stream = self._stream
        author = self._world.staff[0] if letter.incoming else case.agent
        made = moments.stamp(min(case.created + letter.number * 20_000 + stream.below(9_000), moments.END))
        return [
            row_id,
            case.id,
            "",
            made,
            author,
            made,
            author,
            made,
            *self._content(case, letter),
            *self._addresses(case, letter),
            "1" if letter.incoming else "0",
            str(int(stream.chance(0.1))),
            stream.pick((_READ, _REPLIED, _REPLIED, _NEW)) if letter.incoming else _SENT,
            made,
            "0",
            letter.answers,
            "1",
            letter.message_id,
            letter.thread_id,
        ]

    def _content(self, case: Case, letter: _Letter) -> list[str]:
        """TextBody, HtmlBody, Headers, Subject."""
        stream = self._stream
        voice = self._world.russian if case.person.russian else self._world.english
        if not letter.incoming:
            text = voice.reply("Support", stream)
        elif letter.number == 0:
            text = case.description
        else:
            text = voice.description(voice.chapters[case.chapter], case.person.full, stream)
        html = f"<html><body><p>{case.subject}</p></body></html>" if stream.chance(0.1) else ""
        mark = stream.pick(("Re: ", "RE: ", "На: ", "")) if letter.number else ""
        return [text, html, f"Message-ID: {letter.message_id}\nX-Mailer: sample", mark + case.subject]

    def _addresses(self, case: Case, letter: _Letter) -> list[str]:
        """FromName, FromAddress, ToAddress, CcAddress, BccAddress."""
        more = "; colleague@example.org" if self._stream.chance(0.1) else ""
        copy = "head@example.net" if self._stream.chance(0.05) else ""
        if letter.incoming:
            return [case.person.full, case.mail, _DESK + more, copy, ""]
        return ["Support Desk", _DESK, case.mail + more, copy, ""]
