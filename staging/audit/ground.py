"""What the checks of all parts stand on together: both sides to ask, and what was found so far."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field

import sqlalchemy as sa

from caseline.crm.port import Crm
from staging.audit.census import Census
from staging.audit.comparison import Record
from staging.audit.digests import Digests
from staging.audit.findings import Findings
from staging.audit.keys import Hashes, KeySet
from staging.audit.merged_here import Merges
from staging.audit.stage_rows import Told
from staging.mapping import Mapping


@dataclass
class Ground:
    """The mapping, the staging tables, the CRM, and the results that parts share."""

    mapping: Mapping
    connection: sa.Connection
    crm: Crm
    pool: Executor
    """Where the CRM is asked beside the work on the texts."""
    findings: Findings = field(default_factory=Findings)
    digests: Digests = field(default_factory=Digests)
    census: Census = field(default_factory=Census)
    accounted: Counter[str] = field(default_factory=Counter)
    """Records of the CRM by entity that belong to something that was looked at."""
    origins: defaultdict[str, KeySet] = field(default_factory=lambda: defaultdict(KeySet))
    """Their keys."""
    sorted_here: int = 0
    """Requests that the keyword dictionary has given their category."""
    merges: Merges | None = None
    """Merges of clients; None where the CRM is no register of ours."""
    told: Told | None = None
    """What the files tell of stages; None where stage rows are not looked at."""

    def records(self, entity: str, keys: Sequence[str]) -> dict[str, Record]:
        """The records of the CRM that have these keys."""
        if not keys:
            return {}
        return {record["origin"]: record for record in self.crm.read(entity, self.mapping.source, keys)}

    def ask(self, entity: str, keys: Sequence[str]) -> Future[dict[str, Record]]:
        """The same, in the background."""
        return self.pool.submit(self.records, entity, keys)

    def exists(self, entity: str, keys: Sequence[str]) -> set[str]:
        """Those of the keys that the CRM knows."""
        if not keys:
            return set()
        return {known.origin for known in self.crm.look_up(entity, self.mapping.source, keys)}

    def account(self, entity: str, keys: Hashes) -> None:
        """Records of the CRM are spoken for."""
        self.accounted[entity] += len(keys)
        self.origins[entity].add(keys)
