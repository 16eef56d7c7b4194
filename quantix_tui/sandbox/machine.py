"""A folder that stands for a machine that was never set up: a small Debian on a server, as far as the wizard looks."""

import os
from pathlib import Path

STATE = "var/lib/quantix-tui"
_PORTS = (
    ("eno1", "3c:ec:ef:12:34:56", "1", "10000"),
    ("eno2", "3c:ec:ef:12:34:57", "0", "-1"),
    ("ens1f0", "3c:ec:ef:9a:00:01", "1", "25000"),
)
_DISKS = (("nvme0n1", 3_750_748_848, "Demo NVMe 1920", "0"), ("sda", 31_251_759_104, "Demo SAS 16000", "1"))
_CPU = "processor\t: {number}\nmodel name\t: Demo CPU 2.6 GHz\nphysical id\t: {socket}\ncore id\t: {core}\n\n"
_FILES = {
    "etc/hostname": "debian\n",
    "etc/hosts": "127.0.0.1\tlocalhost\n127.0.1.1\tdebian\n",
    "etc/os-release": 'NAME="Quantix-OS"\nVERSION_ID="2.4.1"\n',
    "etc/passwd": "root:x:0:0:root:/root:/bin/bash\n",
    "etc/group": "root:x:0:\nsudo:x:27:\n",
    "etc/network/interfaces": "source /etc/network/interfaces.d/*\n\nauto lo\niface lo inet loopback\n",
    "etc/network/interfaces.d/README": "# Further interfaces.\n",
    "etc/timezone": "Etc/UTC\n",
    "etc/systemd/timesyncd.conf": "[Time]\nFallbackNTP=0.debian.pool.ntp.org 1.debian.pool.ntp.org\n",
    "etc/ssh/sshd_config": "#PermitRootLogin prohibit-password\nUsePAM yes\nKbdInteractiveAuthentication no\n",
    "etc/ssh/ssh_host_ed25519_key.pub": (
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGXR/hpQhovO+kT6Tg7jmu9f6l619dor3uQcI6d9bW29 root@debian\n"
    ),
    "usr/lib/systemd/systemd-timesyncd": "",
    "proc/sys/kernel/hostname": "debian\n",
    "proc/meminfo": "MemTotal:       263847512 kB\nMemAvailable:   260112400 kB\n",
    "proc/cpuinfo": "".join(_CPU.format(number=n, socket=n // 16, core=n % 16) for n in range(32)),
    "sys/class/dmi/id/sys_vendor": "Quantix\n",
    "sys/class/dmi/id/product_name": "Demo Server 2U\n",
    "sys/class/dmi/id/product_serial": "QX-DEMO-0001\n",
}


def make_machine(folder: Path) -> None:
    """Write it into ``folder``, which may be there already. Root has no password in it. Raises OSError."""
    files = dict(_FILES)
    for name, address, carrier, speed in _PORTS:
        files |= _in(f"sys/class/net/{name}", flags="0x1003", address=address, carrier=carrier, speed=speed, mtu="1500")
    for name, sectors, model, rotational in _DISKS:
        files |= _in(f"sys/block/{name}", size=str(sectors))
        files |= {f"sys/block/{name}/device/model": model, f"sys/block/{name}/queue/rotational": rotational}
    for name, content in files.items():
        _write(folder / name, content)
    _write(folder / "etc/shadow", "root::20000:0:99999:7:::\n", 0o640)
    zones = folder / "usr/share/zoneinfo"
    zones.mkdir(parents=True, exist_ok=True)
    # The list of this machine, where it has one: only names, and they are the same everywhere.
    tables = [Path("/usr/share/zoneinfo") / name for name in ("tzdata.zi", "zone1970.tab", "zone.tab")]
    table = next((path for path in tables if path.is_file()), None)
    if table is not None:
        _write(zones / table.name, table.read_text(encoding="utf-8", errors="replace"))
    else:
        _write(zones / "zone.tab", "DE\t+5230+01322\tEurope/Berlin\nUS\t+404251-0740023\tAmerica/New_York\n")
    localtime = folder / "etc/localtime"
    if not localtime.is_symlink():
        os.symlink("/usr/share/zoneinfo/Etc/UTC", localtime)


def _in(folder: str, **contents: str) -> dict[str, str]:
    return {f"{folder}/{name}": f"{content}\n" for name, content in contents.items()}


def _write(path: Path, content: str, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    path.chmod(mode)
