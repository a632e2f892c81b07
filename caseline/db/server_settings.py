"""Settings the embedded server is started with."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from caseline.db.cluster import SOCKET_PORT, Cluster

_MEGABYTE: Final = 1024 * 1024
_SMALL_MACHINE: Final = 4096 * _MEGABYTE
_SMALL_SHARED_MEMORY: Final = 512 * _MEGABYTE


def arguments(cluster: Cluster, overrides: Mapping[str, str]) -> list[str]:
    """Words of the `postgres` command line: our settings, replaced by `overrides` where they name the same.

    On the command line and not in a file: nothing in the data folder has to be kept in step.
    """
    chosen = _fixed(cluster) | _tuning(memory_bytes(), shared_memory_bytes()) | dict(overrides)
    return [word for name, value in chosen.items() for word in ("-c", f"{name}={value}")]


def memory_bytes() -> int:
    """Memory this machine, or this container, has."""
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = Path("/sys/fs/cgroup/memory.max")
    text = limit.read_text(encoding="ascii").strip() if limit.exists() else "max"
    return min(physical, int(text)) if text.isdigit() else physical


def shared_memory_bytes() -> int | None:
    """Size of /dev/shm; None where there is no such thing."""
    return shutil.disk_usage("/dev/shm").total if Path("/dev/shm").is_dir() else None  # noqa: S108 - only its size


def _fixed(cluster: Cluster) -> dict[str, str]:
    return {
        "listen_addresses": "",
        "port": str(SOCKET_PORT),
        "unix_socket_directories": f'"{cluster.socket_folder}"',
        "unix_socket_permissions": "0700",
        "max_connections": "60",
        "timezone": "UTC",
        "lc_messages": "C",  # the log is searched for words
        "logging_collector": "on",
        "log_directory": str(cluster.log),
        "log_filename": "server-%a.log",  # a week of logs, each day written over that of the week before
        "log_truncate_on_rotation": "on",
        "log_rotation_age": "1d",
        "log_rotation_size": "0",
        "log_timezone": "UTC",
    }


def _tuning(memory: int, shared_memory: int | None) -> dict[str, str]:
    small = memory < _SMALL_MACHINE
    # Parallel queries share their hash tables in /dev/shm, of which a container has 64 MB by default: a big join would
    # end with "could not resize shared memory segment". The older System V kind does not live there.
    cramped = shared_memory is not None and shared_memory < _SMALL_SHARED_MEMORY
    return {
        "shared_buffers": f"{min(max(memory // 8 // _MEGABYTE, 16), 2048)}MB",
        "work_mem": "32MB",
        "maintenance_work_mem": "256MB" if not small else "64MB",
        "max_wal_size": "4GB",
        "checkpoint_timeout": "15min",
        "wal_level": "minimal",  # nobody follows this server, and a bulk load into a new table needs no log of its rows
        "max_wal_senders": "0",
        "fsync": "on",
        "autovacuum": "on",
        "jit": "off",  # compiling costs more than our queries take
        "random_page_cost": "1.1",
        **({"dynamic_shared_memory_type": "sysv"} if cramped else {}),
    }
