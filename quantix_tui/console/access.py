"""Who may do what on this console (DESIGN 8): everybody may look, an administrator may change.

On a line of the machine nobody is logged in until an administrator says who he is; the console locks again when no
key comes. In a session of somebody's own (SSH, a shell) that user counts.
"""

from dataclasses import dataclass, replace

COUNTED_SECONDS = 60.0
"""The last of them are counted down one by one."""


@dataclass(frozen=True, slots=True)
class Access:
    """``line`` is the line that the console owns, None in somebody's session. ``user`` is who is there, None while
    nobody is logged in; ``administrator`` whether that user may change the node."""

    line: str | None = None
    user: str | None = None
    administrator: bool = False

    @property
    def locked(self) -> bool:
        """Whether an administrator can log in here, and has not."""
        return self.line is not None and self.user is None

    def logged_in(self, user: str) -> "Access":
        return replace(self, user=user, administrator=True)

    def locked_again(self) -> "Access":
        """A line without its administrator; a session stays what it is."""
        return self if self.line is None else Access(self.line)


def owned_line(line: str) -> Access:
    return Access(line)


def own_session(user: str, *, administrator: bool) -> Access:
    return Access(None, user, administrator)


@dataclass(frozen=True, slots=True)
class IdleLock:
    """``after`` seconds of the monotonic clock without a key, the console locks."""

    after: float
    last_key: float

    def key(self, now: float) -> "IdleLock":
        return replace(self, last_key=now)

    def remaining(self, now: float) -> float:
        """Seconds until it locks; 0 when it is time."""
        return max(0.0, self.after - (now - self.last_key))


def countdown(seconds: float) -> str:
    """What remains until the console locks: minutes (begun ones count), the last minute in seconds."""
    if seconds > COUNTED_SECONDS:
        return f"{-int(-seconds // 60)} min"
    return f"{-int(-seconds // 1)} s"


def access_words(access: Access, remaining: float) -> str:
    """What the first line of the screen says of it; nothing where there is nothing to know."""
    if access.locked:
        return "locked"
    if access.line is not None:
        return f"{access.user}, locks in {countdown(remaining)}"
    return "" if access.administrator else f"{access.user}, looking only"
