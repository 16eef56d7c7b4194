"""The services under systemd: one ``systemctl show`` for all."""

import time
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from quantix_tui.host.node_services.known import KNOWN, Known
from quantix_tui.host.node_services.state import Run, Service, State

PROPERTIES = (
    *("Id", "LoadState", "ActiveState", "SubState", "StateChangeTimestampMonotonic", "MainPID", "MemoryCurrent"),
    *("Result", "ExecMainCode", "ExecMainStatus", "UnitFileState"),
)
_RUNS = {
    "active": Run.RUNNING,
    "reloading": Run.RUNNING,
    "activating": Run.STARTING,
    "deactivating": Run.STOPPING,
    "inactive": Run.STOPPED,
    "failed": Run.FAILED,
}
_RESULTS = {
    "timeout": "it did not answer in time",
    "core-dump": "it crashed",
    "watchdog": "it hung, and was ended by its watchdog",
    "start-limit-hit": "it ended too often in a short time",
    "oom-kill": "it was ended because the memory was used up",
    "resources": "what it needs could not be had",
    "exec-condition": "a condition for its start was not met",
}
_KILLED = ("2", "3")
"""CLD_KILLED and CLD_DUMPED of siginfo_t, as ExecMainCode has them."""


def show_command() -> tuple[str, ...]:
    units = (unit for known in KNOWN for unit in known.units)
    return ("systemctl", "show", f"--property={','.join(PROPERTIES)}", "--", *units)


def read_services(output: str, now: float | None = None) -> list[Service]:
    """Out of what ``systemctl show`` printed. ``now`` is the monotonic clock, in seconds."""
    moment = time.monotonic() if now is None else now
    blocks = [block for block in _blocks(output) if block.get("LoadState") not in (None, "not-found")]
    services: list[Service] = []
    for known in KNOWN:
        services += _those_of(known, blocks, moment)
    return services


def _those_of(known: Known, blocks: Sequence[Mapping[str, str]], now: float) -> Iterator[Service]:
    """Its instances; or of the units by which it may go the one in use."""
    found: list[Service] = []
    for pattern in known.units:
        found += [
            Service(known, block["Id"], _state(block, now))
            for block in blocks
            if fnmatchcase(block.get("Id", ""), pattern)
        ]
    if any("*" in pattern for pattern in known.units):
        yield from found
        return
    # An alias is the same unit again: its Id is that of the unit it stands for.
    alive = [service for service in found if service.state.run is not Run.STOPPED]
    masked = [block["Id"] for block in blocks if block.get("LoadState") == "masked"]
    if chosen := [*alive, *(service for service in found if service.unit not in masked)][:1]:
        yield from chosen
    elif known.always:
        yield Service(known, known.units[0], State(Run.MISSING))


def _blocks(output: str) -> Iterator[dict[str, str]]:
    """A unit a block, an empty line between two."""
    for block in output.split("\n\n"):
        yield dict(pair for line in block.splitlines() if (pair := _pair(line)) is not None)


def _pair(line: str) -> tuple[str, str] | None:
    name, equals, value = line.partition("=")
    return (name, value.strip()) if equals else None


def _state(block: Mapping[str, str], now: float) -> State:
    run = _RUNS.get(block.get("ActiveState", ""), Run.UNKNOWN)
    if run is Run.RUNNING and block.get("SubState") == "exited":
        run = Run.DONE
    changed = _number(block.get("StateChangeTimestampMonotonic"))
    enabled = block.get("UnitFileState", "")
    return State(
        run,
        max(0.0, now - changed / 1e6) if changed else None,
        _number(block.get("MainPID")) or None,
        _memory(block.get("MemoryCurrent")),
        _why(block),
        None if enabled in ("", "static", "indirect", "generated") else enabled.startswith("enabled"),
    )


def _why(block: Mapping[str, str]) -> str:
    result = block.get("Result", "")
    if result in ("", "success"):
        return ""
    status = block.get("ExecMainStatus", "")
    if result == "signal" or (result == "exit-code" and block.get("ExecMainCode") in _KILLED):
        return f"it was ended by signal {status}"
    if result == "exit-code":
        return f"it ended with exit status {status}"
    return _RESULTS.get(result, result)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0


def _memory(text: str | None) -> int | None:
    """None where it is not counted: systemd then says ``[not set]`` or the largest number there is."""
    value = _number(text)
    return value if 0 < value < 1 << 62 else None
