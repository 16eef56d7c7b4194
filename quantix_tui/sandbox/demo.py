"""``quantix-tui demo``: the console on a sandbox, with what to try shown on the screen."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from quantix_tui.console.demo_hints import DemoHints
from quantix_tui.console.setup import Setup
from quantix_tui.sandbox.child import dies_with_parent, own_environment
from quantix_tui.sandbox.directory import SandboxError
from quantix_tui.settings import Settings

# -P: what lies in the current directory is never imported.
SANDBOX = (sys.executable, "-P", "-m", "quantix_tui", "sandbox")
_STOP_SECS = 20.0


@dataclass(frozen=True, slots=True)
class DemoSandbox:
    """Where the sandbox's node is, and what to type."""

    settings: Settings
    hints: DemoHints


DemoConsole = Callable[[Settings, DemoHints, Setup | None], int]
"""Runs a console and returns its exit code."""


def main(console: DemoConsole | None = None, *, first_boot: bool = False, answers: str = "") -> int:
    """Run ``console`` (None: the one with screens) on a sandbox of its own; with ``first_boot`` the wizard first, on a
    folder, with its pages filled in from the file ``answers`` where one is named.

    Returns the console's exit code; 1 when the sandbox did not start and 2 where there is no terminal, both
    said on standard error.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return _complain("The demo needs a terminal; without one use: quantix-tui sandbox", 2)
    print("Starting a control plane and a node daemon to try ...", flush=True)  # noqa: T201 (it takes a second)
    try:
        with running_sandbox() as sandbox:
            settings, setup = _never_set_up(sandbox.settings, answers) if first_boot else (sandbox.settings, None)
            return (console or _screens)(settings, sandbox.hints, setup)
    except SandboxError as error:
        return _complain(str(error), 1)


def _screens(settings: Settings, hints: DemoHints, setup: Setup | None) -> int:
    # Imported here: the sandbox command and its tests need no Textual.
    from quantix_tui.console.app import run_console

    return run_console(settings, hints, setup=setup)


def _never_set_up(before: Settings, answers: str) -> tuple[Settings, Setup]:
    from quantix_tui.sandbox.machine import STATE, make_machine

    # In the sandbox's own folder, which goes with it.
    folder = before.config_file.parent / "machine"
    make_machine(folder)
    settings = Settings(
        node=before.node,
        config_file=before.config_file,
        socket=before.socket,
        admin_token_file=before.admin_token,
        state=str(folder / STATE),
    )
    return settings, Setup(str(folder), answers=answers)


def _complain(words: str, code: int) -> int:
    print(words, file=sys.stderr)  # noqa: T201 (a command line program's words)
    return code


@contextlib.contextmanager
def running_sandbox(command: Sequence[str] = SANDBOX) -> Iterator[DemoSandbox]:
    """A sandbox as a child process, ended whatever happens.

    Here when the block is left in any way, crash included; by the kernel when this process is killed
    or its terminal hangs up. Raises :class:`SandboxError` with the child's own words when it does not start.
    """
    with (
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(  # noqa: S603 (our own program)
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=own_environment(os.environ),
            # A session of its own: a Ctrl-C in the terminal is the console's alone.
            start_new_session=True,
            preexec_fn=dies_with_parent(),  # noqa: PLW1509 (the demo has no threads yet)
        ) as process,
    ):
        try:
            yield _read(process, errors)
        finally:
            _end(process)


def _read(process: subprocess.Popen[bytes], errors: IO[bytes]) -> DemoSandbox:
    line = process.stdout.readline() if process.stdout else b""
    if not line:
        status = process.wait()
        errors.seek(0)
        said = errors.read().decode(errors="replace").strip()
        raise SandboxError(said or f"The sandbox ended at once without a word (status {status}).")
    return demo_sandbox(line)


def demo_sandbox(line: bytes) -> DemoSandbox:
    """Read the sandbox's line of JSON."""
    facts = json.loads(line)
    tokens = facts["tokens"]
    return DemoSandbox(
        Settings(
            node=f"unix:{facts['node_socket']}",
            config_file=Path(facts["config_file"]),
            socket=Path(facts["node_socket"]),
            admin_token_file=Path(facts["admin_token_file"]),
        ),
        DemoHints(
            address=facts["control_plane"],
            fingerprint=facts["fingerprint"],
            tokens={
                "valid": tokens["valid"][0],
                "expired": tokens["expired"],
                "used": tokens["used"],
                "revoked": tokens["revoked"],
                "valid 2": tokens["valid"][1],
            },
        ),
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECS)
    except subprocess.TimeoutExpired:
        process.kill()
