"""How far the median over the seeds can be trusted, without assuming any distribution.

    interval_of_median([0.67, 0.68, 0.69]) == (0.67, 0.69)

Each end is a one-sided 95 % bound from order statistics: the k-th smallest of n values lies above the true
median with probability P(Binomial(n, 1/2) < k). Fewer than five values bound nothing, so the ends are the
smallest and the largest; so they are with five to seven.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import comb

_ONE_IN = 20                       # the risk that one end is wrong


def interval_of_median(values: Sequence[float]) -> tuple[float, float]:
    ordered = sorted(values)
    rank = bound_rank(len(ordered))
    return ordered[rank - 1], ordered[-rank]


def bound_rank(count: int) -> int:
    """The largest k whose risk is at most 1 in 20, and at least 1."""
    below, rank = 1, 1             # `below`: outcomes of 2**count with fewer than `rank` successes
    while rank < count and (below + comb(count, rank)) * _ONE_IN <= 2 ** count:
        below += comb(count, rank)
        rank += 1
    return rank
