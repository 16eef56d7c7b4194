"""``python -m tests.config.killing``: runs operations on configurations in children that are killed in the middle.

A small process does it, because to copy the one of the tests, with all that they have imported, takes ten times as long
as the operation. It reads ``[operation, configuration, nth]`` from standard input, a line each, and answers exit codes.
"""

import json
import os
import signal
import subprocess
import sys
import traceback
from pathlib import Path
from types import TracebackType
from typing import Self

from quantix_tui.config.store import ConfigPaths, ConfigStore
from tests.config import operations
from tests.config.faults import Fault, broken

ROOT = Path(__file__).parents[2]


class Killer:
    """The process, as the tests see it."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.config.killing"]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )

    def killed(self, operation: operations.Operation, config: Path, nth: int) -> bool:
        """Run ``operation`` until before its ``nth`` system call, if it makes as many; whether it was killed there."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([operation.__name__, str(config), nth]) + "\n")
        code = int(self._process.stdout.readline())
        assert code in (0, -signal.SIGKILL)
        return code != 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate(timeout=10)


def run(operation: operations.Operation, config: Path, nth: int) -> int:
    """Exit code of the child, or minus the signal that killed it."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            with broken(Fault(nth)):
                operation(ConfigStore(ConfigPaths(config)))
            code = 0
        except BaseException:
            traceback.print_exc()
        os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main() -> None:
    for line in sys.stdin:
        name, config, nth = json.loads(line)
        print(run(getattr(operations, name), Path(config), nth), flush=True)


if __name__ == "__main__":
    main()
