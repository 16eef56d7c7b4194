"""Who sits at a line, asked of a real one."""

import os
import pty
import subprocess
import sys
from pathlib import Path

from quantix_tui.host.lines.occupants import parse_stat, session_on
from tests.support.waiting import wait_until

SESSION = "import os, sys, time; os.open(sys.argv[1], os.O_RDWR); print('sits', flush=True); time.sleep(600)"


def test_a_session_on_a_line_is_seen_until_it_ends() -> None:
    controller, terminal = pty.openpty()
    path = os.ttyname(terminal)
    line = path.removeprefix("/dev/")
    try:
        assert session_on(line) is None
        command = [sys.executable, "-c", SESSION, path]
        with subprocess.Popen(command, start_new_session=True, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            try:
                assert process.stdout.readline() == b"sits\n"
                assert session_on(line) == Path(f"/proc/{process.pid}/comm").read_text().strip()
            finally:
                process.kill()
        wait_until(lambda: session_on(line) is None, "the session to end")
    finally:
        os.close(terminal)
        os.close(controller)


def test_a_line_that_does_not_exist_has_nobody() -> None:
    assert session_on("ttyNONE") is None


def test_names_may_hold_anything() -> None:
    assert parse_stat("12 (a) b (c)) S 1 12 12 34816 -1 4194560") == ("a) b (c)", 34816)
    assert parse_stat("") is None
    assert parse_stat("12 (x) S") is None
