"""How often somebody may knock: a bucket of tokens per key, in the memory of one worker."""

from __future__ import annotations

from collections import OrderedDict


class Limiter:
    """At most ``count`` calls at once per key, refilled evenly over ``seconds``.

    Keys are forgotten, the oldest first, beyond ``max_keys``: memory stays flat under an
    attack from many addresses. Each worker counts for itself; ``recouvrement.portal.visit``
    counts for all of them.
    """

    def __init__(self, count: int, seconds: float, max_keys: int = 10_000):
        self.count, self.seconds, self.max_keys = count, seconds, max_keys
        self._buckets: OrderedDict[object, tuple[float, float]] = OrderedDict()

    def allow(self, key: object, now: float, count: int | None = None) -> bool:
        """Take one token of ``key`` at the clock ``now`` (seconds); False when none is left.

        :param count: another size of the bucket, for a limit that people set
        """
        size = count or self.count
        left, last = self._buckets.pop(key, (float(size), now))
        left = min(float(size), left + max(now - last, 0) * size / self.seconds)
        allowed = left >= 1
        self._buckets[key] = (left - 1 if allowed else left, now)
        if len(self._buckets) > self.max_keys:
            self._buckets.popitem(last=False)
        return allowed

    def clear(self) -> None:
        """Forget everybody."""
        self._buckets.clear()
