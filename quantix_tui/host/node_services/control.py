"""Reading the services and acting on one, through whatever manages them on this machine."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.text import harmless
from quantix_tui.host.logs.entry import Entry, Which
from quantix_tui.host.logs.sources import find_logs, place_of
from quantix_tui.host.node_services import openrc, systemd
from quantix_tui.host.node_services.state import Act, Service
from quantix_tui.host.privilege import as_root, typed_as_root, why_not_run
from quantix_tui.host.programs import run
from quantix_tui.host.services import SYSTEMD, ServiceManager, find_service_manager, last_lines

READ_WITHIN = 10.0
ACT_WITHIN = 120.0
"""Seconds; systemd gives a service 90 to start or to stop unless its unit says otherwise."""
LAST_WORDS = 5
"""Lines of its own log that a failure tells."""
NO_MANAGER = Problem(
    ErrorCode.NOT_SUPPORTED,
    "The services of this machine cannot be read: neither systemd nor OpenRC runs it, as in a container.",
    "Look at them with what started this machine.",
    "no_service_manager",
)


class Services(Protocol):
    """What the screens ask of the machine. All raise :class:`QuantixError`."""

    async def read(self) -> Sequence[Service]:
        """Those that there are, as they are now."""
        ...

    async def act(self, service: Service, act: Act) -> None:
        """Order it and wait until the manager says that it is done."""
        ...

    async def last_words(self, service: Service) -> Sequence[Entry]:
        """The last lines of its own log; none where they cannot be read."""
        ...


class MachineServices:
    """``root`` is ``/`` but for tests."""

    def __init__(self, root: str = "/") -> None:
        self._root = root

    async def read(self) -> Sequence[Service]:
        if self._manager() is not SYSTEMD:
            return await asyncio.to_thread(openrc.read_services, self._root)
        try:
            ran = await run(systemd.show_command(), READ_WITHIN)
        except OSError as error:
            raise _unread((error.strerror or "it cannot be run").lower()) from None
        if ran.code is None:
            raise _unread(f"it did not answer within {READ_WITHIN:g} s")
        if ran.code != 0:
            raise _unread(last_lines(ran.output) or f"exit status {ran.code}")
        return systemd.read_services(ran.output.decode("utf-8", "replace"))

    async def act(self, service: Service, act: Act) -> None:
        command = self._manager().command(act.value, service.unit)
        try:
            ran = await run(as_root(command), ACT_WITHIN)
        except OSError as error:
            raise _refused(service, act, command, why_not_run(as_root(command), error)) from None
        if ran.code is None:
            raise _refused(service, act, command, f"it did not finish within {ACT_WITHIN:g} s")
        if ran.code != 0:
            raise _refused(service, act, command, last_lines(ran.output) or f"exit status {ran.code}")

    async def last_words(self, service: Service) -> Sequence[Entry]:
        logs = await asyncio.to_thread(find_logs, self._root)
        log, subject = place_of(service.known.subject(service.unit), logs)
        if log is None or log.problem is not None:
            return ()
        return (await log.source.older(None, LAST_WORDS, Which(subject))).entries

    def _manager(self) -> ServiceManager:
        manager = find_service_manager(self._root)
        if manager is None:
            raise QuantixError(NO_MANAGER)
        return manager


def _unread(why: str) -> QuantixError:
    return QuantixError(
        Problem(
            ErrorCode.MACHINE_REFUSED,
            f"The services could not be read: systemctl: {harmless(why, 300).rstrip('.')}.",
            "Try systemctl status in a shell of this node.",
            "services_unread",
        )
    )


def _refused(service: Service, act: Act, command: Sequence[str], why: str) -> QuantixError:
    return QuantixError(
        Problem(
            ErrorCode.MACHINE_REFUSED,
            f"{service.name}: the {act.value} failed: {harmless(why, 300).rstrip('.')}.",
            f"From a shell: {typed_as_root(command)}",
            "service_refused",
        )
    )
