"""What `caseline down` says of a database that it leaves running."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from caseline.actions import processes, running_services, take_down
from caseline.db import embedded


@pytest.mark.parametrize(("desk", "told"), [("a process", ["desk", "database"]), (None, [])])
def test_a_database_that_ran_before_is_told_of_with_how_to_end_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, desk: str | None, told: list[str]
) -> None:
    running = SimpleNamespace(alive={"desk": desk}.get, database=False)
    monkeypatch.setattr(running_services, "read", lambda _home: running)
    monkeypatch.setattr(processes, "end", lambda *_process, **_patience: None)
    monkeypatch.setattr(embedded, "status", lambda _home: SimpleNamespace(running=True))
    said: list[tuple[str, str, str]] = []

    ended = take_down.take_down(tmp_path, lambda *words: said.append(words))

    assert ended is bool(desk)
    assert [name for name, _state, _where in said] == told
    assert not told or "`caseline db stop`" in said[-1][2]
