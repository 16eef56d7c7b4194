"""Naming a machine: its files, and the real kernel in a namespace of its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from quantix_tui.host.doing import do
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.identity.renaming import Files, Systemd, current_name, find_renaming
from quantix_tui.host.lines import init
from tests.host.files.trees import link, picture, put


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    put(tmp_path, "/etc/hostname", "# the name\nold\n", 0o600)
    put(tmp_path, "/etc/hosts", "127.0.0.1 localhost\n127.0.1.1 old\n# caf\xe9\n", 0o640)
    return tmp_path


async def test_a_tree_is_named_by_its_files_alone(machine: Path) -> None:
    tree = Tree(str(machine))
    renaming = find_renaming(tree)
    assert isinstance(renaming, Files)
    work = renaming.work("n1.example.com")
    assert not work.before
    assert not work.after
    assert [str(change) for change in work.changes] == ["edit /etc/hosts", "write /etc/hostname"]
    await do(work, tree)
    assert current_name(tree) == "n1.example.com"
    hosts = machine / "etc/hosts"
    assert hosts.read_text() == "127.0.0.1 localhost\n127.0.1.1 n1.example.com n1\n# caf\xe9\n"
    assert hosts.stat().st_mode & 0o777 == 0o640
    assert renaming.work("n1.example.com").is_nothing


async def test_a_link_of_another_root_leads_nowhere_else(
    machine: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    put(outside, "/hosts", "127.0.1.1 old\n")
    (machine / "etc/hosts").unlink()
    link(machine, "/etc/hosts", str(outside / "hosts"))
    tree = Tree(str(machine))
    before = picture(outside)
    # The link stands for a file in the tree, which has none.
    await do(Files(tree).work("n1"), tree)
    assert picture(outside) == before


@pytest.mark.parametrize(("bus", "kind"), [(True, Systemd), (False, Files)])
def test_without_a_bus_systemd_cannot_be_asked(bus: bool, kind: type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(init, "is_running", lambda tree, which: which is init.Init.SYSTEMD)
    monkeypatch.setattr(os.path, "exists", lambda path: bus and path == "/run/dbus/system_bus_socket")
    assert isinstance(find_renaming(Tree("/")), kind)


def test_systemd_names_it_itself(machine: Path) -> None:
    work = Systemd(Tree(str(machine))).work("n1")
    assert [str(command) for command in work.after] == ["hostnamectl set-hostname n1"]
    assert [str(change) for change in work.changes] == ["edit /etc/hosts"]


NAMED = """
import asyncio, os, sys
from quantix_tui.host.doing import do
from quantix_tui.host.identity.renaming import Files
from quantix_tui.host.files.tree import Tree
for name in ("hostname", "hosts"):
    os.system(f"mount --bind {sys.argv[1]}/etc/{name} /etc/{name}")
tree = Tree("/")
work = Files(tree).work("n1")
# A file that something is mounted on cannot get another one's name; the kernel's part is what is tried here.
asyncio.run(do(type(work)(after=work.after), tree))
print(os.uname().nodename)
"""


def test_the_kernel_takes_the_name_at_once(machine: Path) -> None:
    if os.geteuid() != 0 or shutil.which("unshare") is None or shutil.which("hostname") is None:
        pytest.skip("it takes root, unshare and hostname")
    command = ["unshare", "--uts", "--mount", sys.executable, "-c", NAMED, str(machine)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert done.stdout.strip() == "n1", done.stderr
    assert os.uname().nodename != "n1"
