import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from quantix_tui.cluster.errors import ErrorCode
from quantix_tui.node.gateway.endpoint import Endpoint
from quantix_tui.node.gateway.listener import distrusted, parse_listeners

HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"


def row(address: str, state: str, uid: int) -> str:
    return f"   0: {address} 00000000:0000 {state} 00000000:00000000 00:00000000 00000000 {uid:5}        0 84714 1 0\n"


def test_those_who_listen_where_loopback_leads() -> None:
    table = HEAD + "".join(
        [
            row("0100007F:1F90", "0A", 0),
            row("00000000:1F90", "0A", 1000),
            row("0100140A:1F90", "0A", 1001),
            row("0100007F:1F91", "0A", 1002),
            row("0100007F:1F90", "01", 1003),
            "nonsense\n",
        ]
    )
    assert parse_listeners(table, 8080) == [0, 1000]


def test_ipv6_listeners() -> None:
    table = HEAD + "".join(
        [
            row("00000000000000000000000001000000:1F90", "0A", 1),
            row("00000000000000000000000000000000:1F90", "0A", 2),
            row("0000000000000000FFFF00000100007F:1F90", "0A", 3),
            row("B80D0120000000000000000017000000:1F90", "0A", 4),
        ]
    )
    assert parse_listeners(table, 8080) == [1, 2, 3]


def test_a_stranger_gets_no_token(tmp_path: Path) -> None:
    (tmp_path / "proc/net").mkdir(parents=True)
    (tmp_path / "proc/net/tcp").write_text(HEAD + row("0100007F:1F90", "0A", os.geteuid() + 4711))
    problem = distrusted(Endpoint(host="127.0.0.1", port=8080), str(tmp_path))
    assert problem is not None
    assert problem.code is ErrorCode.UNAUTHORIZED
    assert str(os.geteuid() + 4711) in problem.message
    assert distrusted(Endpoint(host="127.0.0.1", port=8081), str(tmp_path)) is None


def test_who_cannot_be_told_is_trusted(tmp_path: Path) -> None:
    assert distrusted(Endpoint(host="127.0.0.1", port=8080), str(tmp_path)) is None
    assert distrusted(Endpoint(path="/s")) is None
    assert distrusted(Endpoint(host="node.example.com", port=8443, tls=True)) is None


def test_a_listener_of_this_user_is_trusted() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert distrusted(Endpoint(host="127.0.0.1", port=server.getsockname()[1])) is None


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
def test_a_real_listener_of_another_user_is_a_stranger() -> None:
    code = """if True:
        import os, socket
        os.setuid(65534)
        server = socket.create_server(("127.0.0.1", 0))
        print(server.getsockname()[1], flush=True)
        input()
    """
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        problem = distrusted(Endpoint(host="127.0.0.1", port=port))
        process.communicate(b"\n")
    assert problem is not None
    assert problem.reason == "listener"
