"""One at a time sets a node up: tty1, a serial line, an SSH session, or answers that came with the boot."""

import contextlib
import fcntl
import os
from collections.abc import Iterator

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.host.files.problems import not_changed

LOCK = "setup.lock"


@contextlib.contextmanager
def claimed(folder: str) -> Iterator[None]:
    """Held while the node is being set up; it ends with the process. Raises :class:`QuantixError` when it is taken."""
    try:
        os.makedirs(folder, 0o700, exist_ok=True)
        descriptor = os.open(os.path.join(folder, LOCK), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise not_changed(error) from None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise QuantixError(_TAKEN) from None
        yield
    finally:
        os.close(descriptor)


_TAKEN = Problem(
    ErrorCode.MACHINE_REFUSED,
    "This node is being set up right now, on another console or from answers. Nothing was changed.",
    "Wait until that has ended, then try again.",
    "setup_runs",
)
