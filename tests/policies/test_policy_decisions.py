"""Who may see what: default deny, built-in rules, declared ones, and how they add up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from little_city import (
    ANALYST,
    CALLER,
    DEFINITIONS,
    DOCTOR,
    OWNER,
    STAFF,
    STRANGER,
    TRIPS,
    VAULT,
    VISITS,
    column,
    person,
    title,
)

from cityloop.contracts.model import DatasetDefinition
from cityloop.foundation.definition import Snapshot
from cityloop.foundation.principal import Principal, operator, service
from cityloop.policies.decisions import Rulebook, decide
from cityloop.policies.model import PURPOSES, PolicyDefinition, UnknownDataset

BOOK = Rulebook(Snapshot.of(*DEFINITIONS))


def treatments(
    principal: Principal, dataset: DatasetDefinition, *policies: PolicyDefinition
) -> dict[str, str]:
    decision = decide(principal, "analysis", dataset, policies)
    return {name: kind for name, kind in decision.columns.items() if kind != "deny"}


def test_nothing_is_readable_without_a_rule() -> None:
    decision = decide(STRANGER, "analysis", VISITS, ())
    assert (decision.allowed, decision.rows, set(decision.columns.values())) == (
        False,
        "none",
        {"deny"},
    )


def test_owners_see_their_rows_up_to_their_level() -> None:
    low = person("clerk", department="health", level=2)
    assert treatments(low, VISITS) == {
        "visit": "raw", "district": "raw", "seen_at": "raw", "cost": "raw", "phone": "mask", "id_card": "mask",
    }  # fmt: skip
    assert "genome" not in treatments(OWNER, VISITS)


def test_unconditional_datasets_are_open_up_to_the_readers_level() -> None:
    assert treatments(STRANGER, TRIPS) == {
        "trip": "raw",
        "district": "raw",
        "speed": "raw",
        "plate": "mask",
    }


@pytest.mark.parametrize(
    "who", [OWNER, operator(), service("alerts"), person("x", level=6, department="health")]
)
def test_core_data_is_never_given_out(who: Principal) -> None:
    everything = PolicyDefinition(
        name="p", title=title("p"), datasets=["vault", "visits"],
        allow=[{"columns": {"word": "raw", "genome": "raw"}}],
    )  # fmt: skip
    assert not decide(who, "operation", VAULT, [everything]).allowed
    visits = PolicyDefinition(
        name="p", title=title("p"), dataset="visits", allow=[{"columns": {"genome": "raw"}}]
    )
    assert decide(who, "operation", VISITS, [visits]).columns["genome"] == "deny"


def test_the_operator_sees_everything_else() -> None:
    assert set(decide(operator(), "analysis", STAFF, ()).columns.values()) == {"raw"}


def test_city_wide_services_read_for_operation_and_alert_only() -> None:
    allowed = {
        purpose for purpose in PURPOSES if decide(service("alerts"), purpose, STAFF, ()).allowed
    }
    assert allowed == {"operation", "alert"}


def test_a_service_of_a_department_sees_what_the_department_sees() -> None:
    assert decide(service("alerts", department="police"), "export", STAFF, ()).allowed
    assert not decide(service("alerts", department="health"), "alert", STAFF, ()).allowed


def test_a_policy_never_shows_raw_above_the_readers_level() -> None:
    open_all = PolicyDefinition(
        name="p", title=title("p"), dataset="visits",
        allow=[{"columns": {"phone": "raw", "diagnosis": "raw", "patient": "raw"}}],
    )  # fmt: skip
    found = treatments(STRANGER, VISITS, open_all)
    assert (found["phone"], "diagnosis" in found, "patient" in found) == ("mask", False, False)


@pytest.mark.parametrize(
    ("condition", "because"),
    [
        ({"roles": ["nurse"]}, "role"),
        ({"departments": ["police"]}, "department"),
        ({"purposes": ["alert"]}, "purpose"),
    ],
)
def test_a_policy_that_does_not_apply_says_because_of_what(
    condition: dict[str, list[str]], because: str
) -> None:
    policy = PolicyDefinition(name="p", title=title("p"), dataset="visits", allow=[condition])
    verdict = decide(ANALYST, "analysis", VISITS, [policy]).verdicts[-1]
    assert (verdict.rule, verdict.matched, verdict.because) == ("p", False, because)


def test_a_missing_attribute_means_no_rows() -> None:
    homeless = person("doctor2", "doctor", department="clinic", level=4)
    policy = PolicyDefinition(
        name="p",
        title=title("p"),
        dataset="visits",
        allow=[{"rows": "district <> principal.district OR true"}],
    )
    decision = decide(homeless, "analysis", VISITS, [policy])
    assert (decision.allowed, decision.verdicts[-1].because) == (False, "attribute")


def test_a_filter_that_no_longer_fits_opens_nothing() -> None:
    policy = PolicyDefinition(
        name="p", title=title("p"), dataset="visits", allow=[{"rows": "gone = 1"}]
    )
    decision = decide(DOCTOR, "analysis", VISITS, [policy])
    assert (decision.allowed, decision.verdicts[-1].because) == (False, "broken")


def test_attributes_are_bound_as_literals() -> None:
    sly = person("sly", level=2, district="x' OR 'a' = 'a")
    policy = PolicyDefinition(
        name="p", title=title("p"), dataset="visits",
        allow=[{"rows": "district = principal.district AND visit > principal.level AND patient <> principal.id"}],
    )  # fmt: skip
    grant = decide(sly, "analysis", VISITS, [policy]).grants[0]
    assert grant.filter_sql == "district = 'x'' OR ''a'' = ''a' AND visit > 2 AND patient <> 'sly'"


def test_of_rules_with_equal_filters_the_widest_treatment_wins() -> None:
    narrow = {"rows": "visit > 1", "columns": {"phone": "null", "patient": "name"}}
    wide = {"rows": "visit > 1", "columns": {"phone": "phone", "patient": "deny"}}
    policy = PolicyDefinition(name="p", title=title("p"), dataset="visits", allow=[narrow, wide])
    decision = decide(STRANGER, "analysis", VISITS, [policy])
    assert [grant.rule for grant in decision.grants] == ["p/1", "p/2"]
    assert (decision.columns["phone"], decision.columns["patient"], decision.rows) == (
        "mask",
        "mask",
        "some",
    )


def test_unknown_and_unknowable_datasets_look_the_same() -> None:
    errors = []
    for name in ("staff", "stuff"):
        with pytest.raises(UnknownDataset) as caught:
            BOOK.find(STRANGER, name)
        errors.append({**caught.value.fields, "name": "*"})
    assert errors[0] == errors[1]


def test_the_catalogue_names_only_what_may_be_known() -> None:
    entries = BOOK.catalogue(STRANGER, "analysis")
    assert set(entries) == {"visits", "trips", "公园"}
    assert entries["visits"].readable is False
    assert entries["visits"].columns == {"visit": "deny", "district": "deny", "seen_at": "deny"}
    assert entries["trips"].columns == {
        "trip": "raw",
        "district": "raw",
        "speed": "raw",
        "plate": "plate",
    }


def test_an_explanation_names_rules_and_the_part_that_decided() -> None:
    explanation = BOOK.explain(DOCTOR, "analysis", "visits")
    assert explanation.sentences("en") == (
        "You may read some rows of the dataset visits.",
        "Rule built-in:owner: does not apply, you are not in its department.",
        "Rule built-in:unconditional: does not apply, the dataset is not shared unconditionally.",
        "Rule analysts: does not apply, you have none of its roles.",
        "Rule district_doctors: allows.",
        "Rule own_district_phones/1: does not apply, you have none of its roles.",
        "Rule own_district_phones/2: does not apply, you have none of its roles.",
    )
    assert explanation.filters == {"district_doctors": "district = '临湖区'"}
    assert explanation.columns["home"] == "address"
    assert "genome" not in explanation.columns


def test_a_filter_over_hidden_columns_is_not_shown() -> None:
    policy = PolicyDefinition(
        name="p", title=title("p"), dataset="visits", allow=[{"rows": "diagnosis <> 'HIV'"}]
    )
    book = Rulebook(Snapshot.of(VISITS, policy))
    assert book.explain(STRANGER, "analysis", "visits").filters == {}


@given(
    st.integers(1, 6),
    st.lists(st.integers(1, 6), min_size=1, max_size=5),
    st.sampled_from(["unconditional", "conditional", "none"]),
)
def test_raw_columns_are_never_above_the_level(level: int, levels: list[int], sharing: str) -> None:
    dataset = DatasetDefinition(
        name="d", title=title("d"), owner="o", sharing=sharing, level=1,
        fields=[column(f"c{number}", level=each) for number, each in enumerate(levels)],
    )  # fmt: skip
    policy = PolicyDefinition(
        name="p",
        title=title("p"),
        dataset="d",
        allow=[{"columns": {f"c{n}": "raw" for n in range(len(levels))}, "level": 6}],
    )
    for who in (person("x", level=level, department="o"), person("y", level=level)):
        decision = decide(who, "analysis", dataset, [policy])
        raw = [dataset.level_of(name) for name, kind in decision.columns.items() if kind == "raw"]
        assert all(each <= min(level, 5) for each in raw)


def test_a_rules_level_does_not_lift_the_readers_own() -> None:
    policy = PolicyDefinition(name="p", title=title("p"), dataset="visits", allow=[{"level": 5}])
    assert treatments(person("x", level=2), VISITS, policy) == {
        "visit": "raw", "district": "raw", "seen_at": "raw", "cost": "raw", "phone": "mask", "id_card": "mask",
    }  # fmt: skip


def test_a_rules_level_narrows_what_it_does_not_name() -> None:
    allow = {"level": 1, "columns": {"cost": "raw", "phone": "raw"}}
    policy = PolicyDefinition(name="p", title=title("p"), dataset="visits", allow=[allow])
    found = treatments(person("x", level=3), VISITS, policy)
    assert found == {
        "visit": "raw", "district": "raw", "seen_at": "raw", "cost": "raw", "phone": "raw", "id_card": "mask",
    }  # fmt: skip


def test_callers_rules_add_up_row_by_row() -> None:
    decision = BOOK.decide(CALLER, "analysis", "visits")
    assert (decision.rows, decision.columns["phone"], decision.reasons) == (
        "all", "raw", ("own_district_phones/1", "own_district_phones/2"),
    )  # fmt: skip
