"""What is said of files that could not be changed."""

import errno

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.text import harmless

_WHY = {
    errno.EROFS: "the file system can only be read",
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EACCES: "this user may not",
    errno.EAGAIN: "somebody else is changing the users of this machine right now",
    errno.EPERM: "this user may not, or the file is protected (lsattr)",
}
_HINT = {
    errno.EROFS: "Make it writable (mount -o remount,rw ...), then try again.",
    errno.ENOSPC: "Make room (df tells where), then try again.",
}


def why(error: OSError) -> str:
    """Why a file cannot be changed, behind a colon."""
    return _WHY.get(error.errno or 0) or harmless(error.strerror or "unknown error")


def not_changed(error: OSError) -> QuantixError:
    """The problem of files that were to be changed all or none, and were not."""
    place = harmless(str(error.filename or ""), 120) or "A file"
    return QuantixError(
        Problem(
            ErrorCode.CONFIG_WRITE_ERROR,
            f"{place} cannot be changed: {why(error)}. The files are as they were before.",
            _HINT.get(error.errno or 0, "Mend that, then try again."),
            errno.errorcode.get(error.errno or 0, "io").lower(),
        )
    )
