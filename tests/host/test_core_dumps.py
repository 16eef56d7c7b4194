"""What the kernel says of a process that forbade its core dumps."""

import subprocess
import sys

_DUMPABLE = "import ctypes; print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
_LIMIT = "import resource; print(resource.getrlimit(resource.RLIMIT_CORE)[0])"


def _says(*lines: str) -> list[str]:
    run = subprocess.run([sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=True)
    return run.stdout.split()


def test_no_core_file() -> None:
    raised = (
        "import resource; resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)"
    )
    forbid = "from quantix_tui.host.core_dumps import forbid_core_files; forbid_core_files()"
    assert _says(raised, forbid, _LIMIT) == ["0"]


def test_no_dump_for_a_program_either() -> None:
    forbid = "from quantix_tui.host.core_dumps import forbid_core_dumps; forbid_core_dumps()"
    assert _says(_DUMPABLE, forbid, _DUMPABLE, _LIMIT) == ["1", "0", "0"]
