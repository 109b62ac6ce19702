import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cityloop.demo.noise import Noise
from cityloop.demo.people import credit_codes, invent_people, wrong_check_digit
from demo.recount import gb11643, gb32100

TODAY = 20_000


@given(st.integers(0, 2**31))
@settings(max_examples=20, deadline=None)
def test_numbers_are_valid_distinct_and_of_no_real_region(seed):
    people = invent_people(Noise(seed), 300, until_day=TODAY).id_number.to_pylist()
    companies = credit_codes(Noise(seed), np.arange(300), np.arange(300) % 8).to_pylist()
    assert all(map(gb11643, people))
    assert all(map(gb32100, companies))
    assert len(set(people)) == len(set(companies)) == 300
    assert {n[:2] for n in people} == {n[2:4] for n in companies} == {"99"}


def test_the_number_tells_birthday_and_sex():
    people = invent_people(Noise(1), 200, until_day=TODAY)
    born = [str(d).replace("-", "") for d in people.birth_day.astype("datetime64[D]")]
    numbers = people.id_number.to_pylist()
    assert [n[6:14] for n in numbers] == born
    assert [int(n[16]) % 2 == 1 for n in numbers] == people.is_male.tolist()


def test_a_wrong_check_digit_is_wrong_in_every_number():
    people = invent_people(Noise(1), 400, until_day=TODAY).id_number
    companies = credit_codes(Noise(1), np.arange(400), np.arange(400) % 8)
    assert not any(map(gb11643, wrong_check_digit(people).to_pylist()))
    assert not any(map(gb32100, wrong_check_digit(companies).to_pylist()))
