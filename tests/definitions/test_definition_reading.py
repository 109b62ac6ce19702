"""Reading YAML: every problem at its place with a hint; nothing that YAML can do harms us."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parks import DISTRICT, KINDS, PARK, DistrictDefinition, ParkDefinition, write

from cityloop.definitions.checks import check
from cityloop.definitions.documents import Reader, join, split
from cityloop.definitions.folder import MAX_FILE_BYTES, read_folder
from cityloop.definitions.model import Draft, Published
from cityloop.definitions.problems import Finding
from cityloop.definitions.yaml_tree import parse, scalar
from cityloop.foundation.definition import Snapshot

BY_NAME = {kind.name: kind for kind in KINDS}
NOTHING = Published(Snapshot.of(), {})


def read(text: str, file: str = "parks/a.yaml") -> Draft:
    return Reader(BY_NAME).read(text, file)


def problems(text: str, file: str = "parks/a.yaml") -> list[tuple[int, str]]:
    return [(each.line, each.code) for each in read(text, file).findings]


def only(text: str, file: str = "parks/a.yaml") -> Finding:
    (finding,) = read(text, file).findings
    return finding


def folder_findings(folder: Path) -> list[str]:
    draft = read_folder(folder, Reader(BY_NAME))
    return [f"{f.file}:{f.line} {f.code}" for f in check(draft, NOTHING, BY_NAME)]


def test_sound_folder_reads_whole(city: Path) -> None:
    draft = read_folder(city, Reader(BY_NAME))
    assert folder_findings(city) == []
    assert [each.key for each in draft.entries] == [("district", "lakeside"), ("park", "willow")]
    park = draft.entries[1].definition
    assert isinstance(park, ParkDefinition)
    assert [gate.kind for gate in park.gates] == ["main", "side"]


def test_text_is_kept_as_written() -> None:
    assert read(PARK).entries[0].text == PARK


def test_kind_comes_from_the_document_before_the_folder() -> None:
    text = f"kind: district\n{DISTRICT}"
    assert isinstance(read(text, "parks/odd.yaml").entries[0].definition, DistrictDefinition)


def test_innermost_folder_tells_the_kind() -> None:
    entry = read(DISTRICT, "parks/north/districts/lakeside.yaml").entries[0]
    assert entry.key == ("district", "lakeside")


def test_all_problems_are_reported_at_once_with_their_lines(city: Path) -> None:
    write(city, "districts/bad.yaml", "name: 1st\ntitle: {zh: 一}\npopulation: -3\npoplation: 5\n")
    write(city, "parks/bad.yaml", f"{PARK}---\nname: elm\ntitle: elm\ndistrict: lakside\n")
    write(city, "parks/worse.yaml", "name: oak\ntitle: {zh: 橡, en: Oak}\ndistrict: lakside\n")
    assert folder_findings(city) == [
        "districts/bad.yaml:1 definitions.bad_name",
        "districts/bad.yaml:2 definitions.missing_key",
        "districts/bad.yaml:3 definitions.bad_value",
        "districts/bad.yaml:4 definitions.unknown_key",
        "parks/bad.yaml:9 definitions.wrong_type",
        "parks/willow.yaml:1 definitions.duplicate",
        "parks/worse.yaml:3 definitions.unknown_reference",
    ]


def test_unknown_key_names_the_closest_one() -> None:
    finding = only(PARK.replace("north, kind", "north, knd"))
    assert (finding.line, finding.path) == (5, ("gates", 0, "knd"))
    assert finding.message("zh") == "不认识的键“knd”。"
    assert finding.hint("zh") == "可能是：kind"


def test_unknown_key_hint_uses_the_yaml_name_of_an_aliased_key() -> None:
    assert only(f"{PARK}nxt: a\n").hint() == "Perhaps: next"


def test_value_outside_a_list_names_what_is_allowed() -> None:
    finding = only(PARK.replace("kind: main", "kind: mian"))
    assert str(finding) == (
        "parks/a.yaml:5:19: [definitions.not_allowed] gates.0.kind cannot be 'mian'. Allowed: main, side"
    )


def test_wrong_type_names_the_right_one_in_both_languages() -> None:
    finding = only(PARK.replace("name: south", "name: 12"))
    assert finding.hint("zh") == "应为文字（看起来像数字的文字请加引号）。"
    assert finding.hint("en") == "It should be text (put text that looks like a number in quotes)."


def test_wrong_member_of_a_union_is_one_problem() -> None:
    finding = only(f"{PARK}next: 12\n")
    assert finding.error.fields["expected"] == "text|mapping"
    assert only(f"{PARK}next: {{length_m: far}}\n").path == ("next", "length_m")


def test_missing_key_stands_at_its_parent() -> None:
    finding = only(PARK.replace("{name: south}", "{}"))
    assert (finding.line, finding.code) == (6, "definitions.missing_key")


def test_limit_is_named_in_both_languages() -> None:
    finding = only(PARK.replace("name: south", "name: south, width_m: 0"))
    assert finding.message("zh") == "gates.1.width_m 的值“0”不对：应大于 0.0。"


def test_kinds_own_check_is_reported_at_its_path(city: Path) -> None:
    write(city, "districts/lakeside.yaml", f"{DISTRICT}population: 0\n")
    assert folder_findings(city) == ["parks/willow.yaml:5 invalid"]


def test_reference_to_a_broken_definition_is_not_reported_twice(city: Path) -> None:
    write(city, "districts/lakeside.yaml", f"{DISTRICT}oops: 0\n")
    assert folder_findings(city) == ["districts/lakeside.yaml:4 definitions.unknown_key"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name: a\n\ttitle: b\n", [(2, "definitions.tab")]),
        ("name: a\nname: b\n", [(2, "definitions.duplicate_key")]),
        ("name: &x a\ntitle: *x\n", [(1, "definitions.alias")]),
        ("name: *x\n", [(1, "definitions.alias")]),
        ("name: !!python/object/apply:os.system ['true']\n", [(1, "definitions.tag")]),
        ("? [a, b]\n: c\n", [(1, "definitions.bad_key")]),
        ("name: [a\n", [(2, "definitions.bad_yaml")]),
        ("name: @a\n", [(1, "definitions.bad_yaml")]),
        ("- a\n- b\n", [(1, "definitions.not_a_mapping")]),
        ("just words\n", [(1, "definitions.not_a_mapping")]),
        ("name: " + "[" * 5_000, [(1, "definitions.too_deep")]),
        ("name: a\x00b\n", [(1, "definitions.bad_yaml")]),
        ("kind: prk\nname: a\n", [(1, "definitions.unknown_kind")]),
        ("%YAML 1.1\nname: a\n", [(2, "definitions.bad_yaml")]),
        (
            "<<: {name: a}\n",
            [(1, "definitions.missing_key")] * 3 + [(1, "definitions.unknown_key")],
        ),
        ("", []),
        ("# nothing here\n---\n# nor here\n", []),
    ],
)
def test_hostile_or_broken_yaml_is_refused_at_its_line(
    text: str, expected: list[tuple[int, str]]
) -> None:
    assert sorted(problems(text)) == expected


def test_alias_bomb_is_refused_at_once() -> None:
    lines = ["a0: &a0 [lol, lol]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 40)]
    assert problems("\n".join(lines)) == [(1, "definitions.alias")]


def test_one_broken_document_does_not_hide_the_others() -> None:
    draft = read(f"{PARK}---\nname: [a\n---\n{PARK.replace('willow', 'elm')}")
    assert [each.definition.name for each in draft.entries] == ["willow", "elm"]
    assert [each.code for each in draft.findings] == ["definitions.bad_yaml"]


def test_document_without_kind_lists_the_kinds() -> None:
    assert only(PARK, "loose.yaml").hint() == "Add kind: …, one of: district, park"


def test_files_that_cannot_be_text_are_reported(city: Path, tmp_path: Path) -> None:
    write(city, "parks/gbk.yaml", "name: 柳园\n".encode("gbk"))
    write(city, "parks/huge.yaml", b"#" * (MAX_FILE_BYTES + 1))
    write(tmp_path, "outside.yaml", PARK)
    (city / "parks" / "link.yaml").symlink_to(tmp_path / "outside.yaml")
    assert folder_findings(city) == [
        "parks/gbk.yaml:1 definitions.not_utf8",
        "parks/huge.yaml:1 definitions.too_large",
        "parks/link.yaml:1 definitions.outside_city",
    ]


def test_byte_order_mark_and_windows_line_ends_are_accepted(city: Path) -> None:
    write(city, "parks/willow.yaml", "\ufeff" + PARK.replace("\n", "\r\n"))
    assert folder_findings(city) == []


def test_inbound_hidden_and_own_folders_hold_no_definitions(city: Path) -> None:
    for folder in ("inbound", ".cityloop", ".git", "parks/.old"):
        write(city, f"{folder}/bad.yaml", "[")
    assert folder_findings(city) == []


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"), ("1:30", "1:30"), ("2026-09-30", "2026-09-30"), ("010", "010"), ("0x1f", "0x1f"),
        ("12", 12), ("-3", -3), ("1.50", 1.5), ("1e3", 1000.0), (".5", 0.5), ("0.5", 0.5), ("0", 0), ("1e999", "1e999"),
        ("330102199001011234", 330102199001011234), ("1234567890123456789012", "1234567890123456789012"),
        ("true", True), ("~", None), ("", None), ("1_000", "1_000"), ("00.5", "00.5"), (".nan", ".nan"),
    ],
)  # fmt: skip
def test_plain_scalars_mean_what_people_expect(written: str, value: object) -> None:
    assert scalar(written) == value
    assert type(scalar(written)) is type(value)


def test_lines_are_right_after_a_header_and_several_documents() -> None:
    text = (
        "# parks of the city\n\n---\n# first\nname: a\n---\n\nname: b\n...\n---\nname: c\n# end\n"
    )
    assert [(each.line, each.text) for each in split(text)] == [
        (1, "# parks of the city\n\n\n# first\nname: a\n"),
        (8, "name: b\n"),
        (11, "name: c\n# end\n"),
    ]


lines = st.lists(
    st.sampled_from(
        ["a: 1", "b: [1,", "2]", "# c", "", "---", "...", "--- {a: 1}", "  x", "|", "é: ü"]
    )
)


@given(lines)
def test_splitting_what_was_joined_gives_the_same_documents(written: list[str]) -> None:
    texts = [each.text for each in split("\n".join(written))]
    assert [each.text for each in split(join(texts))] == texts


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused_but_never_raises(text: str) -> None:
    read(text)
    assert parse(text) is not None


def test_three_hundred_definitions_check_in_under_two_seconds(tmp_path: Path) -> None:
    write(tmp_path, "districts/lakeside.yaml", DISTRICT)
    gates = "".join(f"  - {{name: g{i}, kind: main, width_m: {i + 1}}}\n" for i in range(20))
    for number in range(300):
        write(tmp_path, f"parks/p{number}.yaml", f"{PARK.replace('willow', f'p{number}')}{gates}")
    started = time.perf_counter()
    assert folder_findings(tmp_path) == []
    assert time.perf_counter() - started < 2
