"""A kernel of a test's own (User-mode Linux, Debian's user-mode-linux), for what this machine's cannot do.

It is a process like any other: its root is this machine's, only to be read; /mnt and /run are empty, in memory.
"""

import glob
import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

_PROGRAM = "linux.uml"
_MODULES = "/usr/lib/uml/modules"
_MEMORY = "mem=384M"
_FIRST = "own-kernel: "
_INIT = """#!/bin/sh
for each in "proc /proc" "sysfs /sys" "tmpfs /mnt" "tmpfs /run"; do
	mount -t "${{each% *}}" none "${{each#* }}"
done
mkdir /dev/shm && mount -t tmpfs none /dev/shm
for module in {modules}; do busybox insmod "$module"; done
{variables}
cd {folder}
{command} >/run/said 2>/run/complained </dev/null
code=$?
sed 's/^/{first}/' /run/said
echo "{first}"
cat /run/complained
echo "{first}$code"
busybox poweroff -f
"""


@cache
def why_not() -> str:
    """Why there is none here; empty when one was seen to run. A processor newer than it may be too much for it."""
    if os.geteuid() != 0 or shutil.which(_PROGRAM) is None or shutil.which("busybox") is None:
        return "it takes root, user-mode-linux and busybox"
    with tempfile.TemporaryDirectory() as folder:
        ran = run(["true"], Path(folder), (), timeout=60)
    if ran.returncode == 0:
        return ""
    last = next((line for line in ran.stderr.splitlines() if "panic" in line), f"exit status {ran.returncode}")
    return f"User-mode Linux does not start on this host: {last}"


def run(
    command: Sequence[str], folder: Path, modules: Sequence[str], timeout: float
) -> "subprocess.CompletedProcess[str]":
    """As subprocess.run with captured text. ``modules``: paths below ``kernel/``, such as ``net/8021q/8021q``."""
    variables = [
        f"export {name}={shlex.quote(os.environ[name])}" for name in ("PATH", "PYTHONPATH") if name in os.environ
    ]
    init = folder / "own-kernel-init"
    init.write_text(
        _INIT.format(
            modules=" ".join(_files_of(modules)),
            variables="\n".join(variables),
            folder=shlex.quote(os.getcwd()),
            command=shlex.join(command),
            first=_FIRST,
        )
    )
    init.chmod(0o755)
    words = [_PROGRAM, "rootfstype=hostfs", "rootflags=/", "ro", f"init={init}", _MEMORY, "con=null", "con0=null,fd:1"]
    done = subprocess.run(
        [*words, "quiet"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=timeout
    )
    ours = [line.removeprefix(_FIRST) for line in done.stdout.splitlines() if line.startswith(_FIRST)]
    code = int(ours[-1]) if ours else -1
    return subprocess.CompletedProcess(command, code, "\n".join(ours[:-2]), done.stdout)


def _files_of(modules: Sequence[str]) -> Iterator[str]:
    """Each after those that it needs (modules.dep(5))."""
    (folder,) = glob.glob(f"{_MODULES}/*")
    rows = (line.split(":") for line in Path(folder, "modules.dep").read_text().splitlines())
    needs = {name: needed.split() for name, needed in rows}
    seen: set[str] = set()
    for module in modules:
        name = f"kernel/{module}.ko"
        for each in (*reversed(needs[name]), name):
            if each not in seen:
                seen.add(each)
                yield f"{folder}/{each}"
