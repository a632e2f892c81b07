"""Which settings a server gets on which machine."""

from pathlib import Path

import pytest

from caseline.db import server_settings
from caseline.db.cluster import Cluster
from caseline.db.system_user import Account

GIGABYTE = 1024**3


@pytest.fixture
def cluster() -> Cluster:
    return Cluster(Path("/home"), Path("/home/postgres"), Account(1000, 1000, "somebody"))


@pytest.mark.parametrize(("memory", "buffers"), [(64, "2048MB"), (4, "512MB"), (2, "256MB"), (1, "128MB")])
def test_small_machines_share_less_memory(memory: int, buffers: str) -> None:
    assert server_settings._tuning(memory * GIGABYTE, None)["shared_buffers"] == buffers


def test_containers_with_little_shared_memory_use_the_older_kind() -> None:
    kind = "dynamic_shared_memory_type"

    assert server_settings._tuning(8 * GIGABYTE, 64 * 1024**2)[kind] == "sysv"
    assert kind not in server_settings._tuning(8 * GIGABYTE, 4 * GIGABYTE)
    assert kind not in server_settings._tuning(8 * GIGABYTE, None)


def test_overrides_replace_our_settings_and_each_setting_is_given_once(cluster: Cluster) -> None:
    words = server_settings.arguments(cluster, {"work_mem": "1MB", "geqo": "off"})

    given = words[1::2]
    assert set(words[::2]) == {"-c"}
    assert "work_mem=1MB" in given
    assert "geqo=off" in given
    assert len({word.partition("=")[0] for word in given}) == len(given)


def test_nothing_listens_on_the_network_and_commits_are_safe(cluster: Cluster) -> None:
    given = server_settings.arguments(cluster, {})

    assert "listen_addresses=" in given
    assert "fsync=on" in given
    assert 'unix_socket_directories="/home/postgres/run"' in given


def test_memory_of_this_machine_is_known() -> None:
    assert server_settings.memory_bytes() > 64 * 1024**2
