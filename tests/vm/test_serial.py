"""The ports and the guest's shell, with a real shell behind a socket instead of a guest."""

import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.waiting import wait_until
from tests.vm.program import archive
from tests.vm.serial import GuestError, GuestShell, SerialPort


@pytest.fixture
def port(tmp_path: Path) -> Iterator[SerialPort]:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "port"))
        server.listen()
        port = SerialPort(tmp_path / "port")
        line, _ = server.accept()
    command = "echo GUEST-SHELL-READY; exec sh -s 2>&1"
    with line, subprocess.Popen(["sh", "-c", command], stdin=line.fileno(), stdout=line.fileno()) as shell:
        yield port
        port.close()
        shell.kill()


@pytest.fixture
def shell(port: SerialPort) -> GuestShell:
    shell = GuestShell(port)
    shell.wait_until_ready(20.0)
    return shell


def test_a_commands_output_comes_back(shell: GuestShell) -> None:
    assert shell.run("echo one; echo 'two  2' >&2") == "one\ntwo  2\n"
    assert shell.run("printf three") == "three"


def test_a_command_that_fails_tells_its_output(shell: GuestShell) -> None:
    with pytest.raises(GuestError, match="ended with 3: no luck"):
        shell.run("echo no luck; exit 3")


def test_files_are_put_into_a_folder(shell: GuestShell, tmp_path: Path) -> None:
    content = bytes(range(256)) * 1000
    shell.put(archive({"folder/file": content}), str(tmp_path))
    assert (tmp_path / "folder/file").read_bytes() == content


def test_a_listener_hears_what_comes(port: SerialPort, shell: GuestShell) -> None:
    heard: list[bytes] = []
    port.listen(heard.append)
    shell.run("echo hello")
    wait_until(lambda: b"hello\n" in b"".join(heard), "the listener to hear it")
