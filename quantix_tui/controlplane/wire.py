"""What travels to and from the control plane (Connect protocol, JSON).

What we send is complete and exact: camelCase, zero values left out. What we read is taken with
caution: unknown fields are ignored, text is made harmless, figures out of range are not believed.
"""

import math
import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, InstanceOf
from pydantic.alias_generators import to_camel

from quantix_tui.cluster.secret import NodeCredential
from quantix_tui.cluster.status import MAX_HEARTBEAT_INTERVAL_SECS
from quantix_tui.cluster.text import harmless
from quantix_tui.cluster.token import MAX_TOKEN


class _Sent(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True, extra="forbid")

    def to_wire(self) -> dict[str, Any]:
        """The JSON body: camelCase names, zero values left out (proto3 JSON)."""
        return self.model_dump(by_alias=True, exclude_defaults=True)


class NodeRole(_Sent):
    compute: bool = False
    storage: bool = False
    control_plane: bool = False


class CpuInfo(_Sent):
    model: str = ""
    sockets: int = 0
    cores_per_socket: int = 0
    threads_per_core: int = 0
    total_threads: int = 0
    frequency_mhz: int = 0
    features: tuple[str, ...] = ()


class MemoryInfo(_Sent):
    total_bytes: int = 0
    allocatable_bytes: int = 0


class StorageDevice(_Sent):
    path: str = ""
    model: str = ""
    size_bytes: int = 0
    type: str = ""
    """NVME, SSD or HDD."""
    available: bool = False


class NetworkDevice(_Sent):
    name: str = ""
    mac_address: str = ""
    speed_mbps: int = 0
    mtu: int = 0
    sriov_capable: bool = False


class NodeDescription(_Sent):
    """What a node tells of itself when it registers. ``management_ip`` is ``ip:port``."""

    hostname: str
    management_ip: str = ""
    labels: dict[str, str] = Field(default_factory=dict)
    role: NodeRole = NodeRole()
    cpu_info: CpuInfo = CpuInfo()
    memory_info: MemoryInfo = MemoryInfo()
    storage_devices: tuple[StorageDevice, ...] = ()
    network_devices: tuple[NetworkDevice, ...] = ()


class Usage(_Sent):
    """The load that a heartbeat reports. Per cent from 0 to 100, memory in MiB."""

    cpu_usage_percent: float = 0.0
    memory_used_mib: int = 0
    memory_total_mib: int = 0


def _interval(value: object) -> float | None:
    """Seconds between heartbeats as the server wants them; nonsense is as good as not said."""
    try:
        seconds = float(value) if isinstance(value, int | float | str) else math.nan
    except (ValueError, OverflowError):
        return None
    if isinstance(value, bool) or not math.isfinite(seconds) or seconds <= 0:
        return None
    return min(seconds, MAX_HEARTBEAT_INTERVAL_SECS)


def _line(value: object) -> object:
    return harmless(value) if isinstance(value, str) else value


def _without_prefix(value: object) -> object:
    """The real control plane stores addresses as networks of one address (``10.0.0.5/32``)."""
    return value.partition("/")[0] if isinstance(value, str) else value


def _credential(value: object) -> object:
    if not isinstance(value, str):
        return value
    # What a header can carry: anything else would fail later, when the registration token is used up.
    if not re.fullmatch(r"[\x21-\x7e]+", value) or len(value) > MAX_TOKEN:
        raise ValueError("not a credential that a request can carry")
    return NodeCredential(value)


Line = Annotated[str, BeforeValidator(_line)]
Interval = Annotated[float | None, BeforeValidator(_interval)]


class _Received(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        alias_generator=to_camel,
        populate_by_name=True,
        extra="ignore",
        hide_input_in_errors=True,
    )


class Registration(_Received):
    """The answer to RegisterNode. A control plane that issues no credential is met without one."""

    node_id: str = Field(alias="id", pattern=r"^[\x21-\x7e]{1,128}$")
    credential: Annotated[InstanceOf[NodeCredential] | None, BeforeValidator(_credential)] = Field(
        default=None, alias="nodeCredential"
    )
    heartbeat_interval_secs: Interval = None


class HeartbeatAck(_Received):
    """The answer to UpdateHeartbeat."""

    acknowledged: bool = False
    server_time_unix: float | None = None
    """Seconds since 1970 by the control plane's clock."""
    heartbeat_interval_secs: Interval = None
    request_full_sync: bool = False


class ControlPlaneInfo(_Received):
    """``GET /api/v1/info`` (its names are snake_case, unlike the Connect answers)."""

    name: Line = Field(min_length=1)
    version: Line = ""
    api_version: Line = ""

    @property
    def compatible(self) -> bool:
        """Whether it speaks the API that this node speaks: major version 1, as ``v1``, ``1`` or ``1.4``."""
        return self.api_version.lower().removeprefix("v").partition(".")[0] == "1"


class ClusterNode(_Received):
    """One node of ListNodes."""

    id: Line
    hostname: Line = ""
    management_ip: Annotated[Line, BeforeValidator(_without_prefix)] = ""
    status: dict[str, Any] = Field(default_factory=dict, repr=False)

    @property
    def phase(self) -> str:
        """PENDING, READY, NOT_READY, MAINTENANCE, DRAINING, OFFLINE (zero values are left out: PENDING)."""
        return harmless(str(self.status.get("phase") or "PENDING"), 40)

    @property
    def vm_count(self) -> int:
        vms = self.status.get("vmIds")
        return len(vms) if isinstance(vms, list) else 0


class NodeList(_Received):
    nodes: tuple[ClusterNode, ...] = ()


def from_unix(seconds: float) -> datetime | None:
    """A time of the wire, or None when no calendar has it."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
