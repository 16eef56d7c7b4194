"""What configures the network of the machine of :mod:`.on_network`, as real programs."""

import os
import shutil
import subprocess
from pathlib import Path

from quantix_tui.host.netconfig.ifupdown import Ifupdown
from quantix_tui.host.netconfig.networkd import Networkd
from quantix_tui.host.netconfig.networkmanager import NetworkManager
from quantix_tui.host.netconfig.wanted import NetworkBackEnd
from tests.support.waiting import wait_until

OLD = """\
auto lo
iface lo inet loopback

auto v0
iface v0 inet static
\taddress 10.99.0.50
\tnetmask 255.255.255.0
\tgateway 10.99.0.1
"""
_OTHER = "\taddress 10.99.0.60\n\tnetmask 255.255.255.0\n\tgateway 10.99.0.1\n"
LEASE = """#!/bin/sh
[ -z "$ip" ] || ip address replace "$ip/$mask" dev "$interface"
[ -z "$router" ] || ip route replace default via "$router"
"""
OLD_NETWORKD = """\
[Match]
Name=v0

[Network]
Address=10.99.0.50/24
Gateway=10.99.0.1
LinkLocalAddressing=no
"""
OLD_KEYFILE = """\
[connection]
id=old
uuid=0a1b2c3d-0000-4000-8000-000000000001
type=ethernet
interface-name=v0

[ipv4]
method=manual
address1=10.99.0.50/24,10.99.0.1

[ipv6]
method=disabled
"""


def sh(*words: str) -> str:
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def _names_on_bus() -> str:
    """None yet while the bus does not answer."""
    words = ("busctl", "--system", "list", "--acquired")
    return subprocess.run(words, check=False, capture_output=True, text=True).stdout


class Ifup:
    """ifupdown: there is nothing that runs."""

    back_end: type[NetworkBackEnd] = Ifupdown

    def start(self) -> None:
        # The hooks of other packages have no part in this.
        shutil.rmtree("/etc/network", ignore_errors=True)
        for name in ("if-up.d", "if-down.d", "if-pre-up.d", "if-post-down.d"):
            Path("/etc/network", name).mkdir(parents=True)
        Path("/etc/network/interfaces").write_text(OLD)
        Path("/run/network").mkdir()
        shutil.rmtree("/etc/udhcpc", ignore_errors=True)
        Path("/etc/udhcpc").mkdir()
        Path("/etc/udhcpc/default.script").write_text(LEASE)
        Path("/etc/udhcpc/default.script").chmod(0o755)
        sh("ifup", "v0")

    def again(self) -> None:
        sh("ifdown", "v0")
        sh("ifup", "v0")

    def let_be(self, device: str) -> None:
        """It has every interface that its file names, and no other one."""

    def others_first(self) -> None:
        """In a file that is read before, as cloud-init leaves it."""
        Path("/etc/network/interfaces.d").mkdir()
        Path("/etc/network/interfaces.d/50-cloud-init.cfg").write_text("auto v0\niface v0 inet static\n" + _OTHER)
        text = OLD.replace("auto v0\n", "").replace("iface v0 inet static", "iface v9 inet static")
        Path("/etc/network/interfaces").write_text("source /etc/network/interfaces.d/50-cloud-init.cfg\n" + text)

    def is_old(self) -> bool:
        return Path("/etc/network/interfaces").read_text() == OLD

    def end(self) -> None: ...


class RealNetworkd:
    """systemd-networkd and the bus through which networkctl speaks to it."""

    back_end: type[NetworkBackEnd] = Networkd

    def start(self) -> None:
        # Where /sys can be written, networkd waits for udev to have seen each interface.
        sh("mount", "-o", "remount,ro,bind", "/sys")
        self._folder = Path("/etc/systemd/network")
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        (self._folder / "10-old.network").write_text(OLD_NETWORKD)
        for name in ("/run/dbus", "/run/systemd/netif"):
            Path(name).mkdir(parents=True)
        shutil.chown("/run/systemd/netif", "systemd-network", "systemd-network")
        self._log = os.open("/run/log", os.O_WRONLY | os.O_CREAT)
        bus = ["dbus-daemon", "--system", "--nofork", "--nopidfile"]
        self._bus = subprocess.Popen(bus, stdout=self._log, stderr=self._log)
        wait_until(Path("/run/dbus/system_bus_socket").exists, "the bus")
        log = {"SYSTEMD_LOG_TARGET": "console", "SYSTEMD_LOG_LEVEL": "info"}
        command = ["/usr/lib/systemd/systemd-networkd"]
        self._networkd = subprocess.Popen(command, stdout=self._log, stderr=self._log, env={**os.environ, **log})
        # Asked for by its name, the bus would start another one.
        wait_until(lambda: "org.freedesktop.network1" in _names_on_bus(), "networkd")

    def again(self) -> None:
        sh("networkctl", "reconfigure", "v0")

    def let_be(self, device: str) -> None:
        """Nothing says how it is to be set up."""

    def others_first(self) -> None:
        (self._folder / "00-all.network").write_text(OLD_NETWORKD.replace("Name=v0", "Name=v*"))

    def is_old(self) -> bool:
        return os.listdir(self._folder) == ["10-old.network"]

    def end(self) -> None:
        for process in (self._networkd, self._bus):
            process.kill()
            process.wait()
        os.close(self._log)
        # Of a setting that it does not know it says so, and goes on.
        said = Path("/run/log").read_text()
        assert not [line for line in said.splitlines() if "05-quantix" in line and "onfiguring with" not in line], said


class RealNetworkManager:
    """NetworkManager and the bus through which nmcli speaks to it."""

    back_end: type[NetworkBackEnd] = NetworkManager

    def start(self) -> None:
        sh("mount", "-o", "remount,ro,bind", "/sys")
        self._folder = Path("/etc/NetworkManager/system-connections")
        shutil.rmtree("/etc/NetworkManager", ignore_errors=True)
        self._folder.mkdir(parents=True)
        # Without udev it takes a veth for somebody else's.
        settings = "[main]\nplugins=keyfile\nno-auto-default=*\n[device]\nmatch-device=*\nmanaged=1\n"
        Path("/etc/NetworkManager/NetworkManager.conf").write_text(settings)
        (self._folder / "old.nmconnection").write_text(OLD_KEYFILE)
        (self._folder / "old.nmconnection").chmod(0o600)
        for name in ("/run/dbus", "/run/NetworkManager", "/var/lib/NetworkManager", "/etc/dbus-1/system.d"):
            Path(name).mkdir(parents=True, exist_ok=True)
        self._program = shutil.which("NetworkManager") or ""
        # Where it is not installed but unpacked somewhere, the bus does not find its policy.
        for policy in Path(self._program).parents[1].glob("share/dbus-1/system.d/*NetworkManager.conf"):
            shutil.copy(policy, "/etc/dbus-1/system.d")
        self._log = os.open("/run/log", os.O_WRONLY | os.O_CREAT)
        bus = ["dbus-daemon", "--system", "--nofork", "--nopidfile"]
        self._bus = subprocess.Popen(bus, stdout=self._log, stderr=self._log)
        wait_until(Path("/run/dbus/system_bus_socket").exists, "the bus")
        self._run()

    def _run(self) -> None:
        self._manager = subprocess.Popen(
            [self._program, "--no-daemon", "--debug", "--log-level=INFO"], stdout=self._log, stderr=self._log
        )

    def again(self) -> None:
        """As after a restart of the machine."""
        self._manager.kill()
        self._manager.wait()
        shutil.rmtree("/run/NetworkManager")
        Path("/run/NetworkManager").mkdir()
        sh("ip", "address", "flush", "dev", "v0")
        self._run()

    def let_be(self, device: str) -> None:
        wait_until(lambda: device in sh("nmcli", "device"), "the device")
        sh("nmcli", "device", "set", device, "managed", "no")

    def others_first(self) -> None:
        """Of a priority that nothing is above; and of our own name."""
        highest = OLD_KEYFILE.replace("=v0\n", "=v0\nautoconnect-priority=999\n").replace("id=old", "id=quantix-v0")
        (self._folder / "other.nmconnection").write_text(highest.replace("-000000000001", "-000000000002"))
        (self._folder / "other.nmconnection").chmod(0o600)
        sh("nmcli", "connection", "reload")

    def is_old(self) -> bool:
        return os.listdir(self._folder) == ["old.nmconnection"]

    def end(self) -> None:
        for process in (self._manager, self._bus):
            process.kill()
            process.wait()
        os.close(self._log)


KINDS: dict[str, type[Ifup] | type[RealNetworkd] | type[RealNetworkManager]] = {
    "ifupdown": Ifup,
    "networkd": RealNetworkd,
    "networkmanager": RealNetworkManager,
}
