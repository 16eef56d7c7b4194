import os
from pathlib import Path

import psutil
import pytest

from quantix_tui.host.machine import (
    Counters,
    MetricsReader,
    busy_percent,
    parse_cpuinfo,
    parse_meminfo,
    parse_os_release,
    parse_uptime,
    read_facts,
    read_uuid,
)
from tests.host.samples import MEMINFO, QUANTIX_OS, RASPBERRY_PI, TWO_SOCKETS


def write(root: Path, files: dict[str, str]) -> str:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return str(root)


def test_a_server_with_two_sockets_counts_its_cores_and_threads() -> None:
    cpu = parse_cpuinfo(TWO_SOCKETS)
    assert (cpu.sockets, cpu.cores, cpu.threads, cpu.frequency_mhz) == (2, 4, 8, 3200)
    assert cpu.model == "Intel(R) Xeon(R) Gold 6338 CPU @ 2.00GHz"
    assert "vmx" in cpu.features


def test_an_arm_board_names_no_sockets() -> None:
    cpu = parse_cpuinfo(RASPBERRY_PI)
    assert (cpu.sockets, cpu.cores, cpu.threads, cpu.frequency_mhz) == (None, 2, 2, None)
    assert cpu.model == "BCM2835"
    assert cpu.features[0] == "fp"


@pytest.mark.parametrize("text", ["", "nonsense", "processor\t: x\n"])
def test_an_unreadable_cpuinfo_is_unknown(text: str) -> None:
    cpu = parse_cpuinfo(text)
    assert (cpu.model, cpu.cores, cpu.threads, cpu.frequency_mhz, cpu.features) == (None, None, None, None, ())


def test_memory_is_in_bytes() -> None:
    sizes = parse_meminfo(MEMINFO)
    assert sizes["MemTotal"] == 24684096 * 1024
    assert sizes["HugePages_Total"] == 8


def test_uptime_in_seconds() -> None:
    assert parse_uptime("3542400.25 1645.42\n") == 3542400.25
    assert parse_uptime("") is None
    assert parse_uptime("soon") is None


def test_os_release_is_read_as_a_shell_would() -> None:
    values = parse_os_release(QUANTIX_OS)
    assert values["NAME"] == "Quantix-OS"
    assert values["VERSION_ID"] == "2.4.1"
    assert values["PRETTY_NAME"] == 'Quantix-OS "Heron" 2.4.1'
    assert values["HOME_URL"] == "https://quantix.example/"
    assert "EMPTY" not in values
    assert not any(name.startswith("#") for name in values)


def test_the_facts_of_a_node(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        {
            "etc/os-release": QUANTIX_OS,
            "etc/resolv.conf": "nameserver 10.20.0.2\n",
            "proc/cpuinfo": TWO_SOCKETS,
            "proc/meminfo": MEMINFO,
            "proc/uptime": "3542400.25 1.0\n",
            "proc/sys/kernel/hostname": "qx-node-07\n",
            "proc/sys/kernel/osrelease": "6.12.9-quantix\n",
            "proc/net/route": "Iface\neno1 00000000 0100140A 0003 0 0 100 00000000 0 0 0\n",
            "sys/class/dmi/id/product_serial": "7CZ1234\n",
            "sys/class/dmi/id/sys_vendor": "Dell Inc.\n",
            "sys/class/dmi/id/product_name": "PowerEdge R750\n",
        },
    )
    facts = read_facts(root)
    assert (facts.hostname, facts.os_name, facts.os_version) == ("qx-node-07", "Quantix-OS", "2.4.1")
    assert facts.kernel_version == "6.12.9-quantix"
    assert (facts.vendor, facts.model, facts.serial_number) == ("Dell Inc.", "PowerEdge R750", "7CZ1234")
    assert (facts.gateway, facts.dns) == ("10.20.0.1", ("10.20.0.2",))
    assert (facts.cpu_cores, facts.memory_total_bytes) == (4, 24684096 * 1024)
    assert facts.uptime_seconds == 3542400.25


def test_what_cannot_be_read_is_unknown(tmp_path: Path) -> None:
    facts = read_facts(str(tmp_path))
    assert facts.hostname == os.uname().nodename
    unknown = (facts.gateway, facts.os_name, facts.serial_number, facts.cpu_model, facts.memory_total_bytes)
    assert unknown == (None,) * 5
    assert facts.dns == ()


@pytest.mark.parametrize(
    "filler", ["To Be Filled By O.E.M.\n", "Default string", "None", " \n", "System Serial Number"]
)
def test_what_a_board_vendor_never_filled_in_is_unknown(tmp_path: Path, filler: str) -> None:
    assert read_facts(write(tmp_path, {"sys/class/dmi/id/product_serial": filler})).serial_number is None


def test_texts_of_the_firmware_are_harmless(tmp_path: Path) -> None:
    root = write(tmp_path, {"sys/class/dmi/id/product_name": "Evil\x1b[2J\u202ebox"})
    assert read_facts(root).model == "Evil?[2J?box"


def test_an_arm_board_names_its_model_in_the_device_tree(tmp_path: Path) -> None:
    root = write(tmp_path, {"sys/firmware/devicetree/base/model": "Raspberry Pi 4 Model B Rev 1.4\0"})
    assert read_facts(root).model == "Raspberry Pi 4 Model B Rev 1.4"


def test_the_busy_share_leaves_out_waiting_and_does_not_count_guests_twice() -> None:
    before = {"user": 10.0, "system": 5.0, "idle": 80.0, "iowait": 5.0, "guest": 4.0, "guest_nice": 0.0}
    now = {"user": 40.0, "system": 15.0, "idle": 130.0, "iowait": 15.0, "guest": 34.0, "guest_nice": 0.0}
    assert busy_percent(before, now) == 40.0


def test_no_time_passed_is_unknown_and_a_clock_that_went_back_is_no_work() -> None:
    times = {"user": 10.0, "idle": 80.0}
    assert busy_percent(times, times) is None
    assert busy_percent({"user": 10.0, "idle": 80.0}, {"user": 9.0, "idle": 90.0}) == 0.0


def test_rates_are_bytes_a_second() -> None:
    before = Counters(100.0, (1000, 2000), (10, 20))
    assert Counters(102.0, (5000, 2000), (30, 20)).since(before) == (2000, 0, 10, 0)


def test_a_device_that_was_taken_out_leaves_its_rate_unknown() -> None:
    before = Counters(100.0, (1000, 2000), (10, 20))
    assert Counters(101.0, (500, 3000), None).since(before) == (None, 1000, None, None)
    assert Counters(100.0, (500, 3000), (10, 20)).since(before) == (None, None, None, None)


def test_the_load_of_this_machine() -> None:
    reader = MetricsReader()
    metrics = reader.read()
    assert metrics.memory_total_bytes == psutil.virtual_memory().total
    assert metrics.memory_used_bytes is not None
    assert 0 < metrics.memory_used_bytes <= (metrics.memory_total_bytes or 0)
    for percent in (metrics.cpu_usage_percent, metrics.memory_usage_percent, metrics.disk_usage_percent):
        assert percent is None or 0 <= percent <= 100
    assert metrics.load_average_1min is not None
    rate = metrics.network_rx_bytes_per_sec
    assert rate is None or rate >= 0
    assert (metrics.vm_count, metrics.vm_running_count) == (None, None)


def test_a_disk_that_is_gone_is_unknown(tmp_path: Path) -> None:
    assert MetricsReader(str(tmp_path / "gone")).read().disk_usage_percent is None


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("4C4C4544-0043-5A10-8031-B7C04F313233\n", "4c4c4544-0043-5a10-8031-b7c04f313233"),
        ("00000000-0000-0000-0000-000000000000\n", None),
        ("FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF\n", None),
        ("Not Specified\n", None),
    ],
)
def test_the_uuid_of_the_board_or_none(content: str, expected: str | None, tmp_path: Path) -> None:
    folder = tmp_path / "sys/class/dmi/id"
    folder.mkdir(parents=True)
    (folder / "product_uuid").write_text(content)
    assert read_uuid(str(tmp_path)) == expected
    assert read_uuid(str(tmp_path / "nothing")) is None
