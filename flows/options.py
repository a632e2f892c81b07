"""The form that operators fill in for an import; its titles and descriptions are what the Prefect UI shows."""

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from caseline.actions.run_import import Order
from staging.register import Options

AbsolutePath = Annotated[str, Field(pattern="^/")]


class ImportOptions(BaseModel):
    """What to import, and how."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    paths: list[AbsolutePath] = Field(
        title="Paths",
        description="Folders, zips or files of the export, as absolute paths on the machine of the worker.",
        min_length=1,
        examples=[["/srv/export/2026-11"]],
    )
    mapping: str = Field(
        default="salesforce",
        title="Mapping",
        description="Name of a mapping that comes with caseline, or absolute path of a YAML file of your own.",
        min_length=1,
    )
    only: list[str] = Field(
        default=[],
        title="Only these parts",
        description="Parts of the mapping to import, for example request; empty means all of them.",
    )
    workers: int = Field(
        default=2,
        ge=1,
        le=64,
        title="Workers",
        description="Converters beside the reader; as many as the machine has cores.",
    )
    retry_failed: bool = Field(
        default=True,
        title="Try FAILED rows once more",
        description="Off: rows that failed in earlier runs stay FAILED.",
    )
    overwrite: bool = Field(
        default=False,
        title="Overwrite edited records",
        description="Changed rows also replace records that people edited in the CRM since; without it they fail with "
        "EDITED_SINCE.",
    )
    reconvert: bool = Field(
        default=False,
        title="Convert rows once more",
        description="Rows that are SUCCESS by earlier runs are converted by the mapping as it is now, and their "
        "records changed. For a mapping that was corrected.",
    )
    confirmed: bool = Field(
        default=False,
        title="Import beside other records",
        description="Agree to import into a CRM that holds records of other origin without a backup of today.",
    )
    max_failed: float = Field(
        default=5.0,
        ge=0,
        le=100,
        title="Most FAILED rows, in percent",
        description="With more FAILED rows the run ends as Failed. Everything else is imported all the same.",
    )

    def order(self) -> Order:
        """The same in the words of the import."""
        return Order(
            paths=tuple(Path(path) for path in self.paths),
            mapping=self.mapping,
            options=Options(
                overwrite=self.overwrite,
                retry_failed=self.retry_failed,
                only=tuple(self.only),
                reconvert=self.reconvert,
            ),
            workers=self.workers,
            confirmed=self.confirmed,
        )

    def run_name(self) -> str:
        """Name of the flow run: the same whenever the same is asked for, so a retry keeps it."""
        words = [Path(self.mapping).stem, *(Path(path).name for path in self.paths)]
        words += [f"only {', '.join(self.only)}"] if self.only else []
        words += ["overwrite"] if self.overwrite else []
        words += ["reconvert"] if self.reconvert else []
        return " ".join(words)
