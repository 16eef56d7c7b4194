"""A dialogue in which a password is typed: half of one does not stand there until the next person comes."""

from typing import TypeVar

from quantix_tui.console.clock import Clock
from quantix_tui.console.screens.dialogue import Dialogue

T = TypeVar("T")

TICK = 0.25
UNUSED_SECS = 120.0


class SecretiveDialogue(Dialogue[T]):
    """Closes after :data:`UNUSED_SECS` without a key. What is on top of it (help, a question) is closed first by
    whoever opened that: a result that comes meanwhile waits."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self._used_at = clock.monotonic()
        self._left: tuple[T | None] | None = None

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

    def leave(self, result: T | None) -> None:
        """Close with this result as soon as nothing is on top any more: Textual would close that instead."""
        self._left = (result,)
        self.tick()

    def tick(self) -> None:
        """What changes with the time."""
        if self._left is not None:
            if self.is_active:
                self.dismiss(self._left[0])
        elif not self.working and self.clock.monotonic() - self._used_at > UNUSED_SECS:
            self.workers.cancel_node(self)
            self.leave(None)
