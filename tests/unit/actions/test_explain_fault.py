"""Faults that are to be expected are told with their remedy; others deserve their traceback."""

import socket

import pytest

from caseline.actions.explain_fault import explain


def test_a_port_that_is_taken_is_told_with_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as first, pytest.raises(OSError) as found:  # noqa: PT011 - looked at below
        socket.create_server(first.getsockname())

    told = explain(found.value)

    assert told is not None
    assert "end the program that listens there, or choose another port" in told
    assert "ddress already in use" in told


def test_what_nobody_expected_keeps_its_traceback() -> None:
    assert explain(ZeroDivisionError()) is None
