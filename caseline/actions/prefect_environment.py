"""Where Prefect keeps its things and how it behaves here, as environment variables for its processes."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

CODE: Final = Path(__file__).parents[2]
"""Folder in which `flows/` stands: the source tree, or site-packages."""

POOL: Final = "caseline"
"""Work pool of all deployments; prefect.yaml names it too."""

HEARTBEAT_S: Final = 30
"""How often a flow run says that it lives; the least that Prefect takes."""

_LOCAL: Final = "127.0.0.1,localhost"


def quiet(home: Path) -> dict[str, str]:
    """What holds for every Prefect process: its files lie in our home, and it tells nobody outside about itself."""
    return _log() | {
        "PREFECT_HOME": str(home / "prefect"),
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": str(HEARTBEAT_S),
    }


def for_client(home: Path, api_url: str) -> dict[str, str]:
    """Environment of a worker or a command that talks to our server.

    Its temporary files lie in the home, unless the caller says where: a worker makes one folder in /tmp for the whole
    machine, and no second user may write into it.
    """
    own = {"CASELINE_HOME": str(home), "PREFECT_API_URL": api_url}
    return {"TMPDIR": str(temporary(home))} | _without_foreign_settings(os.environ) | quiet(home) | own


def temporary(home: Path) -> Path:
    """Where temporary files of the services lie."""
    return home / "prefect" / "tmp"


def for_server(home: Path, *, port: int, database: str) -> dict[str, str]:
    """Environment of the server; `database` may hold a password and goes this way only."""
    api = f"http://127.0.0.1:{port}/api"
    return for_client(home, api) | {
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": database,
        # The address as the browser sees it: without it the pages of another port still call 4200.
        "PREFECT_SERVER_UI_API_URL": api,
        # The newer pages hide the button Retry and call a foreign host.
        "PREFECT_SERVER_UI_V2_ENABLED": "false",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        # In memory, as Prefect has them, leases die with the server: nobody would ever take the place back of a run
        # that died with it, and its deployment would never run again.
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
    }


def past_proxies(caller: Mapping[str, str]) -> dict[str, str]:
    """What lets a caller's programs reach this machine itself past any proxy."""
    past = ",".join(filter(None, [caller.get("NO_PROXY") or caller.get("no_proxy"), _LOCAL]))
    return {"NO_PROXY": past, "no_proxy": past}


def _log() -> dict[str, str]:
    """Lines for programs where CASELINE_LOG says so; what the server is told stays as people read it."""
    if os.environ.get("CASELINE_LOG", "").strip().lower() != "json":
        return {}
    return {
        "PREFECT_LOGGING_FORMATTERS_JSON_CLASS": "caseline.health.lines.Lines",
        "PREFECT_LOGGING_HANDLERS_CONSOLE_FORMATTER": "json",
        "PREFECT_LOGGING_COLORS": "false",
    }


def _without_foreign_settings(caller: Mapping[str, str]) -> dict[str, str]:
    """The caller's environment less what is meant for another Prefect."""
    kept = {name: value for name, value in caller.items() if not name.startswith("PREFECT_")}
    path = [str(CODE), *kept.get("PYTHONPATH", "").split(os.pathsep)]
    return kept | {"PYTHONPATH": os.pathsep.join(filter(None, path))} | past_proxies(caller)
