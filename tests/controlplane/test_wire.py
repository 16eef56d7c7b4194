import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from quantix_tui.cluster.status import MAX_HEARTBEAT_INTERVAL_SECS
from quantix_tui.controlplane.wire import (
    ClusterNode,
    ControlPlaneInfo,
    CpuInfo,
    HeartbeatAck,
    MemoryInfo,
    NetworkDevice,
    NodeDescription,
    NodeList,
    NodeRole,
    Registration,
    StorageDevice,
    Usage,
    from_unix,
)


def test_a_whole_description() -> None:
    description = NodeDescription(
        hostname="qx-node-07",
        management_ip="10.20.0.17:9090",
        labels={"rack": "7"},
        role=NodeRole(compute=True, control_plane=True),
        cpu_info=CpuInfo(model="EPYC", sockets=2, cores_per_socket=32, threads_per_core=2, total_threads=128),
        memory_info=MemoryInfo(total_bytes=1 << 40, allocatable_bytes=1 << 39),
        storage_devices=(StorageDevice(path="/dev/nvme0n1", size_bytes=1 << 42, type="NVME", available=True),),
        network_devices=(NetworkDevice(name="eno1", mac_address="3c:ec:ef:12:34:56", speed_mbps=10_000, mtu=9000),),
    )
    assert json.loads(json.dumps(description.to_wire())) == {
        "hostname": "qx-node-07",
        "managementIp": "10.20.0.17:9090",
        "labels": {"rack": "7"},
        "role": {"compute": True, "controlPlane": True},
        "cpuInfo": {
            "model": "EPYC",
            "sockets": 2,
            "coresPerSocket": 32,
            "threadsPerCore": 2,
            "totalThreads": 128,
        },
        "memoryInfo": {"totalBytes": 1 << 40, "allocatableBytes": 1 << 39},
        "storageDevices": [{"path": "/dev/nvme0n1", "sizeBytes": 1 << 42, "type": "NVME", "available": True}],
        "networkDevices": [{"name": "eno1", "macAddress": "3c:ec:ef:12:34:56", "speedMbps": 10_000, "mtu": 9000}],
    }


def test_zero_values_are_left_out() -> None:
    assert Usage().to_wire() == {}
    assert Usage(cpu_usage_percent=1.5).to_wire() == {"cpuUsagePercent": 1.5}


def test_a_registration() -> None:
    read = Registration.model_validate(
        {"id": "n-1", "nodeCredential": "qnc_x", "heartbeatIntervalSecs": "15", "new": 1}
    )
    assert read.node_id == "n-1"
    assert read.credential is not None
    assert read.credential.reveal() == "qnc_x"
    assert read.heartbeat_interval_secs == 15
    assert "qnc_x" not in repr(read)
    assert "qnc_x" not in str(read)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"id": ""},
        {"id": "two words"},
        {"id": "n\n"},
        {"id": "\x1b[2J"},
        {"id": "n" * 129},
        {"id": "n", "nodeCredential": 7},
        {"id": "n", "nodeCredential": ""},
        {"id": "n", "nodeCredential": "x\n"},
        {"id": "n", "nodeCredential": "x" * 10_000},
    ],
)
def test_registrations_that_are_none(body: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as caught:
        Registration.model_validate(body)
    assert "x" * 20 not in str(caught.value)


@pytest.mark.parametrize("value", [None, 0, -1, "", "soon", "nan", "inf", True, [], {}, "9" * 400])
def test_an_interval_that_makes_no_sense_is_not_said(value: object) -> None:
    assert HeartbeatAck.model_validate({"heartbeatIntervalSecs": value}).heartbeat_interval_secs is None


def test_an_interval_is_bounded() -> None:
    assert (
        HeartbeatAck.model_validate({"heartbeatIntervalSecs": 1e9}).heartbeat_interval_secs
        == MAX_HEARTBEAT_INTERVAL_SECS
    )
    assert HeartbeatAck.model_validate({"heartbeatIntervalSecs": 0.05}).heartbeat_interval_secs == 0.05


def test_an_acknowledgement_leaves_zero_values_out() -> None:
    read = HeartbeatAck.model_validate({"serverTimeUnix": "1773308460"})
    assert not read.acknowledged
    assert read.server_time_unix == 1773308460
    assert from_unix(read.server_time_unix) is not None
    assert from_unix(1e30) is None
    assert from_unix(float("nan")) is None


@pytest.mark.parametrize(("word", "fits"), [("v1", True), ("1", True), ("V1.4", True), ("v2", False), ("", False)])
def test_compatibility(word: str, fits: bool) -> None:
    info = ControlPlaneInfo.model_validate({"name": "vDC", "version": "1", "api_version": word})
    assert info.compatible is fits


def test_a_list_of_nodes() -> None:
    body = {
        "nodes": [
            {
                "id": "1",
                "hostname": "a\x1bb",
                "managementIp": "10.0.0.5/32",
                "status": {"phase": "READY", "vmIds": ["v"]},
            },
            {"id": "2"},
        ],
        "totalCount": 2,
    }
    first, second = NodeList.model_validate(body).nodes
    assert (first.hostname, first.management_ip, first.phase, first.vm_count) == ("a?b", "10.0.0.5", "READY", 1)
    assert (second.hostname, second.management_ip, second.phase, second.vm_count) == ("", "", "PENDING", 0)
    assert NodeList.model_validate({}).nodes == ()


@settings(deadline=None, max_examples=50)
@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists, max_leaves=5))
def test_any_status_of_a_node_has_a_phase(value: object) -> None:
    node = ClusterNode.model_validate({"id": "1", "status": {"phase": value, "vmIds": value}})
    assert node.phase
    assert node.vm_count >= 0
