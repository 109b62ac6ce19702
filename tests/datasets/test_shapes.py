"""Files as departments send them: odd line ends, titles, quotes, broken lines, several files, JSON lines, strange names."""

import json

import pytest
from shelf import Town, cars, summary, title

from cityloop.datasets import RowsUnaccounted
from cityloop.datasets.ingest.staging import look_at, readable_csv
from cityloop.foundation.principal import operator
from cityloop.sources.connectors.base import CsvShape

HEADER = "编号,车牌,车速\n"


def numbers_aside(town: Town) -> list[tuple[object, object]]:
    return [(row["number"], json.loads(str(row["raw"])).get("")) for row in town.aside()]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_is_read(small_town: Town, end: str) -> None:
    text = f"{HEADER}1,a,10\n2,b\n3,c,30\n".replace("\n", end)
    small_town.shelf.put(text)
    (report,) = small_town.datasets.ingest(operator(), "s")
    assert summary(report) == (3, 2, 1, 0)
    assert numbers_aside(small_town) == [(2, "2,b")]


@pytest.mark.parametrize(
    "text",
    [
        "车辆表\n编号,车牌,车速\r\n1,a,10\r\n2,b,20\r\n",
        "车辆表\r\n编号,车牌,车速\n1,a,10\r\n2,b,20",
        '"车辆表\n编号,车牌,车速\n1,a,10\n2,b,20\n',
        "车辆表,,,,\n编号,车牌,车速\n1,a,10\n\n2,b,20\n\n",
    ],
)
def test_titles_mixed_line_ends_and_blank_lines_lose_no_row(small_town: Town, text: str) -> None:
    small_town.shelf.put(text, skip=2)
    (report,) = small_town.datasets.ingest(operator(), "s")
    assert summary(report) == (2, 2, 0, 0)


def test_a_broken_line_is_kept_at_its_place_whatever_stands_before_it(small_town: Town) -> None:
    lines = ["1,a,10", '2,"b\nb",20', "3", "4,d,x", "5,e,50,6", "7,g,y", "1,a,10", '6,"f"f,60']
    small_town.shelf.put(HEADER + "\n".join(lines) + "\n")
    (report,) = small_town.datasets.ingest(operator(), "s")
    assert summary(report) == (8, 2, 5, 1)
    assert numbers_aside(small_town) == [(3, "3"), (4, None), (5, "5,e,50,6"), (6, None), (8, '6,"f"f,60')]  # fmt: skip


def test_equal_broken_lines_are_kept_once(small_town: Town) -> None:
    small_town.shelf.put(HEADER + "1\n1\n2\n1,a,10\n")
    (report,) = small_town.datasets.ingest(operator(), "s")
    assert (summary(report), report.rules) == ((4, 1, 2, 1), {"shape": 3})


def test_surplus_delimiters_at_the_end_of_a_line_are_forgiven(small_town: Town) -> None:
    small_town.shelf.put(HEADER + "1,a,10,\n2,b,20,,\n3,c,30,,x\n")
    (report,) = small_town.datasets.ingest(operator(), "s")
    assert (summary(report), report.rules) == ((3, 2, 1, 0), {"shape": 1})


def test_json_lines_that_are_no_objects_are_put_aside(small_town: Town) -> None:
    lines = [
        '{"编号": 1, "车牌": "a", "车速": 10.5}',
        "not json",
        "",
        "[1, 2]",
        '{"编号": "2", "车速": null}',
        '{"编号": 3, "车牌": {"n": 1}, "车速": "快"}',
        "not json",
        '{"编号": 4, "车牌": "d", "车速": 1} trailing',
    ]
    small_town.shelf.put_lines("\n".join(lines), ["编号", "车牌", "车速"])
    (report,) = small_town.datasets.ingest(operator(), "s")
    assert (summary(report), report.rules) == ((7, 2, 4, 1), {"malformed": 4, "type": 1})
    assert small_town.rows() == [(1, "a", 10.5), (2, None, None)]
    found = [(row["number"], json.loads(str(row["raw"]))) for row in small_town.aside()]
    assert found[2] == (4, {"编号": "3", "车牌": '{"n":1}', "车速": "快"})
    assert found[0] == (2, {"": "not json"})


def test_strange_column_names_reach_their_fields_and_hurt_nothing(small_town: Town) -> None:
    names = ["车牌 号码", 'a"b', "a'b; DROP TABLE quick", "𠮷", "全角　空格", "Id", "a/b~c", "$.x"]
    fields = [
        {"name": f"f{place}", "title": title(f"t{place}"), "type": "text", "from": [name]}
        for place, name in enumerate(names)
    ]
    fields[0] = {**fields[0], "type": "integer"}
    small_town.define(cars(key=[], load="append", fields=fields))
    header = ",".join('"' + name.replace('"', '""') + '"' for name in names)
    small_town.shelf.put_csv(f"{header}\n1,b,c,d,e,f,g,h\nx,b,c,d,e,f,g,h\n", names)
    (report,) = small_town.datasets.ingest(operator(), "s")
    assert summary(report) == (2, 1, 1, 0)
    assert small_town.rows() == [(1, "b", "c", "d", "e", "f", "g", "h")]
    assert json.loads(str(small_town.aside()[0]["raw"])) == dict(
        zip(names, "xbcdefgh", strict=True)
    )


def test_a_file_that_gives_fewer_rows_than_lines_is_refused(small_town: Town, monkeypatch) -> None:
    from cityloop.datasets.ingest import staging

    # The reader is trusted to report every line; this is what happens should it ever not.
    monkeypatch.setattr(staging.Lines, "records", lambda _self, _skip: 3)
    small_town.shelf.put(HEADER + "1,a,10\n2,b,20\n")
    with pytest.raises(RowsUnaccounted):
        small_town.datasets.ingest(operator(), "s")
    assert small_town.rows() == []
    assert small_town.datasets.batches(["cars"])[0].status == "abandoned"


@pytest.mark.parametrize(
    ("raw", "mixed", "records"),
    [
        (b"h\n1\n2\n", False, 2),
        (b"h\n1\n2", False, 2),
        (b"h\r\n1\r\n2\r\n", False, 2),
        (b"h\r1\r2", False, 2),
        (b"h\n1\r\n2\r\n", True, None),
        (b"h\n\n1\n", False, None),
        (b'h\n"1"\n', False, None),
        (b"h\n", False, 0),
        (b"", False, 0),
    ],
)
def test_line_ends_are_recognised(tmp_path, raw: bytes, mixed: bool, records: int | None) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(raw)
    lines = look_at(file, '"')
    assert (lines.mixed, lines.records(1)) == (mixed, records)


def test_line_ends_are_recognised_across_chunks(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("cityloop.datasets.ingest.staging.CHUNK", 3)
    file = tmp_path / "a.csv"
    for rows in range(1, 9):
        file.write_bytes(b"ab\r\n" * rows)
        assert not look_at(file, '"').mixed
        assert look_at(file, '"').records(1) == rows - 1
    file.write_bytes(b"ab\r\n\r\ncd\r\n")
    assert look_at(file, '"').blanks


def test_a_file_is_copied_only_when_it_must_be_straightened(tmp_path) -> None:
    file, copy = tmp_path / "a.csv", tmp_path / "copy"
    file.write_bytes(b"h\n1\n")
    assert readable_csv(file, CsvShape(",", '"', 1), copy)[:2] == (file, 1)
    file.write_bytes(b"h\n1\r\n2\r3\n")
    assert readable_csv(file, CsvShape(",", '"', 1), copy)[:2] == (copy, 0)
    assert copy.read_bytes() == b"1\n2\n3\n"
