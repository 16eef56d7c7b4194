"""What ifup leaves running, on a machine that systemd runs, and what it does not say."""

import subprocess
from pathlib import Path

import pytest

from quantix_tui.host.files.tree import Tree
from quantix_tui.host.lines.init import Init
from quantix_tui.host.netconfig import ifupdown
from quantix_tui.host.netconfig.wanted import Wanted
from tests.support.real_systemd import running_systemd

_LEAVES_A_CLIENT = "#!/bin/sh\nsetsid sleep 1000 </dev/null >/dev/null 2>&1 &\necho $! >{pid}\n"


def test_the_dhcp_client_outlives_the_unit_that_began_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the console's own unit, the one that applies found answers, and the keeper's, which all end."""

    def systemd_runs(_: Tree, init: Init) -> bool:
        return init is Init.SYSTEMD

    monkeypatch.setattr(ifupdown, "is_running", systemd_runs)
    (command,) = [
        each for each in ifupdown.Ifupdown(Tree()).work(Wanted("no-such0")).there.after if "ifup" in str(each)
    ]
    units = {}
    for name, words in (("without", ("ifup", "no-such0")), ("within", command.words)):
        program = tmp_path / f"{name}/ifup"
        program.parent.mkdir()
        program.write_text(_LEAVES_A_CLIENT.format(pid=program.parent / "pid"))
        program.chmod(0o755)
        service = f"Environment=PATH={program.parent}:/usr/bin:/bin\nExecStart=env {' '.join(words)}\n"
        units[f"{name}.service"] = f"[Unit]\nDefaultDependencies=no\n[Service]\nType=oneshot\n{service}"
    with running_systemd(tmp_path, units) as inside:
        for name in units:
            subprocess.run([*inside, "systemctl", "start", name], check=True, timeout=30)
        pids = [(tmp_path / name / "pid").read_text().strip() for name in ("without", "within")]
        alive = [subprocess.run([*inside, "kill", "-0", pid], check=False).returncode == 0 for pid in pids]
    assert alive == [False, True]


def test_a_vlan_that_the_kernel_did_not_make_is_no_success() -> None:
    """Debian's ifup says nothing of it and ends with 0."""
    there = ifupdown.Ifupdown(Tree()).work(Wanted("no-such0", vlan=5)).there.after
    assert [each.optional for each in there if str(each) == "ip link show dev no-such0.5"] == [False]
    without = ifupdown.Ifupdown(Tree()).work(Wanted("no-such0")).there.after
    assert not [each for each in without if "link show" in str(each)]
