"""What the first page promises: a city made by ``init`` goes round the loop without a change."""

import json
from pathlib import Path

from command_line import Shell


def test_the_first_city_goes_round_the_loop(shell: Shell) -> None:
    assert "city.yaml" in shell.json("init")["files"]
    assert shell.json("check") == []
    planned = shell.json("plan")["changes"]
    assert {each["action"] for each in planned} == {"create"}
    assert len(shell.json("apply", "--yes")["changed"]) == len(planned)
    [loaded] = [each for each in shell.json("load") if each["dataset"] == "lamp_faults"]
    assert (loaded["read"], loaded["good"], loaded["quarantined"]) == (5, 4, 1)
    assert loaded["rules"] == {"type": 1}
    assert shell.json("query", "lamps_out")["rows"] == [[20]]
    by = shell.json("query", "lamps_out", "--by", "street", "--order", "-lamps_out", "--limit", "1")
    assert by["rows"] == [["长虹街", 14]]
    for question in ("各道路的故障路灯数", "lamps out by street"):
        answer = shell.json("ask", question)
        assert answer["status"] == "answered"
        assert sorted(answer["rows"]) == [["临湖路", 5], ["望江路", 1], ["长虹街", 14]]
    assert shell.json("ask", "明天会下雨吗")["status"] == "refused"


def test_an_alert_becomes_an_order_and_the_order_becomes_data(lamps: Shell) -> None:
    [order] = lamps.json("orders", "list")
    assert order["title"] == "长虹街有 14 盏路灯故障"
    assert lamps.json("orders", "accept", order["number"])["status"] == "accepted"
    done = lamps.json("orders", "finish", order["number"], "--result", "已更换")
    assert (done["status"], done["result"]) == ("finished", "已更换")
    verbs = [each["verb"] for each in lamps.json("orders", "show", order["number"])["timeline"]]
    assert verbs
    assert lamps.json("query", "orders_finished")["rows"] == [[1]]
    # Loading has evaluated the alert already; nothing is new for it.
    [again] = lamps.json("alerts", "evaluate")
    assert (again["fired"], again["error"]) == (0, None)


def test_quarantine_says_why_and_nothing_is_lost(lamps: Shell) -> None:
    found = lamps.json("quarantine", "lamp_faults")
    assert (found["rows"], found["rules"]) == (1, {"type": 1})
    [row] = found["newest"]
    assert "很多" in row["raw"]
    [dataset] = [each for each in lamps.json("datasets") if each["name"] == "lamp_faults"]
    assert (dataset["rows"], dataset["quarantined"]) == (4, 1)
    again = {each["dataset"]: each for each in lamps.json("load")}
    assert again["lamp_faults"]["redelivered"] == 1
    assert lamps.json("query", "fault_reports")["rows"] == [[4]]


def test_people_see_what_policies_leave_them(lamps: Shell) -> None:
    made = lamps.json(
        "people", "add", "mei", "--department", "data_bureau", "--role", "analyst", "--level", "2"
    )
    assert len(made["password"]) >= 12
    assert [each["name"] for each in lamps.json("people", "list")] == ["mei"]
    assert lamps.json("query", "lamps_out", "--as", "mei")["rows"] == [[20]]
    refused = lamps.json("orders", "list", "--as", "mei", expect=1)
    assert refused["error"]["code"] == "forbidden"


def test_apply_asks_and_an_unanswered_question_is_a_no(shell: Shell) -> None:
    shell("init")
    for typed in ("", "n\n"):
        refused = shell("apply", typed=typed, expect=1)
        assert "cli.not_confirmed" in refused.err
        assert "lamps_out" in refused.out
    assert shell.json("apply", expect=1)["error"]["code"] == "cli.not_confirmed"
    assert shell.json("metrics") == []
    shell("apply", typed="y\n")
    assert {"lamps_out", "fault_reports"} <= {each["name"] for each in shell.json("metrics")}
    assert shell.json("plan")["changes"] == []
    assert shell.json("apply")["changed"] == []


def test_export_comes_round(lamps: Shell, tmp_path: Path) -> None:
    written = lamps.json("export", str(tmp_path / "copy"))
    assert written["files"]
    copy = Shell(tmp_path / "copy")
    (copy.city / "city.yaml").write_bytes((lamps.city / "city.yaml").read_bytes())
    assert copy.json("check") == []
    originals = {(each["kind"], each["name"]) for each in lamps.json("plan")["changes"]}
    assert originals == set()
    copied = {(each["kind"], each["name"]) for each in copy.json("plan")["changes"]}
    assert len(copied) == lamps.json("plan")["unchanged"]
    schemas = lamps.json("export", "--schemas", str(tmp_path / "schemas"))["files"]
    assert all(json.loads((tmp_path / "schemas" / name).read_text()) for name in schemas)


def test_a_broken_definition_is_named_with_its_line(lamps: Shell) -> None:
    file = lamps.city / "example.yaml"
    file.write_text(file.read_text().replace("aggregate: sum", "aggregate: summ"))
    [problem, *_more] = lamps.json("check", expect=1)
    assert (problem["file"], problem["line"] > 1) == ("example.yaml", True)
    assert problem["message"]
    assert lamps.json("apply", "--yes", expect=1)["error"]["code"] == "cli.broken_definitions"
    assert lamps.json("query", "lamps_out")["rows"] == [[20]]


def test_the_audit_log_lists_and_verifies(lamps: Shell) -> None:
    lamps("query", "lamps_out")
    [newest, *_rest] = lamps.json("audit", "list", "--limit", "3")
    assert newest["actor"] == "operator"
    assert lamps.json("audit", "verify")["sound"] is True
