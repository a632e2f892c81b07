"""The command `python -m soak`: a chaos run of the whole house, or the judgement of one."""

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path


def main(words: Sequence[str]) -> int:
    """Do what is asked; the exit code."""
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    asked = _parser().parse_args(words)
    if asked.what == "check":
        from soak.checker import judging  # noqa: PLC0415 - the judge is not to meet the house

        return judging.main(asked.folder, asked.url)
    from soak.running import Run, Wish  # noqa: PLC0415 - and who looks at --help needs neither

    return Run(Wish(asked.seed, asked.minutes, asked.cases, asked.keep, asked.pace)).to_its_end()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m soak", description="Run the whole house while its parts are killed.")
    parts = parser.add_subparsers(dest="what", required=True)
    run = parts.add_parser(
        "run", help="bring everything up in a fresh home, load it, kill what runs, judge the outcome"
    )
    run.add_argument("--seed", type=int, default=1, help="what is drawn by chance is drawn from it (default 1)")
    run.add_argument("--minutes", type=float, default=10, help="how long the chaos lasts (default 10)")
    run.add_argument("--cases", type=int, default=290_000, help="cases to be imported meanwhile (default 290000)")
    run.add_argument("--pace", type=float, default=1.0, help="below 1: more mails, deeds and answers in the same time")
    run.add_argument("--keep", action="store_true", help="keep the folder also when nothing was found")
    check = parts.add_parser("check", help="judge a run by its files, its ledger and the tables")
    check.add_argument("folder", type=Path, help="the folder of the run")
    check.add_argument("--url", required=True, help="address of its database, postgresql://...")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
