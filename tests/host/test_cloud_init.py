"""What cloud-init would set back when the machine starts."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from quantix_tui.host.files.tree import Tree
from quantix_tui.host.identity.renaming import Files
from quantix_tui.host.netconfig.ifupdown import Ifupdown
from quantix_tui.host.work import Work
from tests.host.files.trees import put
from tests.host.netconfig.cases import CASES


def named(tree: Tree) -> Work:
    return Files(tree).work("n1")


def networked(tree: Tree) -> Work:
    return Ifupdown(tree).work(CASES["fixed"]).there


@pytest.mark.parametrize(
    ("work", "settings"),
    [
        (named, {"preserve_hostname": True, "manage_etc_hosts": False}),
        (networked, {"network": {"config": "disabled"}}),
    ],
)
def test_what_was_set_up_stays(work: Callable[[Tree], Work], settings: dict[str, object], tmp_path: Path) -> None:
    tree, folder = Tree(str(tmp_path)), tmp_path / "etc/cloud/cloud.cfg.d"
    assert "cloud" not in str(work(tree).changes)
    put(tmp_path, "/etc/cloud/cloud.cfg", "preserve_hostname: false\nmanage_etc_hosts: true\n")
    put(tmp_path, "/etc/cloud/cloud-init.disabled")
    assert "cloud" not in str(work(tree).changes)
    (tmp_path / "etc/cloud/cloud-init.disabled").unlink()
    tree.apply(work(tree).changes)
    (file,) = folder.iterdir()
    assert yaml.safe_load(file.read_text()) == settings
    assert "cloud" not in str(work(tree).changes)
