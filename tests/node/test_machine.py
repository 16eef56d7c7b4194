"""What the control plane is told of this machine (WIRE 2, RegisterNode and UpdateHeartbeat)."""

from quantix_tui.host.inventory import Disk, Inventory, NetworkPort
from quantix_tui.host.machine import Cpu
from quantix_tui.node.machine import Machine, description_of

INVENTORY = Inventory(
    hostname="qx-node-07",
    management_ip="10.20.0.17",
    cpu=Cpu(model="EPYC", sockets=2, cores=32, threads=64, frequency_mhz=2400, features=("svm",)),
    memory_total_bytes=1 << 38,
    memory_allocatable_bytes=None,
    disks=(Disk("/dev/nvme0n1", "", 10**12, "NVME", True),),
    ports=(NetworkPort("eno1", "3c:ec:ef:12:34:56", None, 1500, False),),
)


def test_an_inventory_on_the_wire() -> None:
    assert description_of(INVENTORY).to_wire() == {
        "hostname": "qx-node-07",
        "managementIp": "10.20.0.17:9090",
        "role": {"compute": True},
        "cpuInfo": {
            "model": "EPYC",
            "sockets": 2,
            "coresPerSocket": 16,
            "threadsPerCore": 2,
            "totalThreads": 64,
            "frequencyMhz": 2400,
            "features": ("svm",),
        },
        "memoryInfo": {"totalBytes": 1 << 38},
        "storageDevices": ({"path": "/dev/nvme0n1", "sizeBytes": 10**12, "type": "NVME", "available": True},),
        "networkDevices": ({"name": "eno1", "macAddress": "3c:ec:ef:12:34:56", "mtu": 1500},),
    }


def test_an_ipv6_address_stands_in_brackets() -> None:
    description = description_of(Inventory("n", "2001:db8::17", Cpu(), None, None, (), ()))
    assert description.to_wire() == {
        "hostname": "n",
        "managementIp": "[2001:db8::17]:9090",
        "role": {"compute": True},
    }


def test_this_machine_describes_itself() -> None:
    machine = Machine()
    assert machine.describe().hostname == machine.facts().hostname
    usage = machine.usage()
    assert 0 < usage.memory_used_mib <= usage.memory_total_mib
    assert 0 <= usage.cpu_usage_percent <= 100
