"""Messages of the kernel and of systemd: aside while consoles stand on the virtual consoles, then as they were before.

Where the virtual consoles are the only place where the kernel prints, its level is lowered to what matters most: the
words of a panic still reach the screen. Where it prints on a serial line or over the network too, lowering would cost
those their log; then the messages of the virtual consoles go to another one (:data:`MESSAGES_CONSOLE`, Alt-F12).
Nothing is lost either way: ``dmesg`` and the journal have it all.
"""

import contextlib
import fcntl
import json
import os
import signal
import subprocess
from dataclasses import dataclass

from quantix_tui.host.addresses import read_text

STATE_FILE = "/run/quantix-console-messages.json"
MESSAGES_CONSOLE = 12
QUIET_LEVEL = 1
"""Only emergencies (level 0) are printed (syslog(2))."""
_PRINTK = "/proc/sys/kernel/printk"
# linux/tiocl.h, ioctl_console(2)
_TIOCLINUX = 0x541C
_TIOCL_SETKMSGREDIRECT = 11
_TIOCL_GETKMSGREDIRECT = 17
_MANAGER = ("org.freedesktop.systemd1", "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager")
_TIMEOUT_SECS = 5.0


@dataclass(frozen=True, slots=True)
class Before:
    """How it was, as far as it was changed."""

    level: int | None = None
    redirect: int | None = None
    status_shown: bool = False


def only_on_virtual_consoles(consoles: str) -> bool:
    """Whether the kernel prints nowhere else; ``consoles`` as in ``/proc/consoles`` (proc(5))."""
    names = [line.split()[0] for line in consoles.splitlines() if line.split()]
    return bool(names) and all(name.startswith("tty") and name[3:].isdecimal() for name in names)


def put_aside() -> None:
    """Keep the messages off the virtual consoles. Does nothing when that has been done. Raises OSError."""
    if os.path.exists(STATE_FILE):
        return
    if only_on_virtual_consoles(read_text("/proc/consoles")):
        before = Before(level=int(read_text(_PRINTK).split()[0]), status_shown=_status_shown())
    else:
        before = Before(redirect=_redirect_to(None), status_shown=_status_shown())
    _remember(before)
    if before.level is not None:
        _set_level(min(before.level, QUIET_LEVEL))
    else:
        _redirect_to(MESSAGES_CONSOLE)
    if before.status_shown:
        _show_status(shown=False)


def put_back() -> None:
    """What :func:`put_aside` has changed is again as it was. Raises OSError."""
    before = _remembered()
    if before is None:
        return
    if before.level is not None:
        _set_level(before.level)
    if before.redirect is not None:
        _redirect_to(before.redirect)
    if before.status_shown:
        _show_status(shown=True)
    os.unlink(STATE_FILE)


def _remember(before: Before) -> None:
    new = STATE_FILE + ".new"
    with open(new, "w", encoding="ascii") as file:
        json.dump({"level": before.level, "redirect": before.redirect, "status_shown": before.status_shown}, file)
    os.rename(new, STATE_FILE)


def _remembered() -> Before | None:
    text = read_text(STATE_FILE)
    return Before(**json.loads(text)) if text else None


def _set_level(level: int) -> None:
    with open(_PRINTK, "w", encoding="ascii") as file:
        file.write(str(level))


def _redirect_to(console: int | None) -> int:
    """Send the kernel's messages to a virtual console (0: the one in front); None only asks. Returns what was set."""
    # A console that was never opened takes no messages (vt_console_print).
    descriptor = os.open(f"/dev/tty{console or 0}", os.O_RDWR | os.O_NOCTTY)
    try:
        answer = bytearray([_TIOCL_GETKMSGREDIRECT, 0])
        before: int = fcntl.ioctl(descriptor, _TIOCLINUX, answer)
        if console is not None:
            fcntl.ioctl(descriptor, _TIOCLINUX, bytes([_TIOCL_SETKMSGREDIRECT, console]))
    finally:
        os.close(descriptor)
    return before


def _status_shown() -> bool:
    return _output("systemctl", "show", "--property=ShowStatus", "--value").strip() == b"yes"


def _show_status(*, shown: bool) -> None:
    # The empty word takes our wish back, so that systemd's own rule holds again (org.freedesktop.systemd1(5)); the
    # signals of systemd(1) are for a manager that cannot be called.
    word = "" if shown else "no"
    if _output("busctl", "call", *_MANAGER, "SetShowStatus", "s", word, if_failed=b"failed") == b"failed":
        with contextlib.suppress(PermissionError):
            os.kill(1, signal.SIGRTMIN + (20 if shown else 21))


def _output(*command: str, if_failed: bytes = b"") -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and every word of it is ours
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_TIMEOUT_SECS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return if_failed
    return done.stdout if done.returncode == 0 else if_failed
