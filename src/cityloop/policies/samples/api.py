"""HTTP of trying a source: its first rows, as far as the caller may see the dataset that they would fill."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from cityloop.foundation.web import Caller
from cityloop.policies.samples.service import Samples, Withheld


class TestRequest(BaseModel):
    """Which feed to try."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"dataset": "air_quality"}}
    )

    dataset: str


class SampleShown(BaseModel):
    """The first rows of a feed as text; null cells had no value or may not be seen, see ``treatments``."""

    dataset: str
    columns: list[str]
    treatments: list[Literal["raw", "mask", "deny"]] = Field(description="One per column.")
    rows: list[list[str | None]]
    encoding: str | None = Field(description="Null for what is no text file.")
    withheld: Withheld | None = Field(
        description="Why rows are not shown: the caller may not read the dataset, or only some of its rows."
    )


def router(samples: Samples) -> APIRouter:
    """Return the route that tries a feed."""
    routes = APIRouter(tags=["sources"])

    @routes.post(
        "/api/sources/{name}/test",
        operation_id="test_source",
        summary="Try a feed: its first rows as far as the caller may see them, nothing kept",
    )
    def test_source(name: str, body: TestRequest, caller: Caller) -> SampleShown:
        found = samples.take(caller, name, body.dataset)
        return SampleShown.model_validate(found, from_attributes=True)

    return routes
