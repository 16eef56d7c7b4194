"""The archive itself: written whole or not at all, for its owner only, looked through before it is handed out."""

import contextlib
import errno
import io
import json
import os
import tarfile
import tempfile
import threading
from collections.abc import Sequence
from datetime import datetime

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.text import harmless
from quantix_tui.host.bundle.collecting import Collected
from quantix_tui.host.bundle.secrets import Redactor

MANIFEST = "manifest.json"
DEFAULT_FOLDER = "/var/tmp"  # noqa: S108 - mkstemp makes a new file, and only its owner reads it
_TEMPORARY = ".quantix-support-"
_PIECE = 1 << 18


def default_name(node: str, now: datetime) -> str:
    """``quantix-support-NODE-DATE.tar.gz``; of the node's name only what is harmless in one."""
    safe = "".join(character if character.isascii() and character.isalnum() else "-" for character in node)[:60]
    return f"quantix-support-{safe or 'node'}-{now:%Y%m%d-%H%M%S}.tar.gz"


def pack(collected: Sequence[Collected], folder: str, now: datetime) -> bytes:
    """The archive's bytes: every item below ``folder``, and a manifest that tells what is there and what is not."""
    manifest = {
        "created": now.isoformat(timespec="seconds"),
        "items": [
            {"name": item.name, "bytes": len(item.content.encode("utf-8", "replace")), "error": item.error or None}
            for item in collected
        ],
    }
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz", format=tarfile.PAX_FORMAT) as archive:
        for name, content in (
            (MANIFEST, json.dumps(manifest, indent=2)),
            *((item.name, item.content) for item in collected if not item.error),
        ):
            data = content.encode("utf-8", "replace")
            entry = tarfile.TarInfo(f"{folder}/{name}")
            entry.size, entry.mode, entry.mtime = len(data), 0o600, int(now.timestamp())
            archive.addfile(entry, io.BytesIO(data))
    return packed.getvalue()


def refuse_secrets(packed: bytes, redactor: Redactor) -> None:
    """Look through the finished archive. Raises ``internal`` when a known secret stands in it: it is not handed out."""
    with tarfile.open(fileobj=io.BytesIO(packed), mode="r:gz") as archive:
        for entry in archive:
            file = archive.extractfile(entry)
            text = file.read().decode("utf-8", "replace") if file else ""
            if redactor.holds_known(text) or redactor.holds_known(entry.name):
                raise QuantixError(
                    Problem(
                        ErrorCode.INTERNAL,
                        "The bundle was not written: a secret of this node was found in it although it was removed.",
                        "Report this as a fault of the console; nothing has left this machine.",
                        "secret_in_bundle",
                    )
                )


def refuse_place(path: str) -> None:
    """Raises :class:`QuantixError` where nothing can be written to ``path``. It leaves nothing there."""
    _refuse_taken(path)
    try:
        with tempfile.TemporaryFile(prefix=_TEMPORARY, dir=os.path.dirname(path) or "."):
            pass
    except OSError as error:
        raise QuantixError(not_written(error, path, 0)) from None


def _refuse_taken(path: str) -> None:
    """Raises where there is something at ``path`` already, for nothing is ever overwritten, or no folder for it."""
    folder = os.path.dirname(path) or "."
    where = harmless(folder, 200)
    why: OSError
    if os.path.lexists(path):
        kind = "folder" if os.path.isdir(path) else "file"
        why = FileExistsError(errno.EEXIST, f"there is a {kind} of this name already")
    elif not os.path.lexists(folder):
        why = FileNotFoundError(errno.ENOENT, f"there is no folder {where}")
    elif not os.path.isdir(folder):
        why = NotADirectoryError(errno.ENOTDIR, f"{where} is no folder")
    else:
        return
    raise QuantixError(not_written(why, path, 0))


def write(packed: bytes, path: str, stopped: threading.Event | None = None) -> None:
    """Write the archive to ``path``, mode 0600, whole or not at all. Blocks; ``stopped`` makes it give up.

    Raises :class:`QuantixError` (``bundle_not_written``): there is a file already, no room (with how much it takes),
    or the folder cannot be written to.
    """
    folder = os.path.dirname(path) or "."
    temporary = ""
    _refuse_taken(path)
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=_TEMPORARY, dir=folder)
        with os.fdopen(descriptor, "wb") as file:
            for place in range(0, len(packed), _PIECE):
                file.write(packed[place : place + _PIECE])
                _give_up(stopped)
            file.flush()
            os.fsync(file.fileno())
        _give_up(stopped)
        os.rename(temporary, path)
        _sync(folder)
    except OSError as error:
        raise QuantixError(not_written(error, path, len(packed))) from None
    finally:
        # Also when it is interrupted: nothing half written is left. After the rename there is none.
        if temporary:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary)


def _give_up(stopped: threading.Event | None) -> None:
    if stopped is not None and stopped.is_set():
        raise InterruptedError(errno.EINTR, "it was stopped")


def _sync(folder: str) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def not_written(error: OSError, path: str, size: int) -> Problem:
    """Why the archive could not be written, and what to do. ``size``: what it takes; nought: not known yet."""
    where = harmless(path, 200)
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return Problem(
            ErrorCode.BUNDLE_NOT_WRITTEN,
            f"There is no room for {where}{f': it takes {told_size(size)}' if size else ''}.",
            "Make room there, or choose another place.",
            "no_room",
        )
    why = harmless(error.strerror or "unknown error").rstrip(".")
    return Problem(
        ErrorCode.BUNDLE_NOT_WRITTEN,
        f"{where} cannot be written: {why[:1].lower()}{why[1:]}.",
        "Choose another file or another place.",
        "not_written",
    )


def told_size(size: int) -> str:
    """``812 kB``, ``3.4 MB``."""
    return f"{size / 1e6:.1f} MB" if size >= 1_000_000 else f"{max(1, size // 1000)} kB"
