"""Run in mount, network and PID namespaces of its own: a machine that a real OpenRC brings up. Prints JSON.

``python -m tests.host.node_services.on_openrc FOLDER [debian]``: as Alpine has it, or as Debian, where file systems are
mounted by something of another name, and the network comes up earlier.
"""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from quantix_tui.cluster.errors import QuantixError
from quantix_tui.host.clock.service import find_time_service
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.lines.boot import pieces
from quantix_tui.host.node_services.control import MachineServices
from quantix_tui.host.node_services.state import Act, Service
from tests.support.waiting import wait_until

NODE = "quantix-node"
SCRIPT = Path(__file__).parents[3] / "assets/openrc" / NODE
DAEMON_LOG = Path("/var/log/quantix-node.log")
STATE = Path("/var/lib/quantix-tui/network-trial")
LEVELS = ("sysinit", "boot", "default", "nonetwork", "shutdown")


@dataclass(frozen=True, slots=True)
class Kind:
    """``mounts``: the service that mounts file systems; ``level``: where it and the network stand."""

    mounts: str
    level: str

    @property
    def scripts(self) -> dict[str, str]:
        """They take the places of those of a distribution that touch the machine itself."""
        return {
            self.mounts: f"start() {{ echo {self.mounts} >>@LOG@; }}",
            "networking": f"depend() {{ need {self.mounts}; provide net; }}\nstart() {{ echo networking >>@LOG@; }}",
            "ntpd": "start() { echo ntpd >>@LOG@; }",
            "sshd": "start() { echo 'sshd: no host keys' >&2; return 1; }",
        }


ALPINE, DEBIAN = Kind("localmount", "boot"), Kind("mountall", "sysinit")


def lay_out(folder: Path, kind: Kind) -> Path:
    """Returns the log in which each of the services leaves its line."""
    log, program = folder / "log", folder / "quantix-tui"
    program.write_text(f'#!/bin/sh\necho "$*" >>{log}\n')
    shutil.copytree("/etc", folder / "etc", symlinks=True)
    for name in ("init.d", "runlevels", "conf.d", "systemd"):
        shutil.rmtree(folder / "etc" / name, ignore_errors=True)
        (folder / "etc" / name).mkdir()
    for name, text in kind.scripts.items():
        (folder / "etc/init.d" / name).write_text(f"#!/sbin/openrc-run\n{text.replace('@LOG@', str(log))}\n")
    for path in (program, *(folder / "etc/init.d").iterdir()):
        path.chmod(0o755)
    for level in LEVELS:
        (folder / "etc/runlevels" / level).mkdir()
    for name in (kind.mounts, "networking"):
        (folder / "etc/runlevels" / kind.level / name).symlink_to(f"/etc/init.d/{name}")
    _install_daemon(folder)
    (folder / "sbin").mkdir()
    (folder / "sbin/openrc-run").touch()
    tree = Tree(str(folder))
    tree.apply(pieces(tree, str(program)))
    (folder / "etc/conf.d/ntpd").write_text('NTPD_OPTS="-N -p pool.ntp.org"\n')
    (folder / "var").mkdir()
    (folder / "log.d").mkdir()
    for here, there in (("etc", "/etc"), ("var", "/var/lib"), ("log.d", "/var/log")):
        subprocess.run(["mount", "--bind", str(folder / here), there], check=True)
    subprocess.run(["mount", "-t", "tmpfs", "none", "/run"], check=True)
    return log


def _install_daemon(folder: Path) -> None:
    """The node daemon's script as it is installed, with a process that tells of its signals in place of the daemon."""
    program, script = folder / "quantix-node", folder / "etc/init.d" / NODE
    program.write_text("#!/bin/sh\ntrap 'echo reloaded' HUP\necho began\nwhile :; do sleep 0.05; done\n")
    script.write_text(SCRIPT.read_text().replace("/opt/quantix-tui/bin/quantix-node", str(program)))
    for path in (program, script):
        path.chmod(0o755)
    (folder / "etc/runlevels/default" / NODE).symlink_to(f"/etc/init.d/{NODE}")


def daemon(services: MachineServices) -> list[object]:
    """The node daemon after a boot: reloaded, killed, started anew, stopped."""

    def now() -> Service:
        return asyncio.run(one(services, "Node daemon"))

    def logged(word: str, times: int) -> None:
        wait_until(lambda: DAEMON_LOG.read_text().split().count(word) == times, f"{word}, {times} times")

    logged("began", 1)
    first = now().state.pid or 0
    found: list[object] = [state(now()), Path(f"/proc/{first}/cmdline").read_text()]
    subprocess.run(["rc-service", NODE, "reload"], check=True, capture_output=True)
    logged("reloaded", 1)
    found.append(now().state.pid == first)
    os.kill(first, signal.SIGKILL)
    logged("began", 2)
    found += [now().state.pid not in (0, first), state(now())]
    asyncio.run(services.act(now(), Act.RESTART))
    logged("began", 3)
    asyncio.run(services.act(now(), Act.STOP))
    return [*found, state(now())]


def boot(log: Path) -> list[str]:
    """What the services that have something to tell said, in their order."""
    log.write_text("")
    for level in ("sysinit", "boot", "default"):
        subprocess.run(["openrc", level], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    # What was begun in the background is not waited for.
    wait_until(lambda: "setup --found" in log.read_text(), "the last of them")
    return log.read_text().splitlines()


def shut_down() -> None:
    subprocess.run(["openrc", "shutdown"], check=True, capture_output=True)
    shutil.rmtree("/run/openrc")


async def one(services: MachineServices, name: str) -> Service:
    return next(service for service in await services.read() if service.known.name == name)


def state(service: Service) -> list[object]:
    return [service.state.run.name, service.state.why, service.state.at_boot]


async def life(services: MachineServices) -> list[object]:
    """Of a service: as it is, started, stopped."""
    found = [state(await one(services, "Time"))]
    for act in (Act.START, Act.STOP):
        await services.act(await one(services, "Time"), act)
        found.append(state(await one(services, "Time")))
    return [*found]


async def refused(services: MachineServices) -> list[object]:
    """A service that cannot be started, with its own words."""
    ssh = await one(services, "SSH")
    try:
        await services.act(ssh, Act.START)
    except QuantixError as error:
        return ["no host keys" in error.problem.message, state(await one(services, "SSH"))]
    return []


def time() -> Iterator[object]:
    """The time service is told whom to ask, is started, and will be with the machine."""
    service = find_time_service(Tree())
    yield [service.name, service.starts]
    for command in service.work(["192.0.2.1"]).after:
        yield subprocess.run(command.words, check=False, capture_output=True).returncode
    yield find_time_service(Tree()).starts


def boot_with_a_trial_left(log: Path) -> list[str]:
    STATE.mkdir(parents=True)
    (STATE / "trial.json").write_text("{}")
    return boot(log)


def main(folder: Path, kind: Kind) -> None:
    log = lay_out(folder, kind)
    if kind is DEBIAN:
        print(json.dumps({"boot with a trial left": boot_with_a_trial_left(log)}))
        return
    result: dict[str, object] = {"boot": boot(log)}
    services = MachineServices()
    result["daemon"] = daemon(services)
    result["life"] = asyncio.run(life(services))
    result["refused"] = asyncio.run(refused(services))
    result["time"] = list(time())
    shut_down()
    result["boot with a trial left"] = boot_with_a_trial_left(log)
    print(json.dumps(result))


if __name__ == "__main__":
    main(Path(sys.argv[1]), DEBIAN if "debian" in sys.argv[2:] else ALPINE)
