"""The private workspace: reads what it may, spills, and leaves nothing behind."""

import os
from pathlib import Path

import pyarrow as pa
import pytest
from lake_rows import numbers
from sqlglot import exp

from cityloop.engine import BadQuery, Lake, Refused, Workspace, sweep
from cityloop.engine.render import median


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "a.csv").write_text("街道,n\n东街,1\n西街,x\n", encoding="utf-8")
    (tmp_path / "other.csv").write_text("a\n1\n", encoding="utf-8")
    return folder


def test_it_reads_text_and_types_it(tmp_path: Path, inbox: Path) -> None:
    with Workspace(tmp_path / "work", may_read=[inbox]) as workspace:
        workspace.run(f"CREATE TABLE stage AS FROM read_csv('{inbox}/a.csv', all_varchar = true)")
        found = workspace.table("SELECT 街道, TRY_CAST(n AS BIGINT) AS n FROM stage").to_pylist()
    assert found == [{"街道": "东街", "n": 1}, {"街道": "西街", "n": None}]


def test_it_reads_arrow_and_streams_it_out(tmp_path: Path) -> None:
    with Workspace(tmp_path / "work") as workspace:
        workspace.register("rows", numbers(0, 250_000))
        batches = list(workspace.reader("SELECT n * 2 AS m FROM rows ORDER BY n"))
    assert sum(batch.num_rows for batch in batches) == 250_000
    assert len(batches) > 1


def test_a_stream_goes_from_the_workspace_into_a_table(tmp_path: Path, lake: Lake) -> None:
    with Workspace(tmp_path / "work") as workspace:
        workspace.register("rows", numbers(0, 1_000))
        written = lake.table("core", "t").append(
            workspace.reader("FROM rows WHERE n % 2 = 0"), "b1"
        )
    assert (written.rows, lake.table("core", "t").pin().rows) == (500, 500)


def test_it_reads_pinned_versions_and_runs_trees(tmp_path: Path, lake: Lake) -> None:
    table = lake.table("核心", "表")
    table.append(numbers(0, 5), "b1")
    pin = table.pin()
    table.append(numbers(5, 9), "b2")
    with Workspace(tmp_path / "work", may_read=[lake.root]) as workspace:
        workspace.register_pin("旧", pin)
        tree = exp.select(median(exp.column("n")).as_("m")).from_("旧")
        assert workspace.table(tree).to_pylist() == [{"m": 2.0}]


def test_it_reaches_nothing_else(tmp_path: Path, inbox: Path) -> None:
    with Workspace(tmp_path / "work", may_read=[inbox]) as workspace:
        for text in (
            f"SELECT * FROM read_csv('{tmp_path}/other.csv')",
            f"SELECT * FROM read_csv('{inbox}/../other.csv')",
            f"COPY (SELECT 1) TO '{tmp_path}/out.csv'",
        ):
            with pytest.raises(Refused):
                workspace.run(text)
        with pytest.raises(BadQuery):
            workspace.run("SET memory_limit = '90GB'")


def test_it_spills_to_its_own_folder_and_leaves_nothing(tmp_path: Path) -> None:
    with Workspace(tmp_path / "work", memory="60MB", threads=1) as workspace:
        workspace.run(
            "CREATE TABLE big AS SELECT range AS n, 'text ' || range AS s FROM range(1500000)"
        )
        found = workspace.table("SELECT s FROM big ORDER BY hash(n) LIMIT 1 OFFSET 1400000")
        assert found.num_rows == 1
    assert list((tmp_path / "work").iterdir()) == []


def test_leftovers_of_dead_processes_are_swept(tmp_path: Path) -> None:
    (tmp_path / "work-999999999-abc").mkdir(parents=True)
    with Workspace(tmp_path) as workspace:
        assert sweep(tmp_path) == 1
        assert workspace.folder.exists()
        assert str(os.getpid()) in workspace.folder.name


def test_it_is_used_inside_its_block(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError):
        Workspace(tmp_path).run("SELECT 1")


def test_a_value_that_does_not_fit_is_not_shown(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        workspace.register("rows", pa.table({"s": ["13800000000x"]}))
        with pytest.raises(BadQuery) as caught:
            workspace.table("SELECT CAST(s AS BIGINT) FROM rows")
    assert "138" not in str(caught.value)
