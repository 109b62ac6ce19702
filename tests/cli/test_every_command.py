"""Every command: one JSON document and nothing else, errors with code, message and hint, options on either side."""

import json
import shutil
from pathlib import Path

import click
import pytest

import yunjiang
from cityloop.app import City
from cityloop.cli import cli
from cityloop.foundation.settings import load_settings
from command_line import Done, Shell

COMMANDS: dict[str, list[str]] = {
    # Command → a call that succeeds on the first city; a new command must be added here.
    "init": ["init"],
    "check": ["check"],
    "plan": ["plan"],
    "apply": ["apply", "--yes"],
    "export": ["export"],
    "load": ["load", "lamp_faults"],
    "reload": ["reload", "lamp_faults"],
    "batches list": ["batches", "list", "--dataset", "lamp_faults", "--status", "published"],
    "batches release": ["batches", "release", "BATCH"],
    "batches discard": ["batches", "discard", "BATCH"],
    "datasets": ["datasets"],
    "quarantine": ["quarantine", "lamp_faults"],
    "query": ["query", "lamps_out", "--by", "street", "--grain", "day", "--totals"],
    "ask": ["ask", "各道路的故障路灯数"],
    "metrics": ["metrics"],
    "dashboard": ["dashboard", "NAME"],
    "orders list": ["orders", "list", "--status", "open"],
    "orders open": ["orders", "open", "--title", "坑洞", "--department", "lighting"],
    "orders show": ["orders", "show", "NUMBER"],
    "orders accept": ["orders", "accept", "NUMBER"],
    "orders transfer": ["orders", "transfer", "NUMBER", "--to", "data_bureau", "--reason", "r"],
    "orders finish": ["orders", "finish", "NUMBER", "--result", "done"],
    "alerts list": ["alerts", "list"],
    "alerts evaluate": ["alerts", "evaluate"],
    "audit list": ["audit", "list"],
    "audit verify": ["audit", "verify"],
    "maps list": ["maps", "list"],
    "maps import": [
        "maps",
        "import",
        __file__,
        "--name",
        "m",
        "--coordinates",
        "wgs84",
        "--key",
        "k",
    ],
    "people add": ["people", "add", "mei"],
    "people list": ["people", "list"],
    "people requests": ["people", "requests"],
    "people grant": ["people", "grant", "REQUEST"],
    "people decline": ["people", "decline", "REQUEST", "--note", "no need"],
    "worker": ["worker", "--once"],
    "demo": ["demo", "--once", "--days", "3", "--scale", "0.02"],
    "serve": ["serve", "--port", "1"],
}
ELSEWHERE = {"demo", "serve", "dashboard", "maps import"}
"""Run by tests of their own."""
NEEDS_CITY = sorted(set(COMMANDS) - {"init", "demo"})
LANGUAGES = ("zh", "en")


def commands(group: click.Group, before: str = "") -> set[str]:
    found = set()
    for name, each in group.commands.items():
        full = f"{before}{name}"
        found |= commands(each, f"{full} ") if isinstance(each, click.Group) else {full}
    return found


def told(done: Done, *, code: int = 1) -> dict[str, object]:
    """Return the error of a command that failed with ``--json``."""
    assert done.code == code, done.out + done.err
    error: dict[str, object] = done.document["error"]
    assert set(error) == {"code", "message", "hint", "fields"}
    assert error["message"]
    assert error["hint"]
    return error


def hold_a_batch(lamps: Shell, word: str = "x") -> str:
    """Deliver nothing but bad rows, which is beyond the limits; return the id of the held batch."""
    (lamps.city / "inbound" / "lamp_faults.csv").write_text(
        "report_id,报修时间,道路,故障盏数,报修电话\n"
        + "".join(f"L-{number},nie,{word},many,无\n" for number in range(50))
    )
    assert told(lamps("--json", "load", expect=1))["code"] == "datasets.batch_held"
    return str(lamps.json("batches", "list", "--status", "held")[0]["batch"])


def ask_for_a_role(lamps: Shell) -> str:
    """Have somebody ask for a role, as the web pages do; return the id of the request."""
    lamps("people", "add", "lin")
    city = City.open(load_settings(lamps.city), environment={})
    try:
        lin = city.accounts.principal_of("lin")
        return city.role_requests.ask(lin, "analyst", reason="monthly report").id
    finally:
        city.close()


def test_every_command_stands_in_the_table() -> None:
    assert commands(cli) == set(COMMANDS)


def test_every_command_helps() -> None:
    for name in COMMANDS:
        done = Shell.plain(*name.split(), "--help")
        assert (done.code, done.err) == (0, "")
        assert len(done.out.splitlines()) > 4


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - ELSEWHERE - {"init"}))
def test_with_json_every_command_prints_one_document(name: str, lamps: Shell) -> None:
    number = lamps.json("orders", "list")[0]["number"]
    if name == "orders finish":
        lamps("orders", "accept", number)
    given = {"NUMBER": number}
    if "BATCH" in COMMANDS[name]:
        given["BATCH"] = hold_a_batch(lamps)
    if "REQUEST" in COMMANDS[name]:
        given["REQUEST"] = ask_for_a_role(lamps)
    call = [given.get(each, each) for each in COMMANDS[name]]
    done = lamps("--json", *call)
    assert done.document is not None
    people = lamps(*call, expect=None)
    assert "Traceback" not in people.err + people.out
    assert "[broken]" not in people.err


def test_options_may_stand_on_either_side(lamps: Shell) -> None:
    before = lamps.plain("--city", str(lamps.city), "--json", "metrics")
    after = lamps.plain("metrics", "--json", "--city", str(lamps.city))
    assert before.document == after.document
    deep = lamps.plain("orders", "list", "--lang", "en", "--city", str(lamps.city), "--json")
    assert deep.document[0]["title"] == "14 lamps out in 长虹街"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_without_a_city_every_command_says_so(lang: str, tmp_path: Path) -> None:
    nowhere = Shell(tmp_path / "nowhere")
    messages = set()
    for name in NEEDS_CITY:
        done = nowhere("--json", "--lang", lang, *COMMANDS[name], expect=None)
        error = told(done)
        assert error["code"] == "foundation.no_city", name
        messages.add(error["message"])
        assert not nowhere.city.exists(), name
    [message] = messages
    assert "city.yaml" in str(message)
    assert str(nowhere.city) in str(message)
    assert ("不是一座城市" in str(message)) == (lang == "zh")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("call", "code"),
    [
        (["load", "lamp_fault"], "not_found"),
        (["load", "lamp_faults", "--as", "nobody"], "not_found"),
        (["quarantine", "lamp_fault"], "not_found"),
        (["reload", "lamp_fault"], "not_found"),
        (["batches", "list", "--dataset", "lamp_fault"], "not_found"),
        (["batches", "list", "--status", "lost"], "invalid"),
        (["batches", "release", "0000"], "datasets.unknown_batch"),
        (["batches", "discard", "0000"], "datasets.unknown_batch"),
        (["query", "lamp_out"], "metrics.unknown_metric"),
        (["query", "lamps_out", "--by", "streets"], "metrics.unknown_dimension"),
        (["query", "lamps_out", "--where", "street"], "cli.bad_condition"),
        (["query", "lamps_out", "--last", "soon"], "invalid"),
        (["query", "lamps_out", "--from", "yesterday"], "invalid"),
        (["query", "lamps_out", "--order", "nothing"], None),
        (["dashboard", "nothing"], None),
        (["orders", "show", "WO-1"], None),
        (["orders", "accept", "WO-1"], None),
        (["orders", "finish", "WO-1", "--result", "x"], None),
        (["orders", "transfer", "WO-1", "--to", "x", "--reason", "y"], None),
        (["orders", "open", "--title", "t", "--department", "nobody"], None),
        (["orders", "list", "--status", "lost"], "invalid"),
        (["people", "add", "mei", "--role", "king"], None),
        (["people", "add", "mei", "--attribute", "district"], "invalid"),
        (["people", "grant", "0000"], "not_found"),
        (["people", "decline", "0000", "--note", "no"], "not_found"),
        (["init"], "cli.already_city"),
    ],
)
def test_a_wrong_name_is_told_with_code_message_and_hint(
    call: list[str], code: str | None, lang: str, lamps: Shell
) -> None:
    done = lamps("--json", "--lang", lang, *call, expect=1)
    error = told(done)
    assert error["code"] == code or (code is None and error["code"] != "broken")
    plain = lamps("--lang", lang, *call, expect=1)
    assert plain.err.startswith(f"[{error['code']}]")
    assert "→" in plain.err


@pytest.mark.parametrize("lang", LANGUAGES)
def test_who_may_not_is_refused(lang: str, lamps: Shell) -> None:
    lamps(
        "people", "add", "mei", "--role", "analyst", "--level", "2", "--department", "data_bureau"
    )
    number = lamps.json("orders", "list")[0]["number"]
    for call in (
        ["load", "--as", "mei"],
        ["reload", "lamp_faults", "--as", "mei"],
        ["batches", "release", "0000", "--as", "mei"],
        ["batches", "discard", "0000", "--as", "mei"],
        ["apply", "--yes", "--as", "mei"],
        ["audit", "list", "--as", "mei"],
        ["orders", "list", "--as", "mei"],
        ["orders", "accept", number, "--as", "mei"],
        ["orders", "finish", number, "--result", "x", "--as", "mei"],
        ["orders", "open", "--title", "t", "--department", "lighting", "--as", "mei"],
        ["quarantine", "lamp_faults", "--as", "mei"],
    ):
        if call[0] == "apply":
            file = lamps.city / "example.yaml"
            file.write_text(file.read_text().replace("坏灯数", "不亮的灯"))
        error = told(lamps("--json", "--lang", lang, *call, expect=1))
        assert error["code"] == "forbidden", call


@pytest.mark.parametrize(
    "wrong",
    [
        ["nothing"],
        ["query"],
        ["query", "lamps_out", "--grain", "minute"],
        ["orders"],
        ["orders", "vanish"],
        ["quarantine", "lamp_faults", "--limit", "0"],
        ["demo", "--days", "1"],
        ["metrics", "--surprise"],
    ],
)
def test_a_wrong_command_line_is_told_as_a_document_too(wrong: list[str], lamps: Shell) -> None:
    error = told(lamps("--json", *wrong, expect=2), code=2)
    assert error["code"] == "cli.bad_usage"
    assert "Traceback" not in lamps(*wrong, expect=2).err


def test_an_unexpected_error_has_a_code_and_a_reference(lamps: Shell) -> None:
    (lamps.city / ".cityloop" / "state.db").write_bytes(b"this is no database" * 500)
    done = lamps("--json", "metrics", expect=1)
    assert told(done)["code"] == "broken"
    plain = lamps("metrics", expect=1)
    last = [line for line in plain.err.splitlines() if not line.startswith("{")]
    assert last[0].startswith("[broken]")
    assert "Traceback (most recent call last)" not in plain.err


def test_a_broken_city_file_is_named(lamps: Shell) -> None:
    file = lamps.city / "city.yaml"
    for text in (
        "settings: {colour: red}",
        "settings: {port: many}",
        "a: [",
        "- list",
        "settings: 5",
    ):
        file.write_text(text)
        error = told(lamps("--json", "metrics", expect=1))
        assert error["code"] in {
            "foundation.unknown_setting",
            "invalid",
            "foundation.bad_city_file",
        }, text


def test_a_refused_load_leaves_one_document(lamps: Shell) -> None:
    hold_a_batch(lamps)
    shutil.rmtree(lamps.city / "inbound")
    assert str(told(lamps("--json", "load", expect=1))["code"]).startswith("sources.")


def test_a_held_batch_is_released_or_given_up_by_whoever_follows_the_hint(lamps: Shell) -> None:
    before = lamps.json("datasets")
    held = hold_a_batch(lamps)
    assert lamps.json("datasets") == before
    released = lamps.json("batches", "release", held)
    assert (released["status"], released["read"], released["quarantined"]) == ("published", 50, 50)
    assert lamps.json("batches", "list", "--status", "held") == []
    assert (
        told(lamps("--json", "batches", "release", held, expect=1))["code"] == "datasets.not_held"
    )
    other = hold_a_batch(lamps, word="y")
    assert lamps.json("batches", "discard", other) == {"batch": other, "status": "discarded"}
    assert [each["status"] for each in lamps.json("batches", "list", "--limit", "1")] == [
        "discarded"
    ]


def test_the_demo_closes_the_loop_with_planted_counts(demo_city: Path) -> None:
    summary = json.loads(demo_city.with_suffix(".stdout").read_text(encoding="utf-8"))
    assert summary["closed"] is True
    assert [each for each in summary["datasets"] if not each["agrees"]] == []
    assert {each["status"] for each in summary["questions"][:3]} == {"answered"}
    assert summary["questions"][-1]["status"] == "refused"
    assert summary["order_status"] == "finished"
    assert summary["audit"]["sound"] is True


def test_the_command_itself_prints_nothing_but_the_document(first_city: Path) -> None:
    done = yunjiang.run_cli(first_city, "--json", "metrics")
    assert (done.returncode, done.stderr) == (0, "")
    assert {each["name"] for each in json.loads(done.stdout)} >= {"lamps_out"}
