"""What a back end wants done on a machine, as a value: it can be shown, tested, and done (:mod:`.doing`)."""

from dataclasses import dataclass
from typing import Protocol

from quantix_tui.cluster.secret import Secret
from quantix_tui.host.files.changes import Change

WITHIN_SECS = 30.0


@dataclass(frozen=True, slots=True)
class Command:
    """A program to run as root, without a shell, for at most ``within`` seconds.

    ``given`` goes to its standard input. The failure of an ``optional`` one is logged and stops nothing.
    """

    words: tuple[str, ...]
    within: float = WITHIN_SECS
    optional: bool = False
    given: Secret | None = None

    def __str__(self) -> str:
        return " ".join(self.words)


@dataclass(frozen=True, slots=True)
class Work:
    """Commands, then changes of files, all or none of them, then commands again.

    The content of files in ``hidden`` is a secret. There are no commands for a machine that does not run.
    """

    before: tuple[Command, ...] = ()
    changes: tuple[Change, ...] = ()
    after: tuple[Command, ...] = ()
    hidden: frozenset[str] = frozenset()

    def __add__(self, other: "Work") -> "Work":
        return Work(
            self.before + other.before,
            self.changes + other.changes,
            self.after + other.after,
            self.hidden | other.hidden,
        )

    @property
    def is_nothing(self) -> bool:
        return not (self.before or self.changes or self.after)


class Renaming(Protocol):
    """A way to give the machine its name."""

    def work(self, hostname: str) -> Work:
        """What gives it this name; nothing where it has it. Raises OSError."""
        ...
