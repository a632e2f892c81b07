"""Faults that are to be expected are told with their remedy; others deserve their traceback."""

import errno
import socket

import pytest

from caseline.actions.explain_fault import explain
from caseline.cli import serving


def test_a_port_that_is_taken_is_told_with_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as first, pytest.raises(OSError) as found:  # noqa: PT011 - looked at below
        socket.create_server(first.getsockname())

    told = explain(found.value)

    assert told is not None
    assert "end the program that listens there, or choose another port" in told
    assert "ddress already in use" in told


def test_the_address_that_cannot_be_listened_on_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as first:
        port = first.getsockname()[1]
        with pytest.raises(OSError, match="in use") as taken, serving.listening("127.0.0.1", port):
            pass

    def refused(_socket: socket.socket, _address: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", refused)
    with pytest.raises(PermissionError) as low, serving.listening("127.0.0.1", 80):
        pass

    assert str(explain(taken.value)).startswith(f"127.0.0.1:{port}: ")
    assert explain(low.value) == "127.0.0.1:80: only root may listen there: choose a port of 1024 or more with --port"


def test_what_nobody_expected_keeps_its_traceback() -> None:
    assert explain(ZeroDivisionError()) is None
