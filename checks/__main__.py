"""`python -m checks`: code and packages; `python -m checks licences` writes docs/licences.md anew."""

import sys

from checks import code, licences, packages


def main() -> int:
    """0: nothing was found; what could not be looked at is said and is no fault."""
    if sys.argv[1:] == ["licences"]:
        licences.DOCUMENT.write_text(licences.page(), encoding="utf-8")
        return 0
    faults = [*code.unargued(), *packages.vulnerable()]
    for line in faults:
        print(line)
    print(licences.table())
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
