"""`python -m caseline.cli` is `caseline`."""

from caseline.cli import main

main()
