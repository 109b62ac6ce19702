"""One judge for all tests: a DuckDB connection that runs compiled contracts."""

import pytest
from contract_rows import Judge


@pytest.fixture(scope="session")
def judge() -> Judge:
    return Judge()
