"""Makes the PostgreSQL data folder of a new home."""

import logging
import shutil
from pathlib import Path
from typing import Final

from caseline.db import binaries, system_user
from caseline.db.cluster import Cluster, make_private
from caseline.db.embedded_errors import ServerStartError, remedy_for

ROLE: Final = "caseline"

_log = logging.getLogger(__name__)

# The built-in provider knows the letter case of all scripts, on every system alike. The parser of full-text search
# still asks the C library (LC_CTYPE): with plain C it takes « and — for letters, so that «договор» is not found as
# договор. The second name is for systems without the first.
_LETTER_TYPES: Final = ("C.UTF-8", "en_US.UTF-8")

# Who may connect: the user of the server, and root, who can become that user anyway. The kernel says who stands at the
# other end of the socket (peer), so there is no password to keep, to leak into an address, or to lose. Nothing listens
# on the network, and the folder of the socket lets nobody else in: two locks, either of them would do.
_ACCESS: Final = "local all all peer map=caseline\n"


def make_data_folder(cluster: Cluster, *, lock: int) -> None:
    """Make the data folder, whole or not at all: it gets its name when everything in it is there.

    `lock` is the descriptor of the home's lock. `initdb` holds it too: should we be killed now, it goes on alone for a
    second, and whoever starts next has to wait until it is done.

    Takes about a second. Raises `ServerStartError` with the output of `initdb` when that fails.
    """
    draft = cluster.place / "data.draft"
    if draft.exists():
        shutil.rmtree(draft)  # of a start that was interrupted
    make_private(draft, cluster.account)
    try:
        _run_initdb(cluster, draft, lock)
        _write_access_rules(cluster, draft)
        draft.rename(cluster.data)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)  # a full disk is not to stay full because of us
        raise
    _log.info("Made a PostgreSQL data folder in %s", cluster.data)


def _run_initdb(cluster: Cluster, draft: Path, lock: int) -> None:
    initdb = binaries.server_binary("initdb", cluster.account)
    words = [f"--pgdata={draft}", f"--username={ROLE}", "--auth=peer", "--encoding=UTF8", "--no-instructions"]
    words += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    said = ""
    for letters in _LETTER_TYPES:
        made = cluster.account.run([initdb, *words, f"--lc-ctype={letters}"], keep_open=[lock])
        if made.returncode == 0:
            return
        said = made.stderr.strip()
        if "invalid locale name" not in said:
            break
    raise ServerStartError(f"The data folder {cluster.data} could not be made:\n{said}\n{remedy_for(said)}")


def _write_access_rules(cluster: Cluster, draft: Path) -> None:
    names = dict.fromkeys((cluster.account.name, system_user.by_uid(0).name))
    people = "".join(f'caseline "{name}" {ROLE}\n' for name in names)
    for file, content in (("pg_hba.conf", _ACCESS), ("pg_ident.conf", people)):
        # as the owner of the folder, not as root, whom a link in it could lead astray
        written = cluster.account.run(["/bin/sh", "-c", 'cat >"$1"', "sh", draft / file], text=content)
        if written.returncode != 0:
            raise ServerStartError(f"{draft / file}: {written.stderr.strip()}. {remedy_for(written.stderr)}")
