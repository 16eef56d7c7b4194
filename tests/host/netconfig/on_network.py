"""Run in a network and a mount namespace of its own: a machine of one cable, whose other end is a router.

``python -m tests.host.netconfig.on_network FOLDER KIND SCENARIO``; KIND is what configures the network: ``ifupdown``
(FOLDER/bin holds ifup and ifdown), or ``networkd``, on a bus of its own. Prints JSON.
"""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path

from quantix_tui.cluster.errors import QuantixError
from quantix_tui.host.addresses import default_route
from quantix_tui.host.doing import Done, do
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.netconfig.choose import find_network_back_end
from quantix_tui.host.netconfig.wanted import NetworkWork, Wanted
from quantix_tui.host.wayback.back import set_deadline
from quantix_tui.host.wayback.record import Place, Watched
from quantix_tui.host.wayback.trying import Trial, try_network
from quantix_tui.host.wayback.watch import until_reachable
from tests.host.netconfig.cases import OFF, fixed
from tests.host.netconfig.managers import KINDS, sh
from tests.support.waiting import wait_until

HERE = Tree("/")
NO_VLAN = "this kernel has no VLANs"
WATCHED = Watched(gateway=True, device="v0")
NEW = Wanted("v0", ipv4=fixed("10.99.0.77/24", "10.99.0.1"), ipv6=OFF)
PLACE = Place("/var/lib/quantix-tui/network-trial")


class Bench:
    """The machine and its router."""

    def __init__(self, folder: Path, kind: str) -> None:
        self.folder, self.kind = folder, kind
        self.place = PLACE
        self.manager = KINDS[kind]()
        self._beside: list[subprocess.Popen[bytes]] = []
        self._router = subprocess.Popen(["unshare", "--net", "sleep", "600"])
        own = os.readlink("/proc/self/ns/net")
        pid = self._router.pid
        wait_until(lambda: os.readlink(f"/proc/{pid}/ns/net") != own, "the router's namespace")
        sh("ip", "link", "set", "lo", "up")
        sh("ip", "link", "add", "v0", "type", "veth", "peer", "name", "v1", "netns", str(pid))
        self.on_router("ip", "address", "add", "10.99.0.1/24", "dev", "v1")
        self.on_router("ip", "address", "add", "2001:db8:99::1/64", "dev", "v1", "nodad")
        self.on_router("ip", "address", "add", "fe80::99/64", "dev", "v1", "nodad")
        self.on_router("ip", "link", "set", "v1", "up")
        self.manager.start()
        self.state(["10.99.0.50/24"])

    def on_router(self, *words: str) -> str:
        return sh("nsenter", "-t", str(self._router.pid), "-n", *words)

    def plug_in(self, device: str, router: str) -> None:
        """One more cable, to another port of the router."""
        port = f"{device}-port"
        sh("ip", "link", "add", device, "type", "veth", "peer", "name", port, "netns", str(self._router.pid))
        self.on_router("ip", "address", "add", router, "dev", port)
        self.on_router("ip", "link", "set", port, "up")

    def start_dhcp(self) -> None:
        config, leases = self.folder / "udhcpd.conf", self.folder / "leases"
        leases.touch()
        config.write_text(
            f"start 10.99.0.120\nend 10.99.0.120\ninterface v1\nlease_file {leases}\npidfile {self.folder}/pid\n"
            "opt subnet 255.255.255.0\nopt router 10.99.0.1\n"
        )
        command = ["nsenter", "-t", str(self._router.pid), "-n", "busybox", "udhcpd", "-f", str(config)]
        self._beside.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))

    def start_announcing(self, prefix: str) -> None:
        words = [sys.executable, "-m", "tests.host.netconfig.announcing", "v1", prefix]
        self._beside.append(subprocess.Popen(["nsenter", "-t", str(self._router.pid), "-n", *words]))

    def end(self) -> None:
        self.manager.end()
        for process in (*self._beside, self._router):
            process.kill()
            process.wait()

    def addresses(self, device: str = "v0") -> list[str]:
        found = json.loads(sh("ip", "-j", "address", "show", "dev", device))[0]["addr_info"]
        return sorted(f"{each['local']}/{each['prefixlen']}" for each in found if each["scope"] == "global")

    def state(self, expected: list[str]) -> dict[str, object]:
        """With the addresses that are expected; what there is, when they do not come."""
        # One look: a manager that starts anew may take an address away once more for a moment.
        with contextlib.suppress(AssertionError):
            return wait_until(lambda: self._look(expected), "the addresses", 8.0)
        return self._look(None) or {}

    def _look(self, expected: list[str] | None) -> dict[str, object] | None:
        found, route = self.addresses(), default_route()
        if expected is not None and (found != expected or route is None):
            return None
        return {"addresses": found, "gateway": route[1] if route else None, "files_old": self.manager.is_old()}

    def work(self, wanted: Wanted) -> NetworkWork:
        return self.manager.back_end(HERE).work(wanted)  # type: ignore[call-arg]

    async def attempt(self, wanted: Wanted) -> Trial:
        return await try_network(self.place, self.work(wanted), HERE, tell=told.append, watched=WATCHED)

    async def until_over(self) -> None:
        await asyncio.to_thread(wait_until, lambda: not self.place.is_busy, "the end of the trial", 40.0)


told: list[Done] = []


async def kept(bench: Bench) -> object:
    """Kept settings are in force, and are so again after the interface went down and up."""
    trial = await bench.attempt(NEW)
    during = bench.state(["10.99.0.77/24"])
    await trial.confirm()
    await bench.until_over()
    bench.manager.again()
    return [during, bench.state(["10.99.0.77/24"])]


async def expired(bench: Bench) -> object:
    trial = await bench.attempt(NEW)
    during = bench.state(["10.99.0.77/24"])["addresses"]
    set_deadline(bench.place, 0.0, applied=True)
    await bench.until_over()
    return [during, bench.state(["10.99.0.50/24"]), trial.seconds_left()]


async def killed(bench: Bench) -> object:
    """The console is killed with all that is in its session; the old settings come back by themselves."""
    console = _start_console(bench)
    await asyncio.to_thread(wait_until, lambda: bench.addresses() == ["10.99.0.77/24"] and _counts(bench), "the trial")
    os.killpg(console.pid, signal.SIGKILL)
    console.wait()
    during = bench.addresses()
    set_deadline(bench.place, 0.0, applied=True)
    await bench.until_over()
    return [during, bench.state(["10.99.0.50/24"])]


def _start_console(bench: Bench) -> "subprocess.Popen[bytes]":
    words = [sys.executable, "-m", "tests.host.netconfig.on_network", str(bench.folder), bench.kind, "console"]
    return subprocess.Popen(words, start_new_session=True)


def _counts(bench: Bench) -> bool:
    return Path(bench.place.deadline).read_text().strip().endswith("applied")


async def unreachable(bench: Bench) -> object:
    """Nobody looks on, and the gateway does not answer: not kept."""
    from quantix_tui.setup.means import UnattendedNetwork

    wanted = Wanted("v0", ipv4=fixed("10.77.0.5/24", "10.77.0.1"), ipv6=OFF)
    unattended = UnattendedNetwork(bench.place, HERE, reach_secs=4.0)
    try:
        watched = Watched(gateway=True, device="v0", gateways=("10.77.0.1",))
        await unattended(bench.work(wanted), watched, told.append)
    except QuantixError as error:
        return [error.problem.reason, bench.state(["10.99.0.50/24"])]
    return ["kept"]


async def unattended_kept(bench: Bench) -> object:
    # Imported where it is needed: it brings half of the console along.
    from quantix_tui.setup.means import UnattendedNetwork

    await UnattendedNetwork(bench.place, HERE)(bench.work(NEW), WATCHED, told.append)
    return [told[-1].what, bench.state(["10.99.0.77/24"])]


async def dhcp(bench: Bench) -> object:
    bench.start_dhcp()
    trial = await bench.attempt(Wanted("v0", ipv6=OFF))
    during = bench.state(["10.99.0.120/24"])
    await trial.go_back()
    return [during, bench.state(["10.99.0.50/24"])]


async def vlan(bench: Bench) -> object:
    try:
        bench.on_router("ip", "link", "add", "link", "v1", "name", "v1.5", "type", "vlan", "id", "5")
    except subprocess.CalledProcessError:
        return NO_VLAN
    bench.on_router("ip", "address", "add", "10.98.0.1/24", "dev", "v1.5")
    bench.on_router("ip", "link", "set", "v1.5", "up")
    tagged = Wanted("v0", vlan=5, ipv4=fixed("10.98.0.7/24", "10.98.0.1"), ipv6=OFF)
    watched = Watched(gateway=True, device="v0.5", gateways=("10.98.0.1",))
    trial = await try_network(bench.place, bench.work(tagged), HERE, tell=told.append, watched=watched)
    during = [await until_reachable(watched, 20.0), bench.addresses("v0"), bench.addresses("v0.5")]
    await trial.go_back()
    before = bench.state(["10.99.0.50/24"])["addresses"]
    # From there to an untagged one: the VLAN's address is gone.
    for wanted in (tagged, NEW):
        await do(bench.work(wanted).there, HERE, told.append)
    after = bench.state(["10.99.0.77/24"])["addresses"]
    return [during, before, after, [name for name in _vlans() if bench.addresses(name)]]


def _vlans() -> list[str]:
    return [name for name in os.listdir("/sys/class/net") if "." in name]


async def ipv6(bench: Bench) -> object:
    address = fixed("2001:db8:99::7/64", "2001:db8:99::1")
    trial = await bench.attempt(Wanted("v0", ipv4=OFF, ipv6=address))
    during = bench.state(["2001:db8:99::7/64"])
    await trial.go_back()
    return [during, bench.state(["10.99.0.50/24"])]


async def ipv6_gateway_on_link(bench: Bench) -> object:
    """As routers announce themselves: its address is the same on every cable."""
    address = fixed("2001:db8:99::7/64", "fe80::99")
    await (await bench.attempt(Wanted("v0", ipv4=OFF, ipv6=address))).confirm()
    await bench.until_over()
    during = bench.state(["2001:db8:99::7/64"])
    bench.manager.again()
    return [during, bench.state(["2001:db8:99::7/64"])]


async def announced(bench: Bench) -> object:
    """An address and the way out by a router's announcements; and nothing of them where they are not wanted."""
    bench.start_announcing("2001:db8:aa::")
    await (await bench.attempt(Wanted("v0", ipv4=OFF))).confirm()
    await bench.until_over()
    # The old one may stand there a while longer.
    found = wait_until(lambda: [each for each in bench.addresses() if each.startswith("2001:db8:aa:")], "one", 15.0)[0]
    during = [bench.state([found])["addresses"] == [found], str(bench.state([found])["gateway"])[:4]]
    trial = await bench.attempt(Wanted("v0", ipv4=OFF, ipv6=fixed("2001:db8:99::7/64", "2001:db8:99::1")))
    after = bench.state(["2001:db8:99::7/64"])
    await trial.confirm()
    return [during, after["addresses"], after["gateway"]]


async def moved(bench: Bench) -> object:
    """From one of our interfaces to another one: the first has what it had before we came; and back."""
    await (await bench.attempt(NEW)).confirm()
    await bench.until_over()
    bench.plug_in("w0", "10.88.0.1/24")
    trial = await bench.attempt(Wanted("w0", ipv4=fixed("10.88.0.7/24", "10.88.0.1"), ipv6=OFF))
    during = [bench.addresses("w0"), bench.state(["10.99.0.50/24"])["addresses"]]
    await trial.go_back()
    return [*during, bench.state(["10.99.0.77/24"])["addresses"], bench.addresses("w0")]


async def others_first(bench: Bench) -> object:
    """Somebody's settings for the interface that would come before those of others."""
    bench.manager.others_first()
    return await kept(bench)


async def let_be(bench: Bench) -> object:
    """Of two interfaces one is another's: as Debian's installer leaves it to NetworkManager, or nobody to networkd."""
    bench.plug_in("w0", "10.88.0.1/24")
    bench.manager.let_be("w0")

    def back_ends() -> list[str]:
        return [find_network_back_end(HERE, name).name for name in ("v0", "w0")]

    before = wait_until(lambda: len({*back_ends()}) == 1 and back_ends(), "the same for both")
    _have_ifupdown("w0")
    return [before, wait_until(lambda: len({*back_ends()}) == 2 and back_ends(), "two of them")]


async def bridged(bench: Bench) -> object:
    """The management interface is a bridge with the cable in it."""
    sh("ip", "address", "flush", "dev", "v0")
    sh("ip", "link", "add", "b0", "type", "bridge")
    sh("ip", "link", "set", "v0", "master", "b0", "up")
    sh("ip", "link", "set", "b0", "up")
    try:
        await (await bench.attempt(replace(NEW, interface="b0", device="b0"))).confirm()
    except QuantixError as error:
        return [error.problem.reason, bench.addresses("b0")]
    await bench.until_over()
    port = json.loads(sh("ip", "-j", "link", "show", "dev", "v0"))[0]
    return [wait_until(lambda: bench.addresses("b0"), "the addresses"), port["master"]]


def _have_ifupdown(device: str) -> None:
    Path("/etc/network").mkdir(exist_ok=True)
    Path("/etc/network/interfaces").write_text(f"auto {device}\niface {device} inet dhcp\n")


def _forget_v0() -> None:
    sh("ifdown", "v0")
    Path("/etc/network/interfaces").write_text("auto lo\niface lo inet loopback\n")
    for words in ("link set v0 up", "address add 10.99.0.50/24 dev v0", "route add default via 10.99.0.1"):
        sh("ip", *words.split())


async def by_hand(bench: Bench) -> object:
    """What no file gives comes back too."""
    _forget_v0()
    trial = await bench.attempt(NEW)
    during = bench.state(["10.99.0.77/24"])
    await trial.go_back()
    return [during, bench.state(["10.99.0.50/24"])]


SCENARIOS: dict[str, Callable[[Bench], Coroutine[None, None, object]]] = {
    **{"kept": kept, "expired": expired, "killed": killed, "unreachable": unreachable},
    **{"unattended_kept": unattended_kept, "dhcp": dhcp, "vlan": vlan, "ipv6": ipv6},
    **{"by_hand": by_hand, "ipv6_gateway_on_link": ipv6_gateway_on_link, "moved": moved},
    **{"others_first": others_first, "let_be": let_be, "bridged": bridged},
    "announced": announced,
}


async def _console(kind: str) -> None:
    """What a console does, until it is killed."""
    work = KINDS[kind].back_end(HERE).work(NEW)  # type: ignore[call-arg]
    await try_network(PLACE, work, HERE, tell=told.append, watched=Watched(), seconds=600.0)
    await asyncio.Event().wait()


def main(folder: Path, kind: str, scenario: str) -> None:
    os.environ["PATH"] = f"{folder}/bin:{os.environ['PATH']}:/sbin:/usr/sbin"
    if scenario == "console":
        asyncio.run(_console(kind))
        return
    for name in ("etc", "run", "lib"):
        (folder / name).mkdir()
    # Copies of what is written to, in this namespace only.
    shutil.copytree("/etc", folder / "etc", symlinks=True, dirs_exist_ok=True)
    for name, place in (("etc", "/etc"), ("run", "/run"), ("lib", "/var/lib")):
        sh("mount", "--bind", str(folder / name), place)
    # That of this network, not of the one outside.
    sh("mount", "-t", "sysfs", "none", "/sys")
    bench = Bench(folder, kind)
    try:
        result = asyncio.run(SCENARIOS[scenario](bench))
    except BaseException:
        print(told, file=sys.stderr)
        raise
    finally:
        bench.end()
    print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
