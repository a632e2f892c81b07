"""What the deployments about keywords can be asked for."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class LearnOptions(BaseModel):
    """How to learn."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    entries_per_category: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=30, title="Entries per category", description="At most so many are proposed for each."
    )
    scoring: Literal["max", "sum"] | None = Field(
        default=None, title="Scoring", description="For which comparison of weights; the one in force unless named."
    )


class SortOptions(BaseModel):
    """Which requests to look at."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    processes: Annotated[int, Field(ge=1, le=64)] = Field(
        default=2, title="Processes", description="How many share the work on the worker's machine."
    )
    again_since: Annotated[str | None, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")] = Field(
        default=None,
        title="Again since",
        description="Also look again at requests created since this day whose category the dictionary itself has set.",
    )
