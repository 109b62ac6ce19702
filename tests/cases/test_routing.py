"""Whatever order branches end in, a case opens each step of a block once and comes to its end once."""

from hypothesis import given
from hypothesis import strategies as st

from cityloop.cases.routing import Place, Route, begin, go_back, leave

from .conftest import APPROVAL, procedure, step

NESTED = procedure(
    "nested",
    step("outer", parallel=["inner", "x"], next="end"),
    step("inner", parallel=["a", "b"], next="c"),
    *(step(name) for name in ("a", "b", "c", "end")),
    step("x", next="y"), step("y"),
)  # fmt: skip


@given(st.randoms(use_true_random=False))
def test_nested_blocks_join_in_any_order(random: object) -> None:
    route = begin(NESTED)
    waiting, done = list(route.opens), []
    while not route.ended:
        place = waiting.pop(random.randrange(len(waiting)))
        done.append(place.step)
        route = leave(NESTED, place, route.blocks, {})
        waiting.extend(route.opens)
    assert (waiting, dict(route.blocks), done[-1]) == ([], {}, "end")
    assert sorted(done) == ["a", "b", "c", "end", "x", "y"]


def test_blocks_count_their_open_branches() -> None:
    assert begin(NESTED) == Route(
        (Place("a", "outer/inner"), Place("b", "outer/inner"), Place("x", "outer")),
        {"outer": 2, "outer/inner": 2},
    )


def test_going_back_within_a_branch_leaves_the_others_alone() -> None:
    back = go_back(NESTED, Place("y", "outer"), Place("x", "outer"), {"outer": 1})
    assert (back.cancels, back.route, back.same) == (
        None,
        Route((Place("x", "outer"),), {"outer": 1}),
        True,
    )


def test_going_back_over_a_join_repeats_the_inner_block() -> None:
    back = go_back(NESTED, Place("c", "outer"), Place("b", "outer/inner"), {"outer": 2})
    assert back.route.blocks == {"outer": 2, "outer/inner": 2}
    assert [place.step for place in back.route.opens] == ["a", "b"]
    assert (back.cancels, back.same) == (None, False)


def test_going_back_out_of_a_block_cancels_it() -> None:
    back = go_back(APPROVAL, Place("fire", "reviews"), Place("accept", ""), {"reviews": 3})
    assert (back.cancels, back.route) == ("reviews", Route((Place("accept", ""),), {}))
