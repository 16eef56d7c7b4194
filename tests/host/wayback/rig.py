"""Settings to try that are files and small programs; and the processes around a trial."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from quantix_tui.host.files.changes import Edit, File, Put, Remove
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.netconfig.wanted import NetworkWork
from quantix_tui.host.wayback.back import keeper_lives
from quantix_tui.host.wayback.record import Place, Watched
from quantix_tui.host.wayback.trying import Trial, try_network
from quantix_tui.host.work import Command, Work
from tests.support.waiting import wait_until

HERE = Tree("/")
NOTHING_WATCHED = Watched()


def nobody(_: object) -> None: ...


class Machine:
    """A "network" of three files, and what is in force: the content of the first at the last application."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.place = Place(str(folder / "trial"))
        self.edited, self.new, self.removed = (folder / name for name in ("edited", "new", "removed"))
        self.in_force = folder / "in-force"
        folder.mkdir(exist_ok=True)
        self.edited.write_text("old\n")
        self.edited.chmod(0o640)
        self.removed.write_text("gone\n")
        self.in_force.write_text("old\n")

    def work(self, *, more: tuple[Command, ...] = ()) -> NetworkWork:
        apply = Command(("cp", str(self.edited), str(self.in_force)))
        changes = (
            Edit(str(self.edited), b"new\n"),
            Put(str(self.new), File(b"new\n")),
            Remove(str(self.removed)),
        )
        return NetworkWork(Work(changes=changes, after=(apply, *more)), (Command(("false",)),), (apply,))

    async def attempt(self, seconds: float = 60.0, *, more: tuple[Command, ...] = ()) -> Trial:
        work = self.work(more=more)
        return await try_network(self.place, work, HERE, tell=nobody, watched=NOTHING_WATCHED, seconds=seconds)

    @property
    def is_old(self) -> bool:
        same = self.edited.read_text() == self.in_force.read_text() == "old\n"
        return same and self.edited.stat().st_mode & 0o777 == 0o640 and self.removed.exists() and not self.new.exists()

    @property
    def is_new(self) -> bool:
        same = self.edited.read_text() == self.in_force.read_text() == "new\n"
        return same and self.new.exists() and not self.removed.exists()

    @property
    def leftovers(self) -> list[str]:
        """What a trial that is over has left beside the files."""
        known = {"edited", "new", "removed", "in-force", "trial", "parent.json"}
        inside = {"keeper.lock", "back.lock", "deadline", "went-back"}
        here = [name for name in os.listdir(self.folder) if name not in known]
        return here + [name for name in os.listdir(self.place.folder) if name not in inside]

    def wait_until_over(self) -> None:
        wait_until(lambda: not self.place.is_busy and not keeper_lives(self.place), "the end of the trial")


def keepers(place: Place) -> list[int]:
    """The processes that watch over the trial."""
    return [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if _keeps(pid, place)]


def _keeps(pid: int, place: Place) -> bool:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return b"quantix_tui.host.wayback.keeper" in words and place.folder.encode() in words


def kill_keepers(place: Place) -> None:
    for pid in keepers(place):
        os.kill(pid, signal.SIGKILL)
    # Its files are closed some time after its memory is gone.
    wait_until(lambda: not keepers(place) and not keeper_lives(place), "the end of the keeper")


def start_parent(machine: Machine, seconds: float) -> "subprocess.Popen[bytes]":
    """A console that has begun a trial, and waits."""
    said = machine.folder / "parent.json"
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.host.wayback.rig", str(machine.folder), str(seconds), str(said)],
        start_new_session=True,
    )
    wait_until(said.exists, "the console's trial")
    return process


async def _main(folder: str, seconds: float, said: Path) -> None:
    await Machine(Path(folder)).attempt(seconds)
    said.with_suffix(".new").write_text(json.dumps("begun"))
    said.with_suffix(".new").rename(said)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], float(sys.argv[2]), Path(sys.argv[3])))
