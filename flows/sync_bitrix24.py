"""The deployment `sync-bitrix24`: every minute, what people did in the portal and what the house counts."""

from prefect import flow

from caseline.actions.wiring import open_house
from caseline.db.engine import KEPT
from caseline.settings import load
from tasks.syncing import publish_sync, sync_portal


@flow(name="sync-bitrix24", timeout_seconds=3_600)
def sync_bitrix24() -> None:
    """Bring the register in step with its Bitrix24 portal; where the CRM is no portal, there is nothing to do."""
    settings = load()
    if settings.crm != "bitrix24":
        return
    with open_house(settings, keep=KEPT) as house:
        found = sync_portal(house)
    publish_sync(found)


if __name__ == "__main__":
    sync_bitrix24()
