"""What stands between a key and a change of the node: who is there, and for how long yet."""

from collections.abc import Callable

from quantix_tui.console.access import Access, IdleLock, access_words
from quantix_tui.console.clock import Clock


class Guard:
    """The access of this console as it is now.

    ``lock_after`` in seconds; ``looked_at`` tells whether the console's own line is the one in sight, None where
    that does not matter.
    """

    def __init__(
        self, access: Access, clock: Clock, *, lock_after: float = 300.0, looked_at: Callable[[], bool] | None = None
    ) -> None:
        self.access = access
        self._clock = clock
        self._lock = IdleLock(lock_after, clock.monotonic())
        self._looked_at = looked_at

    def key(self) -> None:
        """Somebody is there."""
        self._lock = self._lock.key(self._clock.monotonic())

    def log_in(self, user: str) -> None:
        self.access = self.access.logged_in(user)
        self.key()

    def lock(self) -> None:
        self.access = self.access.locked_again()

    @property
    def words(self) -> str:
        """For the first line of the screen."""
        return access_words(self.access, self._lock.remaining(self._clock.monotonic()))

    @property
    def time_to_lock(self) -> str | None:
        """Why it is time to lock, as a sentence; None while it is not."""
        if self.access.line is None or self.access.locked:
            return None
        if self._lock.remaining(self._clock.monotonic()) <= 0:
            return "Locked: no key was pressed for a while."
        if self._looked_at is not None and not self._looked_at():
            return "Locked: another console was looked at."
        return None
