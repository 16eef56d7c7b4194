"""A dialogue in which a password is typed: half of one does not stand there until the next person comes."""

from typing import TypeVar

from quantix_tui.console.clock import Clock
from quantix_tui.console.screens.dialogue import Dialogue

T = TypeVar("T")

TICK = 0.25
UNUSED_SECS = 120.0


class SecretiveDialogue(Dialogue[T]):
    """Closes after :data:`UNUSED_SECS` without a key."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self._used_at = clock.monotonic()

    def on_mount(self) -> None:
        self.set_interval(TICK, self.tick)

    def on_key(self) -> None:
        self.used()

    def used(self) -> None:
        """Somebody is there. Keys that a field has taken come here no more: the field's changes have to tell."""
        self._used_at = self.clock.monotonic()

    @property
    def working(self) -> bool:
        """Whether something is done that comes to an end by itself."""
        return False

    def tick(self) -> None:
        """What changes with the time."""
        if not self.working and self.clock.monotonic() - self._used_at > UNUSED_SECS:
            self.workers.cancel_node(self)
            self.close(None)
