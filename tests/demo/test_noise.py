import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cityloop.demo.noise import Noise

KEYS = np.arange(20_000)


@given(st.integers(0, 2**40), st.integers(-(2**40), 2**40))
def test_a_number_depends_on_seed_stream_and_keys_alone(seed, key):
    alone = Noise(seed).uniform("a", key)[0]
    among = Noise(seed).uniform("a", np.array([key - 1, key, key + 1]))[1]
    assert alone == among
    assert 0 <= alone < 1
    assert alone != Noise(seed).uniform("b", key)[0]
    assert alone != Noise(seed + 1).uniform("a", key)[0]


def test_the_numbers_have_the_promised_distribution():
    noise = Noise(3)
    assert abs(noise.uniform("u", KEYS).mean() - 0.5) < 0.01
    normal = noise.normal("n", KEYS)
    assert abs(normal.mean()) < 0.03
    assert abs(normal.std() - 1) < 0.03
    counts = noise.counts("c", np.full(KEYS.size, 4.0), KEYS)
    assert abs(counts.mean() - 4) < 0.1
    assert counts.min() >= 0
    picked = np.bincount(noise.pick("p", [1, 3], KEYS)) / KEYS.size
    assert abs(picked[1] - 0.75) < 0.02


def test_neighbouring_keys_are_not_related():
    drawn = Noise(3).uniform("u", KEYS)
    assert abs(np.corrcoef(drawn[:-1], drawn[1:])[0, 1]) < 0.03


def test_smooth_noise_moves_in_small_steps():
    curve = Noise(3).smooth("s", np.linspace(0, 30, 3001))
    assert np.abs(np.diff(curve)).max() < 0.1
    assert curve.std() > 0.4


def test_arrivals_number_the_rows_of_each_cell():
    cell, number = Noise(3).arrivals("x", np.array([3.0, 0.0, 5.0]), np.arange(3))
    for which in range(3):
        assert number[cell == which].tolist() == list(range((cell == which).sum()))
    assert 1 not in cell
