"""No planted secret leaves through any surface, everything permitted does, and no trick changes that."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import surfaces

import yunjiang
from cityloop.accounts import NewKey
from cityloop.foundation.principal import operator
from command_line import Shell
from real_server import Client, Served
from yunjiang import CANARIES, MAY_SEE

PERSONS = sorted(MAY_SEE)
SEEN_BY_CLI = [name for name in PERSONS if name != "key"]


def canaries(texts: Iterator[tuple[str, str]]) -> dict[str, list[str]]:
    """Return which canaries came out, and through which surfaces."""
    found: dict[str, list[str]] = {}
    for surface, text in texts:
        assert "Traceback" not in text, surface
        assert '"broken"' not in text, (surface, text)
        for name, secret in CANARIES.items():
            if secret in text:
                found.setdefault(name, []).append(surface)
    return found


@pytest.fixture(scope="module")
def shell(canary_city: Path, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    folder = tmp_path_factory.mktemp("shell") / "city"
    return Shell(yunjiang.copy_city(canary_city, folder))


@pytest.mark.parametrize("person", PERSONS)
def test_each_person_finds_what_is_theirs_and_no_more(
    person: str, clients: dict[str, Client]
) -> None:
    found = canaries(surfaces.of_api(clients[person]))
    assert set(found) == MAY_SEE[person], found


def test_the_catalogue_names_no_column_that_a_person_may_not_know_of(
    served: Served, clients: dict[str, Client]
) -> None:
    desk = NewKey(
        "desk", department="transport", roles=frozenset({"case_worker"}), level=2
    )  # may not read definitions
    _key, text = served.city.accounts.keys.issue(operator(), desk)
    with served.client() as client:
        client.headers["Authorization"] = f"Bearer {text}"
        known = client.get("/api/policies/catalogue").json()
        listed = client.get("/api/datasets").json()
    columns = {each["dataset"]: set(each["columns"]) for each in known}
    shown = {each["name"]: {field["name"] for field in each["fields"]} for each in listed}
    everything = clients["admin"].get("/api/datasets").json()
    assert shown == columns
    assert sum(map(len, shown.values())) < sum(len(each["fields"]) for each in everything)


@pytest.mark.parametrize("person", SEEN_BY_CLI)
def test_the_command_line_gives_a_person_no_more(person: str, shell: Shell) -> None:
    found = canaries(surfaces.of_command_line(shell, person))
    assert set(found) <= MAY_SEE[person], found


def test_the_planted_rows_are_there(shell: Shell) -> None:
    """Without this, finding nothing would prove nothing."""
    found = canaries(surfaces.of_command_line(shell, "hotline"))
    assert "call_street_lake" in found
    rows = shell.json("query", "hotline_call_count", "--where", "subdistrict=金丝雀湖滨街道")
    assert rows["rows"] == [[1]]
    assert shell.json("query", "visits", "--where", "diagnosis=金丝雀综合征")["rows"] == [[1]]


SQL = (
    # Naming what is denied, in every clause.
    "SELECT caller_phone FROM hotline_calls",
    "SELECT caller_name, content FROM hotline_calls",
    "SELECT count(*) FROM hotline_calls WHERE caller_phone LIKE '1398765%'",
    "SELECT district FROM hotline_calls ORDER BY caller_phone",
    "SELECT max(caller_phone) FROM hotline_calls",
    "SELECT count(*) FROM hotline_calls GROUP BY content",
    "SELECT count(*) FROM hotline_calls HAVING max(content) > '金'",
    "SELECT h.* EXCLUDE (call_id) FROM hotline_calls h",
    "SELECT COLUMNS('caller.*') FROM hotline_calls",
    "SELECT hotline_calls FROM hotline_calls",
    "SELECT row(h.*) FROM hotline_calls h",
    "SELECT struct_pack(a := content) FROM hotline_calls",
    "SELECT to_json(hotline_calls) FROM hotline_calls",
    "SELECT string_agg(content) FROM hotline_calls",
    "SELECT * FROM hotline_calls AS t(a,b,c,d,e,f,g,h,i,j,k,l)",
    "SELECT content FROM (SELECT * FROM hotline_calls)",
    "WITH x AS (SELECT * FROM hotline_calls) SELECT content FROM x",
    "WITH hotline_calls AS (SELECT * FROM police_calls) SELECT * FROM hotline_calls",
    "SELECT (SELECT max(content) FROM hotline_calls)",
    "SELECT 1 WHERE EXISTS (SELECT 1 FROM hotline_calls WHERE content LIKE '金丝雀%')",
    "SELECT a.call_id FROM hotline_calls a JOIN police_calls b ON a.caller_phone = b.caller_phone",
    "SELECT name, phone FROM residents UNION ALL SELECT caller_name, caller_phone FROM hotline_calls",
    "SELECT id_number FROM residents",
    "SELECT name FROM residents WHERE error(name) IS NULL",
    "SELECT CAST(content AS INTEGER) FROM hotline_calls",
    "SELECT 1/CASE WHEN content LIKE '金丝雀%' THEN 0 ELSE 1 END FROM hotline_calls",
    "SELECT * FROM hotline_calls WHERE CAST(caller_phone AS BIGINT) > 13900000000",
    # Around the policy.
    "SELECT * FROM cl__quarantine",
    "SELECT * FROM quarantine.hotline_calls",
    "SELECT * FROM read_parquet('.cityloop/lake/**/*.parquet')",
    "SELECT * FROM '.cityloop/lake/data/hotline_calls/*.parquet'",
    "SELECT * FROM read_csv('inbound/population/常住人口登记.csv')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM glob('**')",
    "SELECT * FROM duckdb_tables()",
    "SELECT * FROM information_schema.columns",
    "SELECT * FROM sqlite_scan('.cityloop/state.db', 'people')",
    "ATTACH '.cityloop/state.db' AS s",
    "COPY hotline_calls TO '/tmp/out.csv'",
    "PRAGMA database_list",
    "SET enable_external_access = true",
    "SELECT 1; SELECT * FROM residents",
    "DESCRIBE residents",
    "SUMMARIZE hotline_calls",
    "PIVOT hotline_calls ON content USING count(*)",
    "FROM hotline_calls",
    "SELECT getenv('HOME')",
    "CALL pragma_version()",
    "INSERT INTO hotline_calls SELECT * FROM hotline_calls",
    # Look-alikes and odd spellings.
    "SELECT ｃontent FROM hotline_calls",
    'SELECT "CONTENT" FROM "HOTLINE_CALLS"',
    "SELECT сontent FROM hotline_calls",
    "SELECT content\u200b FROM hotline_calls",
    "SELECT con/**/tent FROM hotline_calls",
    "SELECT * FROM hotline＿calls",
    "SELECT [content] FROM hotline_calls",
    "SELECT `content` FROM hotline_calls",
    "SELECT content --\n FROM hotline_calls",
    "SELECT\u00a0*\u00a0FROM\u00a0hotline_calls WHERE district = '云中区'",
    "SELECT * FROM hotline_calls WHERE district = '云中区' OR 1=1",
    "SELECT * FROM hotline_calls QUALIFY true",
    "SELECT * FROM hotline_calls TABLESAMPLE 100%",
)  # fmt: skip


@pytest.mark.parametrize("person", PERSONS)
def test_no_query_gets_more_out(person: str, clients: dict[str, Client]) -> None:
    for sql in SQL:
        for path in ("/api/sql", "/api/sql/export?format=json"):
            answer = clients[person].post(path, json={"sql": sql})
            assert answer.status_code < 500, (sql, answer.text)
            leaked = set(canaries(iter([(sql, answer.text)]))) - MAY_SEE[person]
            assert leaked == set(), (sql, answer.text)


FILTERS = (
    "caller_phone = 1398765", "caller_phone ~ 1398765", "caller_name ~ 雀", "content ~ 金丝雀", "content > 金",
    "district = 云中区", "district ~ 云", "district != 临湖区", "call_id ~ ') OR 1=1 --", "district = x' OR 'a'='a",
    "1=1 OR district = x", "ｄistrict = 云中区", "distriсt = 云中区", "cl__rows = 1", "subdistrict ~ 金丝雀云",
    "caller_phone IS NOT NULL", "(SELECT max(content) FROM hotline_calls) = 1", "department = principal.department",
)  # fmt: skip
"""Of the rows route; none of them may reach beyond one's own rows and columns."""


@pytest.mark.parametrize("person", PERSONS)
def test_no_filter_gets_more_out(person: str, clients: dict[str, Client]) -> None:
    for text in FILTERS:
        for extra in ({}, {"columns": "content"}, {"order": "-caller_phone"}, {"columns": "*"}):
            answer = clients[person].get(
                "/api/datasets/hotline_calls/rows", params={"filter": text, **extra}
            )
            assert answer.status_code < 500, (text, answer.text)
            leaked = set(canaries(iter([(text, answer.text)]))) - MAY_SEE[person]
            assert leaked == set(), (text, answer.text)


def query(**changes: object) -> dict[str, object]:
    return {"metrics": ["hotline_call_count"], **changes}


QUERIES = (
    query(by=["content"]), query(by=["caller_phone"]), query(by=["hotline_calls.content"]), query(metrics=["content"]),
    query(by=["call_category, content"]), query(by=["district) FROM residents --"]), query(metrics=["count(*)"]),
    query(filters=[{"dimension": "content", "op": "=", "values": ["x"]}]),
    query(filters=[{"dimension": "caller_name", "op": "is not null", "values": []}]),
    query(filters=[{"dimension": "district", "op": "=", "values": ["x' OR '1'='1"]}]),
    query(filters=[{"dimension": "district", "op": "in", "values": ["云中区", "临湖区"]}], by=["subdistrict"]),
    query(filters=[{"dimension": "district", "op": "!=", "values": ["临湖区"]}], by=["subdistrict"]),
    query(filters=[{"dimension": "district", "op": "LIKE", "values": ["%"]}]),
    query(order=[{"by": "content"}]), query(order=[{"by": "1; SELECT 1"}]), query(grain="day'; --"),
    query(by=["ｓubdistrict"]), query(by=["subdistrict "]), query(by=["SUBDISTRICT"]), query(by=["街道"]),
    query(by=["subdistrict", "district", "department"], totals=True), query(limit=-1), query(limit=10**12),
    query(range={"from": "2026-09-01' OR '1'='1"}), query(metrics=["hotline_call_count", "visits"], by=["diagnosis"]),
    query(metrics=["registered_people"], by=["id_number"]), query(metrics=["registered_people"], by=["name"]),
)  # fmt: skip


@pytest.mark.parametrize("person", PERSONS)
def test_no_metric_query_gets_more_out(person: str, clients: dict[str, Client]) -> None:
    for body in QUERIES:
        answer = clients[person].post("/api/query", json=body)
        assert answer.status_code < 500, (body, answer.text)
        leaked = set(canaries(iter([(str(body), answer.text)]))) - MAY_SEE[person]
        assert leaked == set(), (body, answer.text)


WHERE = (
    "content=x", "caller_phone=13987650002", "caller_name!=x", "district=云中区", "district=临湖区|云中区",
    "district!=临湖区", "district=x' OR '1'='1", "subdistrict>金", "subdistrict<=龥", "district=临湖区) OR (1=1",
    "ｄistrict=云中区", "distriсt=云中区", "hotline_calls.content=x", "1=1", "principal.district=云中区",
    "district==云中区", "district=云中区;--", "call_id>0",
)  # fmt: skip


@pytest.mark.parametrize("person", ["linhu", "transport"])
def test_no_condition_of_the_command_line_gets_more_out(person: str, shell: Shell) -> None:
    for where in WHERE:
        done = shell(
            "--json", "query", "hotline_call_count", "--by", "subdistrict", "--where", where,
            "--as", person, expect=None,
        )  # fmt: skip
        assert "broken" not in done.out, (where, done.err)
        leaked = set(canaries(iter([(where, done.out + done.err)]))) - MAY_SEE[person]
        assert leaked == set(), (where, done.out)


@pytest.mark.parametrize(
    ("person", "column"),
    [("linhu", "caller_phone"), ("analyst", "caller_phone"), ("leader", "content"), ("key", "caller_name")],
)  # fmt: skip
def test_a_guess_cannot_be_confirmed(person: str, column: str, clients: dict[str, Client]) -> None:
    """A right guess of a hidden value must look exactly like a wrong one."""
    right = {
        "caller_phone": CANARIES["call_phone_cloud"],
        "content": CANARIES["call_text_cloud"],
        "caller_name": CANARIES["call_name_cloud"],
    }[column]
    wrong = right[:-1] + ("9" if right[-1] != "9" else "8")
    bodies = []
    for guess in (right, wrong):
        sql = f"SELECT count(*) AS n FROM hotline_calls WHERE {column} = '{guess}'"
        answer = clients[person].post("/api/sql", json={"sql": sql})
        found = answer.json()
        bodies.append((answer.status_code, found.get("data"), found.get("error", {}).get("code")))
    assert bodies[0] == bodies[1]


def test_one_persons_answer_is_never_served_to_another(clients: dict[str, Client]) -> None:
    sql = {"sql": "SELECT subdistrict, content FROM hotline_calls ORDER BY subdistrict"}
    masked = {"sql": "SELECT subdistrict FROM hotline_calls ORDER BY subdistrict"}
    for person in ("linhu", "analyst", "transport", "linhu", "leader", "key", "linhu"):
        for body in (sql, masked):
            text = clients[person].post("/api/sql", json=body).text
            assert set(canaries(iter([(person, text)]))) <= MAY_SEE[person]
