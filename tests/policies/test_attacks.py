"""No canary leaves the reader, whatever is asked: rows, error texts and behaviour are searched; legitimate work still runs."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from little_city import PEOPLE, SECRET_NUMBER, City

from cityloop.foundation.errors import CityError
from cityloop.foundation.principal import Principal
from cityloop.policies import Reader

HERE = Path(__file__).parent
FORBIDDEN = {
    "doctor": r"FAR|GENECANARY|VAULT|LEGEND|望江街道CANARY",
    "analyst": r"CANARY|GENECANARY|VAULT|LEGEND|-07-13|date\(\d+, 7, 13\)|7777700[1-9]|777[789]\d001|778\d\d001",
    "caller": r"FAR|GENECANARY|VAULT|LEGEND|DRIVER|CANARY[A-Z]+\d+病|110105CANARY|date\(\d\d\d[13579], 7, 13\)",
    "stranger": r"CANARY|GENECANARY|VAULT|LEGEND",
    "owner": r"GENECANARY|VAULT|LEGEND",
}
"""What each person must never see; the costs of hidden rows are checked by number as well."""
HIDDEN_NAMES = {
    "doctor": ("genome", "vault", "staff", "legend"),
    "analyst": ("genome", "diagnosis", "vault", "staff", "legend", "driver"),
    "caller": ("genome", "diagnosis", "vault", "staff", "legend", "driver"),
    "stranger": ("genome", "diagnosis", "vault", "staff", "legend", "driver", "id_card"),
    "owner": ("genome", "staff", "legend"),
}


def load(name: str) -> object:
    return yaml.safe_load((HERE / name).read_text(encoding="utf-8"))


def attacks() -> Iterator[tuple[str, bool]]:
    for group in load("attacks.yaml").values():
        for attack in group:
            yield attack["sql"], attack.get("refused", False)


ATTACKS = list(attacks())
ORACLES = load("oracles.yaml")
LEGITIMATE = [{"sql": each} if isinstance(each, str) else each for each in load("legitimate.yaml")]


def outcome(reader: Reader, who: Principal, sql: str) -> tuple[str, str, int]:
    """Return everything the asker can see: rows or the error's texts and fields; and how many rows."""
    try:
        table = reader.read(who, "analysis", sql).table
    except CityError as error:
        texts = (
            f"{error.message('zh')}{error.hint('zh')}{error}{error.fields}{error.__cause__ or ''}"
        )
        return "error", texts, 0
    return "rows", f"{table.column_names} {table.to_pylist()}", table.num_rows


@pytest.mark.parametrize("person", PEOPLE)
def test_no_attack_shows_a_canary(shared_city: City, person: str) -> None:
    lake = str(shared_city.shelf.lake.root) if hasattr(shared_city.shelf.lake, "root") else "/lake"
    leaks, served = [], []
    for template, refused in ATTACKS:
        sql = template.format(lake=lake) if "{" in template else template
        kind, seen, _rows = outcome(shared_city.reader, PEOPLE[person], sql)
        found = re.search(FORBIDDEN[person], seen.replace(sql, ""))
        own_words = kind == "error" and found is not None and found.group(0) in sql
        if found and not own_words and found.group(0) not in sql_literals(sql):
            leaks.append((sql, found.group(0), seen[:200]))
        if kind == "error":
            leaks += [
                (sql, name, seen)
                for name in HIDDEN_NAMES[person]
                if name in seen and name not in sql.lower()
            ]
        if refused and kind == "rows":
            served.append(sql)
    assert "\n".join(map(str, leaks)) == ""
    assert "\n".join(served) == ""


def sql_literals(sql: str) -> str:
    return " ".join(re.findall(r"'([^']*)'", sql))


@pytest.mark.parametrize("pair", ORACLES, ids=range(len(ORACLES)))
def test_hidden_facts_cannot_be_felt(shared_city: City, pair: dict[str, str]) -> None:
    who = PEOPLE[pair["as"]]
    hit, miss = (outcome(shared_city.reader, who, pair[side]) for side in ("hit", "miss"))
    assert hit[0] == miss[0]
    if hit[0] == "rows":
        assert hit[1] == miss[1]


def test_legitimate_queries_run(shared_city: City) -> None:
    blocked = []
    for each in LEGITIMATE:
        kind, seen, _rows = outcome(
            shared_city.reader, PEOPLE[each.get("as", "analyst")], each["sql"]
        )
        if kind == "error":
            blocked.append((each["sql"], seen[-300:]))
    assert "\n".join(map(str, blocked)) == ""


def test_the_corpora_are_as_large_as_promised() -> None:
    assert len(ATTACKS) >= 200
    assert len(ORACLES) >= 30
    assert len(LEGITIMATE) >= 80


def test_the_search_for_canaries_finds_them(shared_city: City) -> None:
    """The owner sees canaries; so the patterns are not blind."""
    _kind, seen, rows = outcome(shared_city.reader, PEOPLE["owner"], "SELECT * FROM visits")
    assert rows == 40
    assert re.search(FORBIDDEN["analyst"], seen)
    assert str(SECRET_NUMBER) in seen
