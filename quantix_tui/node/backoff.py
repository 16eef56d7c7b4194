"""When the agent acts next: pure arithmetic, so that it can be proved by tests.

Retries use full jitter ("Exponential Backoff And Jitter", AWS Architecture Blog, 2015): a thousand
nodes that lost the same control plane must not come back in step.
"""

from dataclasses import dataclass

from quantix_tui.cluster.status import MAX_HEARTBEAT_INTERVAL_SECS

MAX_RETRY_AFTER = 3600.0
"""Seconds. A control plane may ask for patience, not for silence."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long to wait between attempts, in seconds: the first ceiling and the highest."""

    base: float = 1.0
    cap: float = 60.0

    def ceiling(self, failures: int) -> float:
        """The longest wait after so many failures in a row (1, 2, 4 ... times ``base``, at most ``cap``)."""
        return min(self.cap, self.base * 2.0 ** min(max(failures, 1) - 1, 32))

    def delay(self, failures: int, chance: float, retry_after: float | None = None) -> float:
        """Seconds until the next attempt. ``chance`` is a random number from 0 to 1.

        ``retry_after`` is what the control plane asked for (RFC 9110 10.2.3): never come earlier, and
        still not all at once.
        """
        jittered = self.ceiling(failures) * chance
        if retry_after is None or not retry_after > 0:
            return jittered
        return min(retry_after, MAX_RETRY_AFTER) + jittered


def heartbeat_interval(asked: float | None, configured: float, floor: float) -> float:
    """Seconds between heartbeats: what the control plane asked for, else what is configured, within bounds."""
    wanted = asked if asked is not None and asked > 0 else configured
    return min(max(wanted, floor), MAX_HEARTBEAT_INTERVAL_SECS)
