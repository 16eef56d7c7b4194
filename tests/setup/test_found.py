"""Answers that come with the boot: where they are said to be, on a real volume, and over TLS."""

import asyncio
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import trustme

from quantix_tui.cluster.errors import QuantixError
from quantix_tui.host.addresses import read_text
from quantix_tui.setup.checking import Ground
from quantix_tui.setup.found import PARAMETER, Finder, Source, named_source
from tests.host.files.trees import link, put
from tests.support.waiting import wait_until

GROUND = Ground()
ANSWERS = "name: {hostname: node1}\nadministrator: {password_file: password.txt}\nunattended: true\n"


@pytest.mark.parametrize(
    ("line", "source"),
    [
        ("", Source(label="QUANTIX-CFG")),
        ("ro quiet console=ttyS0", Source(label="QUANTIX-CFG")),
        ("quantix.answers=https://pxe.example.com/a.yaml ro", Source(url="https://pxe.example.com/a.yaml", asked=True)),
        ("quantix.answers=LABEL=OTHER quiet", Source(label="OTHER", asked=True)),
        ("quantix.answers=LABEL=A quantix.answers=LABEL=B", Source(label="B", asked=True)),
    ],
)
def test_where_they_are_said_to_be(line: str, source: Source) -> None:
    assert named_source(line) == source


@pytest.mark.parametrize(
    "word", ["http://pxe/a.yaml", "ftp://pxe/a", "LABEL=", "LABEL=../../etc", "LABEL=" + "a" * 65, "", "/etc/passwd"]
)
def test_what_is_not_taken(word: str) -> None:
    with pytest.raises(QuantixError) as caught:
        named_source(f"quantix.answers={word}")
    assert "not taken" in caught.value.problem.message
    assert ("anybody on the way" in caught.value.problem.message) == word.startswith("http:")


async def test_a_boot_without_answers(tmp_path: Path) -> None:
    put(tmp_path, "/proc/cmdline", "ro quiet\n")
    assert await Finder(str(tmp_path)).find(GROUND) is None
    put(tmp_path, "/proc/cmdline", "quantix.answers=LABEL=NOWHERE-AT-ALL\n")
    with pytest.raises(QuantixError) as caught:
        await Finder(str(tmp_path)).find(GROUND)
    assert caught.value.problem.message == "There is no volume NOWHERE-AT-ALL with answers."


@pytest.fixture
def volume(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file system in a file, which mount takes as it takes a disk; it is mounted below the test's own folder."""
    if os.geteuid() != 0 or shutil.which("mkfs.ext4") is None:
        pytest.skip("it takes root and mkfs.ext4")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    content = tmp_path / "content"
    put(content, "answers.yaml", ANSWERS)
    put(content, "password.txt", "correct horse\n")
    link(content, "passwd", "/etc/passwd")
    image = tmp_path / "machine/dev/disk/by-label/QUANTIX-CFG"
    image.parent.mkdir(parents=True)
    command = ["mkfs.ext4", "-q", "-L", "QUANTIX-CFG", "-d", str(content), str(image), "2M"]
    subprocess.run(command, check=True, capture_output=True)
    check = tmp_path / "check"
    check.mkdir()
    if subprocess.run(["mount", "-o", "ro", str(image), str(check)], capture_output=True, check=False).returncode:
        pytest.skip("this kernel mounts no file systems of files")
    subprocess.run(["umount", str(check)], check=True)
    return tmp_path / "machine"


async def test_answers_on_a_volume(volume: Path) -> None:
    put(volume, "/proc/cmdline", "ro\n")
    found = await Finder(str(volume)).find(GROUND)
    assert found is not None
    answers = found.file.answers
    assert answers is not None
    assert answers.unattended
    assert answers.administrator is not None
    assert answers.administrator.password is not None
    assert answers.administrator.password.reveal() == "correct horse"
    assert str(volume.parent) not in read_text("/proc/self/mounts")


@contextmanager
def serving(authority: trustme.CA, port: int = 0, refused: int = 0) -> Iterator[int]:
    """``refused``: how many times it says first that it is not ready."""
    bodies = {"/right": ANSWERS.replace("administrator: {password_file: password.txt}\n", ""), "/file": ANSWERS}

    not_yet = iter(range(refused))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = "x" * 200_000 if self.path == "/large" else bodies.get(self.path, "")
            code = 302 if self.path == "/moved" else 200 if body else 404
            self.send_response(code if next(not_yet, None) is None else 503)
            self.send_header("Location", "/right")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *words: object) -> None: ...

    http = HTTPServer(("127.0.0.1", port), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    http.socket = context.wrap_socket(http.socket, server_side=True)
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    try:
        yield http.server_port
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


@pytest.fixture
def authority(monkeypatch: pytest.MonkeyPatch) -> Iterator[trustme.CA]:
    """One that this machine trusts."""
    made = trustme.CA()
    with made.cert_pem.tempfile() as trusted:
        monkeypatch.setenv("SSL_CERT_FILE", trusted)
        yield made


@pytest.fixture
def server(authority: trustme.CA) -> Iterator[str]:
    with serving(authority) as port:
        yield f"https://localhost:{port}"


async def test_answers_over_tls(server: str, tmp_path: Path) -> None:
    put(tmp_path, "/proc/cmdline", f"quantix.answers={server}/right\n")
    found = await Finder(str(tmp_path)).find(GROUND)
    assert found is not None
    assert found.file.answers is not None


@pytest.mark.parametrize(("path", "said"), [("/file", "elsewhere name no files"), ("/large", "64 KiB")])
async def test_answers_over_tls_that_are_not_right(server: str, path: str, said: str, tmp_path: Path) -> None:
    put(tmp_path, "/proc/cmdline", f"quantix.answers={server}{path}\n")
    found = await Finder(str(tmp_path)).find(GROUND)
    assert found is not None
    assert said in str(found.file.faults)


@pytest.mark.parametrize(("path", "said"), [("/moved", "answers 302"), ("/none", "answers 404")])
async def test_answers_that_cannot_be_had(server: str, path: str, said: str, tmp_path: Path) -> None:
    put(tmp_path, "/proc/cmdline", f"quantix.answers={server}{path}\n")
    with pytest.raises(QuantixError) as caught:
        await Finder(str(tmp_path)).find(GROUND)
    assert said in caught.value.problem.message


async def test_a_certificate_that_is_not_for_that_name_is_refused(server: str, tmp_path: Path) -> None:
    put(tmp_path, "/proc/cmdline", f"quantix.answers={server.replace('localhost', '127.0.0.1')}/right\n")
    with pytest.raises(QuantixError) as caught:
        await Finder(str(tmp_path)).find(GROUND)
    assert "certificate verify failed" in caught.value.problem.message


async def test_a_folder_of_a_tree_stands_for_a_volume_and_this_machines_own_is_none_of_its(tmp_path: Path) -> None:
    assert await Finder(str(tmp_path)).find(GROUND) is None
    put(tmp_path, "/dev/disk/by-label/QUANTIX-CFG/answers.yaml", ANSWERS)
    put(tmp_path, "/dev/disk/by-label/QUANTIX-CFG/password.txt", "correct horse\n")
    found = await Finder(str(tmp_path)).find(GROUND)
    assert found is not None
    assert found.file.answers is not None
    assert str(found.source) == "volume QUANTIX-CFG"


async def test_what_an_address_keeps_secret_is_told_nobody(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Whoever stands at the console reads the first page, and the log outlives the boot."""
    word = "https://user:hunter2@localhost:1/a.yaml?token=hunter2"
    put(tmp_path, "/proc/cmdline", f"quantix.answers={word}\n")
    with caplog.at_level("INFO"), pytest.raises(QuantixError) as caught:
        await Finder(str(tmp_path)).find(GROUND)
    assert "https://...@localhost:1/a.yaml?..." in caught.value.problem.message
    with pytest.raises(QuantixError) as plain:
        named_source(f"quantix.answers={word.replace('https', 'http')}")
    told = (str(caught.value.problem), str(plain.value.problem), caplog.text, str(named_source(f"{PARAMETER}{word}")))
    assert not [words for words in told if "hunter2" in words]


async def test_a_file_that_is_named_goes_before_what_the_boot_says(tmp_path: Path) -> None:
    put(tmp_path, "/proc/cmdline", "quantix.answers=LABEL=NOWHERE\n")
    put(tmp_path, "mine.yaml", "name: {hostname: node7}\n")
    found = await Finder(str(tmp_path), str(tmp_path / "mine.yaml")).find(GROUND)
    assert found is not None
    assert found.file.answers is not None
    with pytest.raises(QuantixError) as caught:
        await Finder(str(tmp_path), str(tmp_path / "none.yaml")).find(GROUND)
    assert "cannot be read: No such file" in caught.value.problem.message


async def test_a_volume_that_comes_late_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quantix_tui.setup.found.AGAIN_SECS", 0.01)
    put(tmp_path, "/proc/cmdline", "quantix.answers=LABEL=LATE\n")
    looking = asyncio.create_task(Finder(str(tmp_path)).find_patiently(lambda: GROUND, 30.0))
    await asyncio.sleep(0)
    assert not looking.done()
    put(tmp_path, "/dev/disk/by-label/LATE/password.txt", "correct horse\n")
    put(tmp_path, "/dev/disk/by-label/LATE/answers.yaml", ANSWERS)
    found = await looking
    assert found is not None
    with pytest.raises(QuantixError):
        await Finder(str(tmp_path / "other"), str(tmp_path / "none")).find_patiently(lambda: GROUND, 0.0)


async def test_a_server_that_answers_late_is_waited_for(
    authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At a boot the network may have yet to come up, and the server too."""
    monkeypatch.setattr("quantix_tui.setup.found.AGAIN_SECS", 0.01)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    put(tmp_path, "/proc/cmdline", f"quantix.answers=https://localhost:{port}/right\n")
    finder = Finder(str(tmp_path))
    with pytest.raises(QuantixError) as caught:
        await finder.find_patiently(lambda: GROUND, 0.0)
    assert "cannot be had" in caught.value.problem.message
    looked: list[None] = []

    def look() -> Ground:
        looked.append(None)
        return GROUND

    looking = asyncio.create_task(finder.find_patiently(look, 30.0))
    await asyncio.to_thread(wait_until, lambda: len(looked) > 1, "a second try")
    with serving(authority, port, refused=2):
        found = await looking
    assert found is not None
    assert found.file.answers is not None


async def test_a_server_without_the_answers_is_not_waited_for(server: str, tmp_path: Path) -> None:
    put(tmp_path, "/proc/cmdline", f"quantix.answers={server}/none\n")
    with pytest.raises(QuantixError) as caught:
        await asyncio.wait_for(Finder(str(tmp_path)).find_patiently(lambda: GROUND, 600.0), 20.0)
    assert "answers 404" in caught.value.problem.message


async def test_an_interface_that_comes_late_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As of a card whose driver takes its time at a boot; nobody waits for good."""
    monkeypatch.setattr("quantix_tui.setup.found.AGAIN_SECS", 0.01)
    put(tmp_path, "/dev/disk/by-label/QUANTIX-CFG/answers.yaml", "network: {interface: eno1}\n")
    seen = iter([{"lo": True}, {"lo": True}])
    finder = Finder(str(tmp_path))
    found = await finder.find_patiently(lambda: Ground(interfaces=next(seen, {"lo": True, "eno1": None})), 30.0)
    assert found is not None
    assert not found.file.faults
    found = await finder.find_patiently(lambda: Ground(interfaces={"lo": True}), 0.0)
    assert found is not None
    assert [fault.message for fault in found.file.faults] == ["This machine has no interface eno1."]


async def test_a_search_that_is_cancelled_while_the_volume_is_let_go_lets_it_go(
    volume: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With an umount that takes its time, as of a slow USB stick."""
    put(volume, "/proc/cmdline", "ro\n")
    begun, slow = tmp_path / "begun", tmp_path / "slow"
    slow.mkdir()
    (slow / "umount").write_text(f'#!/bin/sh\n: >{begun}\nsleep 1\nexec {shutil.which("umount")} "$@"\n')
    (slow / "umount").chmod(0o755)
    monkeypatch.setenv("PATH", f"{slow}:{os.environ['PATH']}")
    looking = asyncio.create_task(Finder(str(volume)).find(GROUND))
    await asyncio.to_thread(wait_until, begun.exists, "the volume to be let go")
    looking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await looking
    assert str(volume.parent) not in read_text("/proc/self/mounts")


async def test_a_search_that_is_cancelled_while_the_volume_is_read_lets_it_go(
    volume: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is read in a thread goes on there, and keeps the volume busy as long."""
    put(volume, "/proc/cmdline", "ro\n")
    reading, go_on = threading.Event(), threading.Event()

    def read_slowly(source: Source, folder: str, ground: Ground) -> None:
        with open(f"{folder}/answers.yaml", "rb"):
            reading.set()
            go_on.wait(20.0)

    monkeypatch.setattr("quantix_tui.setup.found._on_volume", read_slowly)
    looking = asyncio.create_task(Finder(str(volume)).find(GROUND))
    await asyncio.to_thread(reading.wait, 20.0)
    looking.cancel()
    asyncio.get_running_loop().call_later(0.3, go_on.set)
    with pytest.raises(asyncio.CancelledError):
        await looking
    assert str(volume.parent) not in read_text("/proc/self/mounts")


def test_a_pipe_on_the_volume_is_not_waited_for(tmp_path: Path) -> None:
    put(tmp_path, "/dev/disk/by-label/QUANTIX-CFG/answers.yaml", "administrator: {password_file: pipe}\n")
    os.mkfifo(tmp_path / "dev/disk/by-label/QUANTIX-CFG/pipe")
    found = asyncio.run(asyncio.wait_for(Finder(str(tmp_path)).find(GROUND), 10.0))
    assert found is not None
    assert "cannot be read: it is no file" in str(found.file.faults[0])


async def test_a_search_that_is_cancelled_leaves_nothing_mounted(volume: Path) -> None:
    put(volume, "/proc/cmdline", "ro\n")
    for turns in (1, 5, 20, 60):
        looking = asyncio.create_task(Finder(str(volume)).find(GROUND))
        for _ in range(turns):
            await asyncio.sleep(0.001)
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
        assert str(volume.parent) not in read_text("/proc/self/mounts")
