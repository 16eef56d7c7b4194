import shutil
import subprocess
from pathlib import Path

import pytest

from tests.vm.initrd import Entry, cpio, dependencies_in, load_order, module_name

MODULES_DEP = """\
kernel/fs/ext4/ext4.ko: kernel/lib/crc16.ko kernel/fs/mbcache.ko kernel/fs/jbd2/jbd2.ko
kernel/lib/crc16.ko:
kernel/fs/mbcache.ko:
kernel/fs/jbd2/jbd2.ko:
kernel/drivers/virtio/virtio-pci.ko.xz: kernel/drivers/virtio/virtio.ko.xz
kernel/drivers/virtio/virtio.ko.xz:
"""


def test_an_entry_is_a_header_a_name_and_its_content_each_on_four_bytes() -> None:
    archive = cpio([Entry("init", 0o100755, b"hello")])
    assert archive.startswith(b"070701" + b"00000001" + b"000081ED")
    assert archive[54:62] == b"00000005"  # the content's length
    assert archive[94:102] == b"00000005"  # the name's, with its end
    assert archive[110:115] == b"init\0"
    assert archive[116:121] == b"hello"
    assert b"TRAILER!!!" in archive
    assert len(archive) % 512 == 0


@pytest.mark.skipif(shutil.which("cpio") is None, reason="cpio is not installed")
def test_cpio_itself_can_read_it(tmp_path: Path) -> None:
    archive = cpio([Entry("bin", 0o40755), Entry("bin/odd", 0o100644, b"123"), Entry("bin/none", 0o100644)])
    subprocess.run(["cpio", "-i", "--quiet"], input=archive, cwd=tmp_path, check=True)
    assert (tmp_path / "bin/odd").read_bytes() == b"123"
    assert (tmp_path / "bin/none").read_bytes() == b""


def test_what_a_module_needs_is_loaded_before_it() -> None:
    order = load_order(["ext4", "virtio_pci"], dependencies_in(MODULES_DEP))
    assert [module_name(path) for path in order] == ["jbd2", "mbcache", "crc16", "ext4", "virtio", "virtio_pci"]


def test_a_module_that_is_built_in_needs_no_loading() -> None:
    assert load_order(["crc32c_generic"], dependencies_in(MODULES_DEP)) == []


@pytest.mark.parametrize(
    ("path", "name"),
    [("kernel/fs/ext4/ext4.ko", "ext4"), ("kernel/drivers/virtio/virtio-pci.ko.xz", "virtio_pci")],
)
def test_a_module_is_named_by_its_file(path: str, name: str) -> None:
    assert module_name(path) == name
