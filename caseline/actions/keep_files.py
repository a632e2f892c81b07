"""Says where contents of files lie, and moves them to where new ones are kept."""

from dataclasses import dataclass, field

from caseline.actions import wiring
from caseline.actions.wiring import House
from caseline.files import rows
from caseline.files.faults import Gone, TooLarge
from caseline.files.rows import Place


@dataclass(slots=True)
class Moved:
    """What was moved, and what could not be."""

    place: Place
    files: int = 0
    size: int = 0
    faults: list[str] = field(default_factory=list)


def lying(house: House) -> tuple[Place, dict[Place, tuple[int, int]]]:
    """Where new contents are kept, and how many with how many bytes lie in each place."""
    with house.engine.connect() as connection:
        return wiring.files(house.settings).place, rows.totals(connection)


def move(house: House) -> Moved:
    """Move what lies elsewhere to where new contents are kept, each in one transaction.

    May be killed and started again, and run while mail comes in. A content that cannot be had, or is too large for the
    place, stays where it is and holds up no other; raises `StoreTrouble` when the place itself does not work.
    """
    files = wiring.files(house.settings)
    moved, digest = Moved(files.place), b""
    while True:
        with house.engine.begin() as connection:
            following = files.elsewhere(connection, digest)
            if following is None:
                return moved
            digest = following
            try:
                moved.size += files.move(connection, digest)
                moved.files += 1
            except (Gone, TooLarge) as fault:
                moved.faults.append(str(fault))
