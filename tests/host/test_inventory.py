from pathlib import Path

import pytest

from quantix_tui.host.inventory import (
    MAX_FEATURES,
    Disk,
    NetworkPort,
    disk_type,
    read_disks,
    read_inventory,
    read_ports,
    used_devices,
)
from tests.host.samples import MEMINFO, TWO_SOCKETS
from tests.host.test_machine import write


def test_the_parts_of_a_server(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        {"proc/cpuinfo": TWO_SOCKETS, "proc/meminfo": MEMINFO, "proc/sys/kernel/hostname": "qx-node-07\n"},
    )
    inventory = read_inventory(root)
    assert inventory.hostname == "qx-node-07"
    assert (inventory.cpu.sockets, inventory.cores_per_socket, inventory.threads_per_core) == (2, 2, 2)
    assert inventory.cpu.threads == 8
    assert (inventory.memory_total_bytes, inventory.memory_allocatable_bytes) == (24684096 << 10, 24199100 << 10)
    assert (inventory.disks, inventory.ports) == ((), ())


def test_nothing_readable_is_unknown(tmp_path: Path) -> None:
    inventory = read_inventory(str(tmp_path))
    assert (inventory.memory_total_bytes, inventory.cores_per_socket, inventory.threads_per_core) == (None, None, None)


def test_features_are_bounded_and_sorted(tmp_path: Path) -> None:
    flags = " ".join(f"f{number:04}" for number in range(2000, 0, -1))
    root = write(tmp_path, {"proc/cpuinfo": f"processor\t: 0\nflags\t\t: {flags} f0001\n"})
    features = read_inventory(root).cpu.features
    assert len(features) == MAX_FEATURES
    assert features[:2] == ("f0001", "f0002")


def test_disks_with_their_kind_and_whether_they_are_free(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        {
            "sys/block/nvme0n1/size": "1000215216\n",
            "sys/block/nvme0n1/device/model": "SAMSUNG MZQL21T9HCJR-00A07  \n",
            "sys/block/nvme0n1/queue/rotational": "0\n",
            "sys/block/nvme0n1/nvme0n1p1/size": "2048\n",
            "sys/block/sda/size": "11721045168\n",
            "sys/block/sda/device/model": "ST6000NM0115\n",
            "sys/block/sda/queue/rotational": "1\n",
            "sys/block/sda/holders/.keep": "",
            "sys/block/sdb/size": "1875385008\n",
            "sys/block/sdb/queue/rotational": "0\n",
            "sys/block/sdb/device/vendor": "ATA     \n",
            "sys/block/vdc/size": "2048\n",
            "sys/block/vdc/device/vendor": "0x1af4\n",
            "sys/block/sr0/size": "2097151\n",
            "sys/block/loop0/size": "512\n",
            "sys/block/dm-0/size": "512\n",
            "sys/block/sdz/size": "0\n",
            "proc/self/mounts": "/dev/nvme0n1p1 / ext4 rw 0 0\nproc /proc proc rw 0 0\n/dev/vdc /mnt xfs rw 0 0\n",
        },
    )
    (tmp_path / "sys/block/sda/holders/.keep").unlink()
    assert read_disks(root) == (
        Disk("/dev/nvme0n1", "SAMSUNG MZQL21T9HCJR-00A07", 1000215216 * 512, "NVME", available=False),
        Disk("/dev/sda", "ST6000NM0115", 11721045168 * 512, "HDD", available=True),
        Disk("/dev/sdb", "ATA", 1875385008 * 512, "SSD", available=True),
        Disk("/dev/vdc", "", 2048 * 512, "SSD", available=False),
    )


def test_a_disk_that_a_volume_group_holds_is_not_free(tmp_path: Path) -> None:
    root = write(tmp_path, {"sys/block/sda/size": "2048\n", "sys/block/sda/holders/dm-0": ""})
    assert [disk.available for disk in read_disks(root)] == [False]


def test_swap_is_a_use() -> None:
    swaps = "Filename\tType\tSize\n/dev/sdb partition 1 0 -2\n"
    assert used_devices("", swaps) == {"sdb"}


@pytest.mark.parametrize(
    ("name", "rotational", "kind"), [("nvme1n1", "0", "NVME"), ("sda", "1\n", "HDD"), ("sda", "", "SSD")]
)
def test_kinds_of_disks(name: str, rotational: str, kind: str) -> None:
    assert disk_type(name, rotational) == kind


def test_ports_with_their_link(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        {
            "sys/class/net/eno1/address": "3c:ec:ef:12:34:56\n",
            "sys/class/net/eno1/speed": "10000\n",
            "sys/class/net/eno1/mtu": "9000\n",
            "sys/class/net/eno1/device/sriov_totalvfs": "64\n",
            "sys/class/net/eno2/address": "3c:ec:ef:12:34:57\n",
            "sys/class/net/eno2/speed": "-1\n",
            "sys/class/net/eno2/mtu": "1500\n",
            "sys/class/net/lo/address": "00:00:00:00:00:00\n",
            "sys/class/net/vnet3/address": "fe:54:00:00:00:01\n",
            "sys/class/net/bonding_masters": "",
        },
    )
    assert read_ports(root) == (
        NetworkPort("eno1", "3c:ec:ef:12:34:56", 10000, 9000, sriov_capable=True),
        NetworkPort("eno2", "3c:ec:ef:12:34:57", None, 1500, sriov_capable=False),
    )


def test_this_machine_can_be_described() -> None:
    inventory = read_inventory()
    assert inventory.hostname
    assert inventory.memory_total_bytes
    assert inventory.cpu.threads
