"""The left column: what this machine is and how to reach it. It never changes place."""

from collections.abc import Sequence
from dataclasses import dataclass

from quantix_tui.cluster import spans
from quantix_tui.console import words
from quantix_tui.console.frames import Pane
from quantix_tui.console.lines import BLANK, Line, Role, cut
from quantix_tui.console.look import Look, Signs
from quantix_tui.console.meters import gauge, spark
from quantix_tui.console.view import Reading
from quantix_tui.console.widgets.panel import Panel
from quantix_tui.host.facts import HostFacts, HostMetrics, InterfaceAddress

LABEL = 12
HISTORY = 16
"""Columns of a history: at most so many samples."""
TITLE: Line = (("THIS NODE", Role.TITLE),)
ROOMY = 18
"""Lines from which the machine itself is told too."""


@dataclass(frozen=True, slots=True)
class NodePicture:
    """What the column is drawn from at the monotonic time ``now``."""

    facts: Reading[HostFacts] | None
    metrics: Reading[HostMetrics] | None
    now: float
    history: Sequence[Reading[HostMetrics]] = ()
    """The last figures that were read, the newest last."""


class NodePanel(Panel):
    """The column with its divider on the right."""

    def __init__(self, picture: NodePicture) -> None:
        super().__init__(id="node")
        self._picture = picture
        self.divided = True
        """Whether the divider stands on the right: when the columns are side by side."""

    def show(self, picture: NodePicture) -> None:
        self._picture = picture
        self.redraw()

    def lines(self, width: int, height: int) -> Sequence[Line]:
        look, picture = self.look, self._picture
        pane = Pane(TITLE, divided=self.divided)
        return look.frame.pane(pane, lambda w, h: node_lines(picture, w, h, look), width, height)


def node_lines(picture: NodePicture, width: int, height: int, look: Look) -> list[Line]:
    facts = picture.facts.value if picture.facts else None
    head: list[Line] = []
    tail = _gauges(picture, width, look.signs)
    fixed = _identity(facts, picture, width, roomy=height >= ROOMY)
    # Addresses have what room is left: what does not fit is counted, never silently lost.
    room = max(1, height - len(head) - len(fixed) - len(tail)) if height else 99
    head += _addresses(facts, width, room)
    head += fixed
    gap = max(0, height - len(head) - len(tail)) if height else 1
    if look.airy and gap >= 2:
        # Bars that touch are one blot: between them the room is used better than above them.
        bars = len(tail) - 4
        apart = [line for bar in tail[bars:-1] for line in (bar, BLANK)]
        tail[bars:-1] = apart if gap > 3 else apart[:-1]
        gap = height - len(head) - len(tail)
    lines = [*head, *[BLANK] * gap, *tail]
    return lines[:height] if height else lines


def _row(label: str, value: str, width: int, role: Role = Role.TEXT) -> Line:
    return ((f" {label:<{LABEL - 1}} ", Role.DIM), (cut(value, max(1, width - LABEL - 2)), role))


def _addresses(facts: HostFacts | None, width: int, room: int) -> list[Line]:
    if facts is None:
        return [_row("Address", "asking ...", width, Role.DIM)]
    if not facts.addresses:
        value = facts.management_ip or "none: no cable, no DHCP answer?"
        return [_row("Address", value, width, Role.STRONG if facts.management_ip else Role.WARN)]
    lines: list[Line] = []
    shown = facts.addresses if len(facts.addresses) <= room else facts.addresses[: max(1, room - 1)]
    for place, item in enumerate(shown):
        label = "Address" if place == 0 else ""
        lines.append(((f" {label:<{LABEL - 1}} ", Role.DIM), *_address(item, width - LABEL - 2)))
    if len(shown) < len(facts.addresses) and room > 1:
        lines.append(_row("", f"and {len(facts.addresses) - len(shown)} more (Enter)", width, Role.DIM))
    return lines


def _address(item: InterfaceAddress, room: int) -> Line:
    """Address and interface; when both do not fit, the address gives way in its middle: the name says which cable."""
    name = cut(item.interface, max(4, room // 2))
    address = f"{item.address}/{item.prefix}"
    gap = "  " if len(address) + 2 + len(name) <= room else " "
    return ((cut(address, max(6, room - len(gap) - len(name))), Role.STRONG), (gap + name, Role.DIM))


def _identity(facts: HostFacts | None, picture: NodePicture, width: int, *, roomy: bool) -> list[Line]:
    if facts is None:
        return []
    uptime = facts.uptime_seconds
    up = words.UNKNOWN
    if uptime is not None and picture.facts is not None:
        up = spans.short(uptime + picture.facts.age(picture.now))
    rows = [
        ("Gateway", facts.gateway or words.UNKNOWN),
        ("DNS", ", ".join(facts.dns) or words.UNKNOWN),
        ("Serial no.", facts.serial_number or words.UNKNOWN),
        ("Up", up),
    ]
    return [_row(label, value, width) for label, value in rows + (_machine(facts) if roomy else [])]


def _machine(facts: HostFacts) -> list[tuple[str, str]]:
    """What a tall screen has room for."""
    rows = [
        ("Kernel", facts.kernel_version),
        ("Machine", " ".join(word for word in (facts.vendor, facts.model) if word)),
        ("Processor", facts.cpu_model),
        ("Memory", words.size(facts.memory_total_bytes) if facts.memory_total_bytes else None),
    ]
    return [(label, value) for label, value in rows if value]


def _gauges(picture: NodePicture, width: int, signs: Signs) -> list[Line]:
    reading = picture.metrics
    metrics = reading.value if reading else HostMetrics()
    past = [item.value for item in picture.history]
    lines = [
        _gauge("CPU", metrics.cpu_usage_percent, [item.cpu_usage_percent for item in past], width, signs),
        _gauge("Mem", metrics.memory_usage_percent, [item.memory_usage_percent for item in past], width, signs),
        _gauge("Disk", metrics.disk_usage_percent, (), width, signs),
        _machines(metrics, width),
    ]
    if reading is not None and reading.stale(picture.now):
        lines.insert(0, _row("Load", f"as of {words.ago(reading.age(picture.now))}", width, Role.WARN))
    return lines


def _gauge(label: str, percent: float | None, history: Sequence[float | None], width: int, signs: Signs) -> Line:
    """The gauge and its figure; where the look draws a history, what came before stands beside them."""
    past = min(HISTORY, max(0, (width - 16) * 2 // 5)) if signs.sparks else 0
    cells = max(6, min(40, width - 16 - past if past else width - 18))
    head = (f" {label:<5}", Role.DIM)
    if percent is None:
        return (head, (signs.empty * cells, Role.TRACK), (f"  {words.UNKNOWN}", Role.DIM))
    figure = (f" {words.percent(percent)}", Role.TEXT) if past else (f"  {words.percent(percent)}", Role.TEXT)
    return (head, *gauge(percent, cells, signs), figure, ("  ", Role.TEXT), *spark(history, past, signs))


def _machines(metrics: HostMetrics, width: int) -> Line:
    head = (f" {'VMs':<5}", Role.DIM)
    if metrics.vm_count is None:
        return (head, (words.UNKNOWN, Role.DIM))
    if metrics.vm_running_count is None:
        return (head, (f"{metrics.vm_count} in all", Role.TEXT))
    stopped = max(0, metrics.vm_count - metrics.vm_running_count)
    return (head, (f"{metrics.vm_running_count} running, {stopped} stopped", Role.TEXT))
