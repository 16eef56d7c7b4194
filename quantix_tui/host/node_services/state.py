"""How a service is."""

from dataclasses import dataclass
from enum import StrEnum

from quantix_tui.host.node_services.known import Known


class Run(StrEnum):
    """What it does now."""

    RUNNING = "running"
    DONE = "done"
    """It had something to do at the start, has done it, and needs no process."""
    STARTING = "starting"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FAILED = "failed"
    MISSING = "not installed"
    UNKNOWN = "unknown"

    @property
    def settled(self) -> bool:
        return self not in (Run.STARTING, Run.STOPPING, Run.UNKNOWN)

    @property
    def is_up(self) -> bool:
        return self in (Run.RUNNING, Run.DONE)


@dataclass(frozen=True, slots=True)
class State:
    """``age`` is how many seconds it has been so, ``memory`` in bytes; None where that is not known.

    ``why`` is how it ended last, in words; empty where there is nothing to say.
    """

    run: Run
    age: float | None = None
    pid: int | None = None
    memory: int | None = None
    why: str = ""
    at_boot: bool | None = None
    """Whether it is started with the machine."""


@dataclass(frozen=True, slots=True)
class Service:
    """One service as it is. ``unit`` is its name under the manager of this machine."""

    known: Known
    unit: str
    state: State

    @property
    def name(self) -> str:
        """With what tells instances apart: ``Console tty1``."""
        _, at, instance = self.unit.removesuffix(".service").partition("@")
        return f"{self.known.name} {instance}" if at else self.known.name


class Act(StrEnum):
    """What can be done with one."""

    RESTART = "restart"
    START = "start"
    STOP = "stop"


def acts(service: Service) -> tuple[Act, ...]:
    """Those that make sense as it is now, the usual one first."""
    run = service.state.run
    if run is Run.MISSING:
        return ()
    if run in (Run.STOPPED, Run.FAILED):
        return (Act.START,)
    return (Act.RESTART, Act.STOP) if service.known.stoppable else (Act.RESTART,)


def consequence(service: Service, act: Act) -> str:
    """What it means for whoever does it, in whole sentences."""
    if act is Act.STOP:
        return service.known.stopped
    return service.known.restarted if act is Act.RESTART else ""
