"""Trees of machines that do not run, to be set up."""

from pathlib import Path

from tests.host.files.trees import link, put


def debian(root: Path) -> Path:
    put(root, "/etc/hostname", "debian\n")
    put(root, "/etc/hosts", "127.0.0.1\tlocalhost\n127.0.1.1\tdebian\n")
    put(root, "/etc/passwd", "root:x:0:0:root:/root:/bin/bash\n")
    put(root, "/etc/shadow", "root:*:19000:0:99999:7:::\n", 0o640)
    put(root, "/etc/network/interfaces", "source /etc/network/interfaces.d/*\nauto lo\niface lo inet loopback\n")
    put(root, "/etc/timezone", "Etc/UTC\n")
    link(root, "/etc/localtime", "/usr/share/zoneinfo/Etc/UTC")
    put(root, "/usr/share/zoneinfo/zone.tab", "DE\t+5230+01322\tEurope/Berlin\n")
    put(root, "/usr/lib/systemd/systemd-timesyncd")
    return root


def alpine(root: Path) -> Path:
    put(root, "/etc/hostname", "localhost\n")
    put(root, "/etc/hosts", "127.0.0.1\tlocalhost localhost.localdomain\n::1\tlocalhost\n")
    put(root, "/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n")
    put(root, "/etc/shadow", "root:::0:::::\n", 0o640)
    put(root, "/etc/network/interfaces", "auto lo\niface lo inet loopback\n")
    put(root, "/etc/conf.d/ntpd", 'NTPD_OPTS="-N -p pool.ntp.org"\n')
    return root


MACHINES = {"debian": debian, "alpine": alpine}
