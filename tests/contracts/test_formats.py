"""Check digits: published examples pass, and every single wrong character and swapped pair is noticed."""

import string

import contract_oracle as oracle
import pytest
from contract_rows import Judge, dataset, field
from hypothesis import given, settings
from hypothesis import strategies as st

IDENTITY = "11010519491231002X"
COMPANY = "91350100M000100Y43"
CARD = "4111111111111111"


def verdicts(judge: Judge, name: str, values: list[str]) -> list[bool]:
    contract = dataset(field("v", format=name))
    rows = judge.run(judge.compiled(contract), {"v": values})
    assert all(row.reasons in ([], [(name, "v", text)]) for row, text in zip(rows, values, strict=True))  # fmt: skip
    return [not row.reasons for row in rows]


def test_published_examples_pass(judge: Judge) -> None:
    assert verdicts(judge, "gb11643", [IDENTITY, "440524188001010014"]) == [True, True]
    assert verdicts(judge, "gb32100", [COMPANY, "91350100M000100Y44"]) == [True, False]
    assert verdicts(judge, "luhn", [CARD, "79927398713", "79927398710"]) == [True, True, False]


@pytest.mark.parametrize(
    ("name", "sample", "characters"),
    [
        ("gb11643", IDENTITY, string.digits + "X"),
        ("gb32100", COMPANY, "0123456789ABCDEFGHJKLMNPQRTUWXY"),
        ("luhn", CARD, string.digits),
    ],
)
def test_every_wrong_character_is_noticed(
    judge: Judge, name: str, sample: str, characters: str
) -> None:
    wrong = [
        sample[:place] + other + sample[place + 1 :]
        for place in range(len(sample))
        for other in characters
        if other != sample[place]
    ]
    assert not any(verdicts(judge, name, wrong))


def test_swapped_neighbours_are_noticed_in_identity_numbers(judge: Judge) -> None:
    swapped = [
        IDENTITY[:place] + IDENTITY[place + 1] + IDENTITY[place] + IDENTITY[place + 2 :]
        for place in range(16)
        if IDENTITY[place] != IDENTITY[place + 1]
    ]
    assert not any(verdicts(judge, "gb11643", swapped))


def with_check(first_17: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(first_17, weights, strict=True))
    return first_17 + "10X98765432"[total % 11]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.builds(
            "{:06}{:04}{:02}{:02}{:03}".format,
            st.integers(100_000, 999_999),
            st.integers(1700, 2199),
            st.integers(0, 15),
            st.integers(0, 35),
            st.integers(0, 999),
        ).map(with_check),
        min_size=1,
        max_size=100,
    )
)
def test_birth_dates_must_exist(judge: Judge, values: list[str]) -> None:
    assert verdicts(judge, "gb11643", values) == [oracle.gb11643(each)[1] for each in values]


def test_fifteen_digit_identity_numbers_are_refused(judge: Judge) -> None:
    assert verdicts(judge, "gb11643", ["110105491231002"]) == [False]


@pytest.mark.parametrize(
    ("name", "written", "stored"),
    [
        ("gb11643", "11010519491231002x", IDENTITY),
        ("gb11643", " 110105 19491231 002Ｘ", IDENTITY),
        ("gb32100", "9135 0100-m000100y43", COMPANY),
        ("luhn", "4111 1111 1111 1111", CARD),
        ("phone", "+86 138-0013-8000", "13800138000"),
        ("phone", "（0571）88886666", "057188886666"),
        ("phone", "0571-88886666-123", "0571-88886666-123"),
        ("phone", "400-800-1234", "4008001234"),
        ("plate", "浙a·12345", "浙A12345"),
        ("plate", "浙AD12345", "浙AD12345"),
        ("plate", "京A1234警", "京A1234警"),
    ],
)
def test_usual_spellings_are_stored_in_one_form(
    judge: Judge, name: str, written: str, stored: str
) -> None:
    (row,) = judge(dataset(field("v", format=name)), {"v": [written]})
    assert (row.values["v"], row.reasons) == (stored, [])


@pytest.mark.parametrize("plate", ["浙I12345", "浙A1234", "12345", "浙A12O45", "ZA12345", "浙A123456"])  # fmt: skip
def test_plates_that_cannot_be_are_refused(judge: Judge, plate: str) -> None:
    assert verdicts(judge, "plate", [plate]) == [False]


@pytest.mark.parametrize("phone", ["12800138000", "1380013800", "138001380001", "110", "88886666", "0571-1234567"])  # fmt: skip
def test_phones_that_cannot_be_are_refused(judge: Judge, phone: str) -> None:
    assert verdicts(judge, "phone", [phone]) == [False]
