"""`python -m checks`: code and packages; `python -m checks licences` writes docs/licences.md anew."""

import argparse
import sys

from checks import code, licences, packages, releases


def main() -> int:
    """0: nothing was found; what could not be looked at is said and is no fault."""
    parser = argparse.ArgumentParser(prog="python -m checks", description=__doc__)
    parser.add_argument("what", nargs="?", choices=["all", "licences"], default="all")
    parser.add_argument("--index", metavar="URL", help="ask this index of packages, too: it answers under /pypi/…/json")
    said = parser.parse_args()
    if said.what == "licences":
        licences.DOCUMENT.write_text(licences.page(), encoding="utf-8")
        return 0
    faults = [*code.unargued(), *packages.vulnerable(), *(releases.vulnerable(said.index) if said.index else ())]
    for line in faults:
        print(line)
    print(licences.table())
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
