"""How soon something useful stands on the screen, and what it costs in memory."""

import socket
import sys

from tests.bench.measure import Figure, PtyProgram, resident_mb, wall_ms
from tests.support.sandbox import Sandbox, with_node

PYTHON = sys.executable
STATES = ("STANDALONE", "CONNECTED", "RESTART NEEDED", "DISCONNECTED", "UNKNOWN")


def startup_figures(sandbox: Sandbox, runs: int) -> list[Figure]:
    """Needs a sandbox whose node answers. The runs of each pair alternate, so that drift hits both."""
    name = socket.gethostname()
    nothing: list[float] = []
    minimal: list[float] = []
    minimal_memory: list[float] = []
    named: list[float] = []
    dashboard: list[float] = []
    state: list[float] = []
    memory: list[float] = []
    reading: list[float] = []
    status: list[float] = []
    for _ in range(runs + 1):
        nothing.append(wall_ms([PYTHON, "-c", "pass"]))
        program = PtyProgram([PYTHON, "-m", "tests.bench.minimal"])
        minimal.append(program.read_until(lambda text: "minimal stands" in text))
        program.read(1.0)
        minimal_memory.append(resident_mb(program.pid))
        program.close()
        console = PtyProgram(with_node(sandbox))
        named.append(console.read_until(lambda text: name[:20] in text))
        dashboard.append(console.read_until(lambda text: "CLUSTER" in text and "EVENTS" in text))
        state.append(console.read_until(lambda text: any(word in text for word in STATES)))
        console.read(1.0)
        memory.append(resident_mb(console.pid))
        console.close()
        reading.append(wall_ms([PYTHON, "-c", "import socket, json"]))
        status.append(wall_ms([*with_node(sandbox), "status", "--json"]))

    def figure(
        name: str, unit: str, values: list[float], reference: list[float], limit: float
    ) -> Figure:  # The first run warms caches and compiles.
        return Figure(name, unit, tuple(values[1:]), f"<= {limit} x", limit, tuple(reference[1:]))

    return [
        figure("name on the screen / python -c pass", "ms", named, nothing, 4.0),
        figure("first dashboard / minimal Textual", "ms", dashboard, minimal, 1.35),
        figure("cluster state on it / minimal Textual", "ms", state, minimal, 2.0),
        figure("console resident / minimal Textual", "MB", memory, minimal_memory, 1.4),
        figure("status --json / import socket, json", "ms", status, reading, 3.0),
    ]
