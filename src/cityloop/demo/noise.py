"""Noise that can be asked for any moment: the same seed, stream and keys always give the same number.

A usual random generator must be played from the start to reach a moment. The demo city asks for
windows of time in any order (three months of history now, the next minute in the live feed), so
each number is a hash of (seed, stream, keys): SplitMix64, Steele, Lea and Flood, OOPSLA 2014.
Only integer arithmetic, additions and products are used, so results do not depend on the CPU.
"""

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
Keys = IntArray | int

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_UNIT = 2.0**-53


@dataclass(frozen=True, slots=True)
class Noise:
    """A family of independent random fields, one per stream name."""

    seed: int

    def bits(self, stream: str, *keys: Keys) -> npt.NDArray[np.uint64]:
        """Return 64 random bits for each broadcast combination of the keys.

        Args:
            stream: name of the random field; different names are independent.
            *keys: integers or integer arrays that broadcast against each other.

        Returns:
            unsigned integers in the broadcast shape of the keys.
        """
        name = blake2b(f"{self.seed}:{stream}".encode(), digest_size=8).digest()
        state = np.asarray(np.frombuffer(name, dtype="<u8")[0], dtype=np.uint64).reshape(1)
        for key in keys:
            step = np.asarray(key, dtype=np.int64).astype(np.uint64) * _GOLDEN
            state = _mixed(state + step + _GOLDEN)
        return state

    def uniform(self, stream: str, *keys: Keys) -> FloatArray:
        """Return numbers in [0, 1), in the broadcast shape of the keys."""
        bits = self.bits(stream, *keys) >> np.uint64(11)
        return np.asarray(bits.astype(np.float64) * _UNIT)

    def normal(self, stream: str, *keys: Keys) -> FloatArray:
        """Return nearly normal numbers (mean 0, deviation 1, within ±3.5) in the keys' shape.

        The sum of four 16-bit uniforms (Irwin–Hall) costs one hash and no transcendental function.
        """
        bits = self.bits(stream, *keys)
        total = np.zeros(bits.shape)
        for shift in (0, 16, 32, 48):
            total += ((bits >> np.uint64(shift)) & np.uint64(0xFFFF)).astype(np.float64)
        total *= 2.0**-16
        total -= 2.0
        total *= 3.0**0.5
        return total

    def smooth(self, stream: str, position: FloatArray, *keys: Keys) -> FloatArray:
        """Return a wandering curve: random knots at whole positions, smoothly joined.

        Args:
            stream: name of the random field.
            position: place on the curve, in knots; broadcasts against the keys.
            *keys: which of many independent curves.

        Returns:
            values in about ±3.5, deviation about 1 at the knots.
        """
        knot = np.floor(position)
        share = position - knot
        share = share * share * (3.0 - 2.0 * share)
        left = knot.astype(np.int64)
        start = self.normal(stream, left, *keys)
        return np.asarray(start + (self.normal(stream, left + 1, *keys) - start) * share)

    def counts(self, stream: str, mean: FloatArray, *keys: Keys) -> IntArray:
        """Return whole numbers ≥ 0 around `mean` that scatter as a Poisson count does."""
        spread = mean + np.sqrt(np.maximum(mean, 0.0)) * self.normal(stream, *keys)
        dither = self.uniform(stream + ".dither", *keys)
        return np.maximum(np.floor(spread + dither), 0.0).astype(np.int64)

    def arrivals(self, stream: str, mean: FloatArray, *keys: IntArray) -> tuple[IntArray, IntArray]:
        """Return who arrives when: `mean[i]` arrivals on average in cell i of the keys.

        Args:
            stream: name of the random field.
            mean: expected number in each cell, shape (cells,).
            *keys: what names the cells, each of shape (cells,).

        Returns:
            the cell of each arrival, ascending, and its running number within the cell.
        """
        count = self.counts(stream, mean, *keys)
        cell = np.repeat(np.arange(count.size), count)
        return cell, np.arange(cell.size) - np.repeat(np.cumsum(count) - count, count)

    def pick(self, stream: str, weights: npt.ArrayLike, *keys: Keys) -> IntArray:
        """Return indices into `weights`, drawn in proportion to them (any positive scale)."""
        edges = np.cumsum(np.asarray(weights, dtype=np.float64))
        drawn = self.uniform(stream, *keys) * edges[-1]
        index: IntArray = np.minimum(np.searchsorted(edges, drawn, side="right"), edges.size - 1)
        return index


def _mixed(state: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    state = state ^ (state >> np.uint64(30))
    state *= np.uint64(0xBF58476D1CE4E5B9)
    state ^= state >> np.uint64(27)
    state *= np.uint64(0x94D049BB133111EB)
    state ^= state >> np.uint64(31)
    return state
