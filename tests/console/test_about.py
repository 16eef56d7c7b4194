"""About this node: everything told, unknown as unknown."""

import asyncio
from dataclasses import replace

from quantix_tui.cluster.errors import ErrorCode, Problem
from quantix_tui.cluster.trust import Fingerprint
from quantix_tui.console.about import about_rows
from quantix_tui.console.screens.about import AboutScreen
from quantix_tui.host.ssh_keys import HostKey
from quantix_tui.node.gateway.about import About
from tests.console.screen import opened
from tests.console.scripted import FACTS, NODE_ID, STANDALONE, ScriptedGateway

ABOUT = About(
    facts=replace(FACTS, vendor="Supermicro", model="SYS-1029P", kernel_version="6.12.8", daemon_version="0.1.0"),
    problem=None,
    node_id=NODE_ID,
    uuid="4c4c4544-0043-5a10-8031-b7c04f313233",
    ssh_keys=(
        HostKey("ED25519", "SHA256:Q7Sx+5BvWCGZe6fXSYoptrt91pFIMgNQn8MbQxxCGyg", 256, "root@qx-node-07"),
        HostKey("RSA", "SHA256:iPXzgoPOUq3c6kZDlbBQXJBA90b6VbsMVIG/aH0GhMs", 3072, "root@qx-node-07"),
    ),
    certificate=Fingerprint("7f3a91c40b6ed2a855f13c90e7b24d16a03f6e8c19d572b4cc08f5e13a9760db"),
    console_version="0.1.0",
    python_version="3.12.8",
)
NOTHING = About(
    None,
    Problem(ErrorCode.NODE_UNREACHABLE, "The node daemon does not answer.", "Start it.", "silent"),
    None,
    None,
    None,
    None,
)


def test_what_is_unknown_is_told_as_unknown() -> None:
    rows = dict(about_rows(NOTHING))
    assert {rows[label] for label in ("Node", "Node id", "Node daemon", "Serial no.", "UUID", "Machine")} == {"unknown"}
    assert rows["SSH keys"] == "not read: this console runs on another machine"
    assert rows["Manage at"] == "no address that others could reach"
    assert rows["Certificate"] == "none yet: nothing answers there"
    assert dict(about_rows(replace(ABOUT, node_id=None)))["Node id"] == "none: it belongs to no cluster"


def test_for_a_script() -> None:
    body = ABOUT.to_json()
    assert body["management_address"] == "https://10.20.0.17:8443"
    assert body["certificate_sha256"] == f"sha256:{'7f3a91c40b6ed2a855f13c90e7b24d16a03f6e8c19d572b4cc08f5e13a9760db'}"
    assert NOTHING.to_json()["ssh_host_keys"] is None
    facts = replace(FACTS, management_ip="2001:db8::17")
    assert replace(ABOUT, facts=facts).management_address == "https://[2001:db8::17]:8443"


async def test_it_asks_tells_and_shows_the_code() -> None:
    answered = asyncio.Event()

    async def read() -> About:
        await answered.wait()
        return ABOUT

    async with opened(ScriptedGateway(STANDALONE)) as hands:
        await hands.until("STANDALONE")
        await hands.app.push_screen(AboutScreen(read, hands.app.clock))
        await hands.until("asking ...")
        answered.set()
        await hands.until("Supermicro SYS-1029P")
        assert "7F3A 91C4  0B6E D2A8" in hands.text
        assert "SHA256:iPXzgoPOUq3c6kZDlbBQXJBA90b6VbsMVIG/aH0GhMs RSA" in hands.text
        await hands.press("right", "enter")
        await hands.until("https://10.20.0.17:8443")
        await hands.until("Manage this node")
        assert "▀" in hands.text
        await hands.press("escape", "escape")
        await hands.until("THIS NODE")


async def test_what_nobody_answers_is_said() -> None:
    async def read() -> About:
        return NOTHING

    async with opened(ScriptedGateway(STANDALONE)) as hands:
        await hands.until("STANDALONE")
        await hands.app.push_screen(AboutScreen(read, hands.app.clock))
        await hands.until("The node daemon does not answer. Start it.")
        assert "QR code" not in hands.text


async def test_the_key_opens_it() -> None:
    async with opened(ScriptedGateway(STANDALONE)) as hands:
        await hands.until("STANDALONE")
        await hands.press("a")
        await hands.until("About this node")
