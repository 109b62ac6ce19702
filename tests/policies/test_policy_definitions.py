"""What can be wrong with a policy is said when it is applied, with the place and the next step."""

import pytest
from little_city import VISITS, title
from pydantic import ValidationError

from cityloop.foundation.definition import Snapshot
from cityloop.policies import POLICY, PolicyDefinition

SNAPSHOT = Snapshot.of(VISITS)


def problems(**allow: object) -> list[tuple[tuple[str | int, ...], str]]:
    policy = PolicyDefinition(name="p", title=title("p"), dataset="visits", allow=[allow])
    return [(each.path, each.error.code) for each in POLICY.check(policy, SNAPSHOT)]


def test_a_sound_policy_has_no_problems() -> None:
    assert problems(
        roles=["a"], departments=["b"], purposes=["analysis"], level=3,
        rows="district = principal.district AND visit > 3 AND principal.department = 'x'",
        columns={"phone": "phone", "patient": "deny", "cost": "bucket:100", "born_on": "year", "visit": "raw", "home": "partial:2,2"},
    ) == []  # fmt: skip


@pytest.mark.parametrize(
    ("allow", "place", "code"),
    [
        ({"rows": "distrit = 'x'"}, ("rows",), "foundation.unknown_column"),
        ({"rows": "district = (SELECT 1)"}, ("rows",), "foundation.bad_expression"),
        ({"rows": "district = read_text('/etc/passwd')"}, ("rows",), "foundation.bad_expression"),
        ({"columns": {"fone": "phone"}}, ("columns", "fone"), "policies.unknown_policy_column"),
        ({"columns": {"phone": "fone"}}, ("columns", "phone"), "policies.unknown_mask"),
        ({"columns": {"cost": "phone"}}, ("columns", "cost"), "policies.mask_mismatch"),
        ({"columns": {"cost": "bucket"}}, ("columns", "cost"), "policies.unknown_mask"),
        ({"columns": {"genome": "raw"}}, ("columns", "genome"), "policies.level_refused"),
        ({"columns": {"genome": "hash"}}, ("columns", "genome"), "policies.level_refused"),
    ],
)
def test_each_fault_is_told_with_its_place(
    allow: dict[str, object], place: tuple[str, ...], code: str
) -> None:
    assert problems(**allow) == [(("allow", 0, *place), code)]


def test_denying_core_data_is_fine() -> None:
    assert problems(columns={"genome": "deny"}) == []


def test_references_name_datasets_roles_and_departments() -> None:
    policy = PolicyDefinition(
        name="p",
        title=title("p"),
        datasets=["visits", "trips"],
        allow=[{"roles": ["r"]}, {"departments": ["d"]}],
    )
    assert [(each.kind, each.name, each.path) for each in POLICY.references(policy)] == [
        ("dataset", "visits", ("datasets", 0)), ("dataset", "trips", ("datasets", 1)),
        ("role", "r", ("allow", 0, "roles", 0)), ("department", "d", ("allow", 1, "departments", 0)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [{}, {"dataset": "a", "datasets": ["b"]}, {"dataset": "a", "allow": []}, {"dataset": "a", "allow": [{"purposes": ["fun"]}]}, {"dataset": "a", "allow": [{"level": 7}]}],
)  # fmt: skip
def test_shapes_that_mean_nothing_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        PolicyDefinition(**{"name": "p", "title": title("p"), "allow": [{}], **wrong})
