"""The deployment `report-feedback`: every Monday, heads are written what clients have said of their divisions."""

from prefect import flow

from caseline.actions.wiring import open_house
from caseline.settings import load
from tasks.reporting_feedback import publish_reports, write_reports


@flow(name="report-feedback", timeout_seconds=900)
def report_feedback() -> None:
    """Write to heads and directors about the last whole week, each once, and put up the same figures."""
    with open_house(load()) as house:
        told = write_reports(house)
    publish_reports(told)


if __name__ == "__main__":
    report_feedback()
