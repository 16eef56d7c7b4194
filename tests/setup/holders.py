"""Processes that set a node up, or have its wizard open, until they are killed."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from quantix_tui.host.wayback.record import now

HOLDS = """
import sys
from quantix_tui.setup.claim import Doing, Who, briefly, take
from quantix_tui.setup.session import Session
folder, what = sys.argv[1:]
who = Who("quantix-tui setup", "pts/7")
if what == "session":
    held = Session(folder, who)
    assert held.enter() is None
elif what == "briefly":
    held = briefly(folder)
    held.__enter__()
else:
    held = take(folder, who, Doing(what))
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def holding(folder: Path, what: str, *, seconds: float | None = None) -> Iterator["subprocess.Popen[str]"]:
    """A process that has it until it is killed or the block ends, for ``seconds`` already as it says."""
    command = [sys.executable, "-c", HOLDS, str(folder), what]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        if seconds is not None:
            file = folder / ("wizard-open" if what == "session" else "setup.lock")
            file.write_text(json.dumps({**json.loads(file.read_text()), "since": now() - seconds}))
        try:
            yield process
        finally:
            process.kill()
