"""Starts Prefect's server (`python -m tasks.server server start ...`), also on a PostgreSQL that lacks pg_trgm.

Prefect wants that extension for seven indexes, which make the search by a part of a name fast and have no other use.
The embedded PostgreSQL does not have it: there the indexes are left out, and the server is the same in all else.

Its scheduler writes planned runs together with their states in one statement. SQLAlchemy before 2.1 passed over the
states, which are written by a statement of their own afterwards; 2.1 refuses unless it is told so, and then no run is
ever planned.
"""

from collections.abc import MutableMapping
from typing import Any, Final

from alembic.operations import Operations
from alembic.operations.ops import ExecuteSQLOp
from prefect.cli import app
from prefect.server.database.orm_models import FlowRun, TaskRun

_AVAILABLE: Final = "SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm')"


@Operations.implementation_for(ExecuteSQLOp, replace=True)
def _execute(operations: Operations, operation: ExecuteSQLOp) -> None:
    """As Alembic's own, but for what needs the extension where there is none."""
    context = operations.migration_context
    if "trgm" in str(operation.sqltext) and context.dialect.name == "postgresql":
        bind = context.connection
        if bind is not None and not bind.exec_driver_sql(_AVAILABLE).scalar_one():
            return
    context.impl.execute(operation.sqltext, execution_options=operation.execution_options)


def _passed_over(_model: type, _row: MutableMapping[str, Any], _state: object) -> None:
    """The state of a run is no column of its own: nothing is to be put into the row."""


for _model in (FlowRun, TaskRun):
    vars(_model)["state"].inplace.bulk_dml(_passed_over)


if __name__ == "__main__":
    app()
