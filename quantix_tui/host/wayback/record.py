"""What a trial keeps on the disk: the way back, and until when it waits."""

import json
import os
import time
from dataclasses import asdict, dataclass, field

from quantix_tui.host.addresses import read_text
from quantix_tui.host.wayback.files import read
from quantix_tui.host.wayback.runtime import InForce
from quantix_tui.host.work import Command

VERSION = 1
BOOT_ID = "/proc/sys/kernel/random/boot_id"


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that changes. ``second`` is the other name under which the old one stays; None: there was none."""

    path: str
    second: str | None


@dataclass(frozen=True, slots=True)
class Watched:
    """What has to be reachable, or the old settings come back before the time is up.

    ``gateway``: whether there ought to be one, on ``device`` (empty: on any), and where ``gateways`` are named, one of
    these: another one's answer says nothing of the new settings. ``control_plane``: host and port of the chosen one.
    """

    gateway: bool = False
    control_plane: tuple[str, int] | None = None
    device: str = ""
    gateways: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """The way back: ``before``, then the old files, then ``after``, then the addresses that no file gives.

    ``boot``: in which run of the machine.
    """

    boot: str
    kept: tuple[Kept, ...]
    before: tuple[Command, ...]
    after: tuple[Command, ...]
    watched: Watched = field(default_factory=Watched)
    in_force: tuple[InForce, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """The folder of a trial and the files in it."""

    folder: str

    @property
    def arming(self) -> str:
        return self._in("arming.json")

    @property
    def armed(self) -> str:
        return self._in("trial.json")

    @property
    def going_back(self) -> str:
        return self._in("going-back.json")

    @property
    def confirmed(self) -> str:
        return self._in("confirmed.json")

    @property
    def deadline(self) -> str:
        return self._in("deadline")

    @property
    def result(self) -> str:
        """In which run of the machine it went back, when (:func:`now`) and why; until the next trial."""
        return self._in("went-back")

    @property
    def keeper_lock(self) -> str:
        return self._in("keeper.lock")

    @property
    def back_lock(self) -> str:
        return self._in("back.lock")

    @property
    def is_armed(self) -> bool:
        """Whether settings are on trial."""
        return os.path.exists(self.armed)

    @property
    def is_going_back(self) -> bool:
        return os.path.exists(self.going_back)

    @property
    def is_busy(self) -> bool:
        return self.is_armed or self.is_going_back

    def _in(self, name: str) -> str:
        return os.path.join(self.folder, name)


def this_boot() -> str:
    return read_text(BOOT_ID).strip()


def now() -> float:
    """Seconds since the machine started, those asleep among them: nobody sets this clock."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def to_bytes(record: Record) -> bytes:
    body = {
        "version": VERSION,
        "boot": record.boot,
        "kept": [[kept.path, kept.second] for kept in record.kept],
        "before": [_command(command) for command in record.before],
        "after": [_command(command) for command in record.after],
        "watched": asdict(record.watched),
        "in_force": [asdict(each) for each in record.in_force],
    }
    return json.dumps(body, indent=1).encode()


def from_bytes(data: bytes) -> Record:
    """Raises ValueError, KeyError or TypeError for what is no record."""
    body = json.loads(data)
    if body["version"] != VERSION:
        raise ValueError("written by another version")
    watched = body["watched"]
    control_plane = watched["control_plane"]
    return Record(
        body["boot"],
        tuple(Kept(path, second) for path, second in body["kept"]),
        tuple(_from(command) for command in body["before"]),
        tuple(_from(command) for command in body["after"]),
        Watched(
            watched["gateway"],
            (control_plane[0], control_plane[1]) if control_plane else None,
            watched["device"],
            tuple(watched["gateways"]),
        ),
        tuple(InForce(each["device"], tuple(each["addresses"]), tuple(each["gateways"])) for each in body["in_force"]),
    )


def read_record(path: str) -> Record | None:
    """None when there is none. Raises OSError, and as :func:`from_bytes`."""
    data = read(path)
    return None if data is None else from_bytes(data)


def _command(command: Command) -> list[object]:
    if command.given is not None:
        raise ValueError("a secret has no place on the way back")
    return [list(command.words), command.within]


def _from(body: list[object]) -> Command:
    words, within = body
    if not isinstance(words, list) or not isinstance(within, int | float):
        raise TypeError("no command")
    # Whatever fails on the way back, the rest of the way is gone.
    return Command(tuple(map(str, words)), float(within), optional=True)
