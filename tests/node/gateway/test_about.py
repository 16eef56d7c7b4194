"""What identifies a node, read from a real daemon, and the certificate that something really shows."""

import asyncio
import hashlib
import ssl
from pathlib import Path

from quantix_tui.cluster.address import parse_address
from quantix_tui.node.gateway.about import presented, read_about
from quantix_tui.node.gateway.choose import choose_gateway
from quantix_tui.node.version import VERSION
from quantix_tui.sandbox.controlplane import SandboxControlPlane
from quantix_tui.sandbox.faults import Fault
from quantix_tui.settings import Settings
from tests.node.process import DaemonProcess


async def test_the_daemon_tells_its_version_and_the_machine_its_keys(tmp_path: Path) -> None:
    key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPojnLFPdtKPHhkHxeA0B9iJs/z0QDtRAGUsMl9GbTHx root@qx\n"
    for path, content in (
        ("etc/ssh/ssh_host_ed25519_key.pub", key),
        ("sys/class/dmi/id/product_uuid", "4C4C4544-0043-5A10-8031-B7C04F313233\n"),
    ):
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_text(content)
    folder = tmp_path / "n"
    folder.mkdir()
    async with DaemonProcess(folder):
        settings = Settings(node=f"unix:{folder / 'node.sock'}", config_file=folder / "config.yaml")
        gateway = choose_gateway(settings)
        about = await read_about(gateway, settings, str(tmp_path))
        await gateway.close()
    assert about.facts is not None
    assert about.facts.daemon_version == VERSION
    assert about.uuid == "4c4c4544-0043-5a10-8031-b7c04f313233"
    assert [key.kind for key in about.ssh_keys or ()] == ["ED25519"]
    assert about.problem is None


async def test_the_certificate_is_that_of_what_answers(plane: SandboxControlPlane) -> None:
    place = parse_address(plane.url)
    shown = await presented(place)
    assert shown is not None
    pem = await asyncio.to_thread(ssl.get_server_certificate, (place.host, place.port))
    assert shown.digest == hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()
    await plane.set_fault(Fault.REFUSE)
    assert await presented(place) is None
    assert await presented(None) is None
