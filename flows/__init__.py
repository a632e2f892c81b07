"""What operators start and watch: one Prefect deployment per file."""

import os

from caseline.actions.prefect_environment import past_proxies, quiet
from caseline.settings import load

# Prefect looks for its settings when it is first imported, and would make ~/.prefect: so this stands before any flow.
for _name, _value in quiet(load().home).items():
    os.environ.setdefault(_name, _value)
os.environ.update(past_proxies(os.environ))
