"""Slower after each failure, and never shut: who owns the node must not be locked out of it by others."""

from dataclasses import dataclass

LONGEST_SECS = 30.0


def pause_after(failures: int) -> float:
    """Seconds until the next try, after so many failures in a row: 0, 1, 2, 4 ... at most 30."""
    return 0.0 if failures < 1 else min(LONGEST_SECS, 2.0 ** min(failures - 1, 10))


@dataclass(frozen=True, slots=True)
class Pace:
    """The failures on one line since the last success; ``last`` is when, on the monotonic clock."""

    failures: int = 0
    last: float = 0.0

    def failed(self, now: float) -> "Pace":
        return Pace(self.failures + 1, now)

    def waits(self, now: float) -> float:
        """Seconds from ``now`` on until a login may begin."""
        return max(0.0, self.last + pause_after(self.failures) - now)
