"""Statistic of paired ratios: which factor, and between which bounds."""

from math import exp, log


def factor(pairs, level=0.95):
    """``(factor, low, high)`` by which the second of each pair is larger than the first.

    Hodges-Lehmann on the logarithms: the median of the means of all two pairs, with the
    interval of Wilcoxon's signed ranks, exact, which holds the true factor with at least
    ``level`` whatever the distribution, as long as it is symmetric. A round that another
    program disturbed moves it little. With fewer than six pairs the bounds are the extremes.

    :param pairs: ``(before, after)``, both positive, one pair for each round
    :raises ValueError: without any pair
    """
    ratios = [log(after / before) for before, after in pairs]
    if not ratios:
        raise ValueError("no pair was measured")
    walsh = sorted(
        (one + other) / 2
        for index, one in enumerate(ratios)
        for other in ratios[index:]
    )
    cut = signed_rank_cut(len(ratios), level)
    middle = (walsh[(len(walsh) - 1) // 2] + walsh[len(walsh) // 2]) / 2
    return exp(middle), exp(walsh[cut]), exp(walsh[-1 - cut])


def signed_rank_cut(count, level=0.95):
    """How many of the means of two are left out at each end, for ``count`` pairs.

    The largest k with P(W <= k) at most (1 - ``level``) / 2, W being the sum of the ranks
    with a plus when each sign is as likely; 0 when there is none.
    """
    total = count * (count + 1) // 2
    ways = [1] + [0] * total
    for rank in range(1, count + 1):
        for value in range(total, rank - 1, -1):
            ways[value] += ways[value - rank]
    limit, below = (1 - level) / 2 * 2**count, 0
    for cut, more in enumerate(ways):
        below += more
        if below > limit:
            return max(cut - 1, 0)
    return 0
