"""What the deployments about keywords can be asked for."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


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
    again_since: date | None = Field(
        default=None,
        title="Again since",
        description="Also look again at requests created since this day whose category the dictionary itself has set.",
    )
    again_until: date | None = Field(
        default=None, title="Again until", description="The last of these days; up to now unless named."
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.again_until is not None and (self.again_since is None or self.again_since > self.again_until):
            raise ValueError("again_until needs an again_since that is not later")
        return self
