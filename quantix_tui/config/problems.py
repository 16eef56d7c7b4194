"""What can go wrong with the configuration, in words (document, "Config Write Error")."""

import errno
import os
from pathlib import Path

from quantix_tui.cluster.errors import NOTHING_SAVED, ErrorCode, Problem
from quantix_tui.cluster.text import harmless
from quantix_tui.config.atomic import ChangedMeanwhile, LockBusy
from quantix_tui.config.layout import DocumentFault

_RUN_AS_ROOT = "Run this as root, or check who owns {directory} and what its mode is."
_CAUSES: dict[int, tuple[str, str, str]] = {
    errno.ENOSPC: ("disk_full", "the disk is full", "Free some space on the disk of {directory}, then try again."),
    errno.EDQUOT: ("disk_full", "the disk quota is used up", "Free some space in {directory}, then try again."),
    errno.EROFS: (
        "read_only",
        "the file system is read-only",
        "Make the file system of {directory} writable (mount -o remount,rw ...), then try again.",
    ),
    errno.EACCES: ("no_permission", "there is no permission", _RUN_AS_ROOT),
    errno.EPERM: ("no_permission", "there is no permission", _RUN_AS_ROOT),
    errno.EIO: (
        "io_error",
        "the disk reported an input/output error",
        "Look at the disk of {directory} (dmesg shows its errors), then try again.",
    ),
    errno.ENOENT: ("missing_folder", "its folder does not exist", "Create {directory}, then try again."),
    errno.ENOTDIR: ("missing_folder", "its folder is not a folder", "Put a folder at {directory}, then try again."),
    errno.EISDIR: (
        "not_a_file",
        "there is a folder in its place",
        "Move {file} away, or name another configuration file.",
    ),
    errno.EINVAL: (
        "not_a_file",
        "it is not a regular file",
        "Move {file} away, or name another configuration file.",
    ),
    errno.EFBIG: ("too_large", "the file is too large", "Check what {file} holds, then try again."),
    errno.ELOOP: ("not_a_file", "its symbolic links go in a circle", "Mend the link {file}, then try again."),
}


def unwritten(path: Path, error: OSError) -> Problem:
    """A save that failed with the old configuration still in place."""
    if isinstance(error, LockBusy):
        return Problem(
            ErrorCode.CONFIG_WRITE_ERROR,
            f"The configuration {path} could not be saved: another program has kept it locked for too long. "
            f"{NOTHING_SAVED}",
            f"Wait for that program to end, then try again (`fuser {error.filename}` names it).",
            "locked",
        )
    if isinstance(error, ChangedMeanwhile):
        return Problem(
            ErrorCode.CONFIG_WRITE_ERROR,
            f"The configuration {path} could not be saved: another program keeps changing it. {NOTHING_SAVED}",
            "Close the editor or program that writes to it, then try again.",
            "changed_meanwhile",
        )
    reason, cause, hint = _cause(path, error)
    return Problem(
        ErrorCode.CONFIG_WRITE_ERROR,
        f"The configuration {path} could not be saved: {cause}. {NOTHING_SAVED}",
        hint,
        reason,
    )


def unconfirmed(path: Path, error: OSError) -> Problem:
    """A failure after the new configuration had taken its place: what is left is done at the next start."""
    _, cause, hint = _cause(path, error)
    return Problem(
        ErrorCode.CONFIG_WRITE_ERROR,
        f"The change to {path} was made, but not all of it is safely on the disk: {cause}.",
        f"{hint} The rest is done at the next start of the node daemon.",
        "unconfirmed",
    )


def unreadable(path: str, error: OSError) -> Problem:
    """A file that could not be read."""
    reason, cause, hint = _cause(Path(path), error)
    return Problem(ErrorCode.CONFIG_UNREADABLE, f"{path} could not be read: {cause}.", hint, reason)


def unusable(path: Path, fault: DocumentFault) -> Problem:
    """A configuration that was read but cannot be understood or safely edited."""
    place = f"{path}, line {fault.line}" if fault.line else str(path)
    return Problem(
        ErrorCode.CONFIG_UNREADABLE,
        f"The configuration cannot be used as it stands: {place}: {harmless(fault.what)}.",
        fault.cure,
        fault.reason,
        {"file": str(path), "line": str(fault.line)} if fault.line else {"file": str(path)},
    )


def foreign(path: str) -> Problem:
    """A file beside the configuration that this program did not write so."""
    return Problem(
        ErrorCode.CONFIG_UNREADABLE,
        f"{path} does not hold what this program keeps there.",
        "Move it away, then try again; a control plane that this node has left may have to be told by hand.",
        "foreign_file",
    )


def overtaken(path: Path) -> Problem:
    """A registration that arrives when the node has meanwhile left, or joined elsewhere."""
    return Problem(
        ErrorCode.CONFIG_WRITE_ERROR,
        f"The registration was not kept: the node's membership in {path} was changed while it was under way. "
        f"{NOTHING_SAVED}",
        "Nothing has to be done: the node daemon goes on with the membership as it is now.",
        "overtaken",
    )


def _cause(path: Path, error: OSError) -> tuple[str, str, str]:
    number = error.errno or 0
    reason, cause, hint = _CAUSES.get(
        number,
        (
            errno.errorcode.get(number, "unknown").lower(),
            os.strerror(number)[:1].lower() + os.strerror(number)[1:],
            "Check {file}, then try again.",
        ),
    )
    return reason, cause, hint.format(file=path, directory=path.parent)
