"""Canonical YAML reads back as the same value, whatever the value is."""

from hypothesis import given
from hypothesis import strategies as st
from parks import KINDS, PARK, Gate, ParkDefinition

from cityloop.definitions.canonical import canonical, difference, write
from cityloop.definitions.documents import Reader
from cityloop.definitions.yaml_tree import parse

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**15), 10**15),
    st.floats(allow_nan=False, allow_infinity=False),
    texts,
    st.sampled_from(["no", "007", "1.5", "null", "~", "- a", "a: b", "# c", "---", "a\nb\n", " x ", "*a", "!t"]),
)  # fmt: skip
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(texts, values, max_size=5))
def test_what_is_written_reads_back_the_same(value: dict[str, object]) -> None:
    tree = parse(write(value))
    assert (tree.value or {}, tree.problems) == (value, ())


names = st.from_regex(r"[a-z柳园][a-z0-9_柳园]{0,10}", fullmatch=True)
words = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1).filter(str.strip)
gates = st.builds(
    Gate, name=words, kind=st.sampled_from(["main", "side"]), width_m=st.none() | st.floats(0.1, 99)
)
parks = st.builds(
    ParkDefinition,
    name=names,
    title=st.fixed_dictionaries({"zh": words, "en": words}),
    description=st.none() | st.fixed_dictionaries({"zh": words, "en": words}),
    district=words,
    gates=st.lists(gates, max_size=4).map(tuple),
    next=st.none() | words | st.fixed_dictionaries({"length_m": st.integers(0, 10**9)}),
    areas=st.dictionaries(words, st.floats(0, 1e12), max_size=3),
)


@given(parks)
def test_definition_survives_the_way_through_yaml(park: ParkDefinition) -> None:
    draft = Reader({kind.name: kind for kind in KINDS}).read(canonical(park), "a.yaml")
    assert draft.findings == ()
    assert draft.entries[0].definition == park


def test_layout_and_order_of_keys_do_not_matter() -> None:
    reader = Reader({kind.name: kind for kind in KINDS})
    turned = "\n".join(
        [
            "district: lakeside",
            'gates: [{kind: main, name: "north"}, {name: south}]',
            "title:\n  en: Willow Park\n  zh: 柳园",
            "name: willow",
        ]
    )
    one, other = (reader.read(text, "parks/a.yaml").entries[0] for text in (PARK, turned))
    assert canonical(one.definition) == canonical(other.definition)


def test_canonical_yaml_is_what_a_person_would_write() -> None:
    (entry,) = Reader({kind.name: kind for kind in KINDS}).read(PARK, "parks/a.yaml").entries
    assert canonical(entry.definition) == (
        "kind: park\nname: willow\ntitle: {zh: 柳园, en: Willow Park}\ndistrict: lakeside\ngates:\n"
        "  - {name: north, kind: main}\n  - {name: south}\n"
    )


def test_equal_texts_have_no_difference() -> None:
    assert difference(PARK, PARK, name="park/willow") == ""
