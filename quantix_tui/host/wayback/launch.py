"""Starting the keeper so that it outlives whoever starts it."""

import asyncio
import os
import sys
import time
import zlib

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.text import harmless
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.lines.init import Init, is_running
from quantix_tui.host.programs import run
from quantix_tui.host.services import last_lines
from quantix_tui.host.wayback.back import keeper_lives
from quantix_tui.host.wayback.record import Place
from quantix_tui.settings import STATE

UNIT = "quantix-network-trial"
MODULE = "quantix_tui.host.wayback.keeper"
READY_SECS = 30.0
"""A machine that is busy with its first boot, from a slow disk, takes more than ten for a Python of its own."""
_STARTED_SECS = 10.0
_POLL_SECS = 0.02
_AGAIN_SECS = 0.3
# The first child leaves at once: its own is nobody's, in a session of its own, without a terminal.
_DETACHED = (
    "import os,sys\n"
    "if os.fork(): os._exit(0)\n"
    "os.setsid()\n"
    "null=os.open(os.devnull,os.O_RDWR)\n"
    "for number in (0,1,2): os.dup2(null,number)\n"
    "os.chdir('/')\n"
    "os.execv(sys.executable,[sys.executable,'-m',sys.argv[1],sys.argv[2]])\n"
)


def keeper_command(place: Place, *, systemd: bool) -> tuple[str, ...]:
    """systemd keeps it apart from the console's own unit or session, which end with all that is in them."""
    if not systemd:
        return (sys.executable, "-c", _DETACHED, MODULE, place.folder)
    path = os.environ.get("PYTHONPATH")
    return (
        *("systemd-run", "--quiet", "--collect", f"--unit={unit_of(place)}", "--property=Restart=on-failure"),
        *((f"--setenv=PYTHONPATH={path}",) if path else ()),
        *(sys.executable, "-m", MODULE, place.folder),
    )


def unit_of(place: Place) -> str:
    """The trials of other trees have units of their own."""
    return UNIT if os.path.dirname(place.folder) == STATE else f"{UNIT}-{zlib.crc32(place.folder.encode()):08x}"


async def start_keeper(place: Place) -> None:
    """Returns when it watches. Raises :class:`QuantixError` when it does not within :data:`READY_SECS`."""
    # Who is not root tries nothing but trees of their own, and has no units.
    systemd = os.geteuid() == 0 and is_running(Tree(), Init.SYSTEMD)
    command = keeper_command(place, systemd=systemd)
    refusal = await _refusal(command)
    until = time.monotonic() + _STARTED_SECS
    while refusal and systemd and time.monotonic() < until:
        # systemd forgets the unit of the trial before a little after its end, and takes no second one of the name.
        await asyncio.sleep(_AGAIN_SECS)
        refusal = await _refusal(command)
    if refusal:
        raise _not_started(refusal)
    if not await asyncio.to_thread(_came_up, place):
        raise _not_started(f"it did not come up within {READY_SECS:g} s")


async def _refusal(command: tuple[str, ...]) -> str:
    """Why it cannot be started; empty when it was."""
    try:
        ran = await run(command, _STARTED_SECS)
    except OSError as error:
        return harmless(error.strerror or "unknown error")
    return "" if ran.code == 0 else last_lines(ran.output) or "it ended at once"


def _came_up(place: Place) -> bool:
    until = time.monotonic() + READY_SECS
    while not keeper_lives(place):
        if time.monotonic() > until:
            return False
        time.sleep(_POLL_SECS)
    return True


def _not_started(why: str) -> QuantixError:
    return QuantixError(
        Problem(
            ErrorCode.MACHINE_REFUSED,
            f"What brings the old network settings back could not be started: {why.rstrip('.')}. Nothing was changed.",
            "Without it a slip could cut this node off. Mend that, then try again.",
            "no_keeper",
        )
    )
