"""Cases: what a case is about and how its row in Case.csv reads."""

from itertools import combinations
from typing import Final, NamedTuple

from caseline.sample import layouts, moments
from caseline.sample.chance import Stream
from caseline.sample.ids import NULL_KEY
from caseline.sample.kinship import next_good
from caseline.sample.names import Company, Person, phone
from caseline.sample.world import World

# What people choose for a theme, two times in three; themes not named here are questions.
_TYPES: Final = {
    "defect": "Problem",
    "warranty": "Problem",
    "meter": "Problem",
    "portal": "Problem",
    "service": "Claim",
}
_REASONS: Final = ("Breakdown", "Installation", "Equipment Complexity", "Performance", "Feedback", "New problem", "")
_SYMPTOMS: Final = {
    theme: tuple(";".join(chosen) for count in (1, 2, 3) for chosen in combinations(symptoms, count))
    for theme, symptoms in {
        "defect": ("No power", "Burning smell", "False trip", "Noise", "Overheating"),
        "meter": ("No connection", "Wrong reading", "Clock", "Firmware"),
        "portal": ("Login", "Payment", "Slow page", "API"),
        "delivery": ("Late", "Damaged", "Incomplete", "Wrong item"),
    }.items()
}
_PRODUCT_CODES: Final = tuple(f"{code * 41:06}" if code < 700 else "" for code in range(1_000))  # noqa: PLR2004 - 70 %
_DOWNTIMES: Final = tuple(f"{half / 2}" if half < 192 else "" for half in range(480))  # noqa: PLR2004 - 40 %
_WARRANTY: Final = 900  # days at most
_CLOSED: Final = ("Closed",) * 17 + ("Closed - No Response",) * 3
_OPEN: Final = ("New", "New", "Working", "Working", "Working", "Escalated", "Waiting on Customer")
_ORIGINS: Final = ("Email",) * 8 + ("Phone",) * 7 + ("Web",) * 5
_PRIORITIES: Final = ("Low",) * 5 + ("Medium",) * 11 + ("High",) * 4
_RECORD_TYPES: Final = ("0128d000000TeChAAK", "0128d000000OfFcAAK")
_DURATIONS: Final = (900, 2_700, 7_200, 14_400, 40_000, 86_400, 90_000, 180_000, 260_000, 600_000, 1_300_000, 5_000_000)
_FRESH: Final = 45 * moments.DAY  # cases this young are mostly still open
_LONGEST_SUBJECT: Final = 255
_COMMON_NAMES: Final = (
    Person("Anonymous", "Caller", "anonymous", russian=False),
    Person("Гость", "Сайта", "guest", russian=True),
)


class Case(NamedTuple):
    """What the case's own row and its messages have to agree on."""

    number: int
    """Index of its row."""
    id: str
    contact: int | None
    account: int | None
    person: Person
    company: Company | None
    mail: str
    chapter: int
    subject: str
    description: str
    origin: str
    agent: str
    created: int
    closed: int | None
    """Seconds; None while the case is open."""
    deleted: bool
    stands: bool
    """False for bad and deleted cases: only rows meant to fail point at those."""


class CaseMaker:
    """Makes the cases of a world, which must be asked for in order."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._stream = world.stream("Case")

    def make(self, index: int) -> Case:
        """The case with this index."""
        world, stream = self._world, self._stream
        contact, account = self._client(index)
        person = stream.pick(_COMMON_NAMES) if contact is None else world.names.person(contact)
        company = None if account is None else world.names.company(account)
        voice = world.russian if person.russian else world.english
        chapter = stream.below(len(voice.chapters))
        subject = stream.pick(voice.chapters[chapter].subjects)
        created, deleted = world.case_times.at(index), world.deletions.includes(index)
        return Case(
            number=index,
            id=layouts.CASE.ids.at(index),
            contact=contact,
            account=account,
            person=person,
            company=company,
            mail=f"{person.login}@mail.example.net" if contact is None else world.names.mail(contact, person, company),
            chapter=chapter,
            subject=(subject * 20)[:_LONGEST_SUBJECT].strip() if stream.chance(0.001) else subject,
            description=voice.description(voice.chapters[chapter], person.full, stream),
            origin=stream.pick(_ORIGINS),
            agent=stream.pick(world.agents if created > moments.END // 2 else world.staff),
            created=created,
            closed=self._closed(created),
            deleted=deleted,
            stands=not deleted and index not in world.faults["Case"],
        )

    def _client(self, index: int) -> tuple[int | None, int | None]:
        """Contact and account; now and then the account is not the contact's own."""
        world, stream = self._world, self._stream
        somewhere = next_good(stream.below(world.accounts), world.accounts, world.faults["Account"])
        if stream.chance(0.06):
            return None, somewhere if stream.chance(0.5) else None
        until = 1 + index * (world.contacts - 1) // world.cases
        contact = next_good(stream.below(until), world.contacts, world.faults["Contact"])
        return contact, somewhere if stream.chance(0.02) else world.employment.account(contact)

    def _closed(self, created: int) -> int | None:
        stream = self._stream
        if not stream.chance(0.4 if moments.END - created < _FRESH else 0.985):
            return None
        closed = created + stream.pick(_DURATIONS) + stream.below(3_600)
        return closed if closed <= moments.END else None

    def row(self, case: Case) -> list[str]:
        """The case as a row of Case.csv, in the order of the columns."""
        return [*self._references(case), *self._matter(case), *self._trace(case), *self._extras(case)]

    def _references(self, case: Case) -> list[str]:
        """Id to SuppliedCompany."""
        stream = self._stream
        parent = None if case.deleted else self._world.case_family.parent(case.number)
        merged = case.deleted and case.number and stream.chance(0.5)
        nothing = NULL_KEY if stream.chance(0.08) else ""
        supplied = ["", "", "", ""]
        if case.origin != "Phone":
            company = case.company.name if case.company and stream.chance(0.3) else ""
            supplied = [case.person.full, case.mail, phone(stream.below(1 << 40)) if company else "", company]
        return [
            case.id,
            "1" if case.deleted else "0",
            layouts.CASE.ids.at(case.number - 1) if merged else "",
            f"{case.number + 1_001:08}",
            nothing if case.contact is None else layouts.CONTACT.ids.at(case.contact),
            nothing if case.account is None else layouts.ACCOUNT.ids.at(case.account),
            nothing,
            nothing if parent is None else layouts.CASE.ids.at(parent),
            *supplied,
        ]

    def _matter(self, case: Case) -> list[str]:
        """Type to OwnerId."""
        stream, world = self._stream, self._world
        theme = world.english.chapters[case.chapter].name
        kind = _TYPES.get(theme, "Question") if stream.chance(0.66) else stream.pick(("Problem", "Question", ""))
        status = stream.pick(_OPEN if case.closed is None else _CLOSED)
        in_queue = stream.chance(0.6 if status == "New" else 0.08)
        return [
            kind,
            stream.pick(_RECORD_TYPES),
            status,
            stream.pick(_REASONS),
            case.origin,
            case.subject,
            stream.pick(_PRIORITIES),
            case.description,
            "0" if case.closed is None else "1",
            "" if case.closed is None else moments.stamp(case.closed),
            "1" if status == "Escalated" or stream.chance(0.02) else "0",
            stream.pick(world.queues) if in_queue else case.agent,
        ]

    def _trace(self, case: Case) -> list[str]:
        """CreatedDate to LastReferencedDate."""
        stream = self._stream
        changed = min((case.closed or case.created) + stream.below(moments.DAY), moments.END)
        seen = moments.stamp(moments.END - stream.below(30 * moments.DAY)) if stream.chance(0.01) else ""
        return [
            moments.stamp(case.created),
            case.agent if case.origin == "Phone" else self._world.staff[0],
            moments.stamp(changed),
            case.agent,
            moments.stamp(min(changed + stream.below(4), moments.END)),
            seen,
            seen,
        ]

    def _extras(self, case: Case) -> list[str]:
        """The columns that this organisation added."""
        stream, world = self._stream, self._world
        voice = world.russian if case.person.russian else world.english
        symptoms = _SYMPTOMS.get(voice.chapters[case.chapter].name)
        days = stream.below(2 * _WARRANTY)
        return [
            stream.pick(_PRODUCT_CODES),
            _serial(stream) if stream.chance(0.4) else "",
            stream.pick(_DOWNTIMES),
            f"{stream.below(30_000_000) / 100:.2f}" if stream.chance(0.15) else "",
            stream.pick(symptoms) if symptoms else "",
            stream.pick("0000000001"),
            moments.day(case.created + days * moments.DAY) if days <= _WARRANTY else "",
            voice.outcome(stream) if case.closed is not None and stream.chance(0.6) else "",
        ]


def _serial(stream: Stream) -> str:
    return f"SN{stream.below(10**9):09}{stream.pick('ABCDEFGH')}"
