"""The bodies of the API. Requests are read in snake_case (the document) and camelCase; answers are snake_case."""

from typing import Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, SecretStr
from pydantic.alias_generators import to_camel

from quantix_tui.cluster.address import MAX_INPUT, parse_address
from quantix_tui.cluster.checks import CheckName, Outcome
from quantix_tui.cluster.errors import ErrorCode
from quantix_tui.cluster.join import JoinRequest
from quantix_tui.cluster.status import ClusterState
from quantix_tui.cluster.token import MAX_TOKEN, parse_token
from quantix_tui.cluster.trust import Trust, parse_fingerprint
from quantix_tui.controlplane.ca import certificates_in
from quantix_tui.controlplane.limits import MAX_CA_PEM


def _either(name: str) -> AliasChoices:
    return AliasChoices(name, to_camel(name))


class _Request(BaseModel):
    # What was sent may hold a token: it never appears in an error.
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class _TrustFields(_Request):
    ca_file: str | None = Field(default=None, max_length=4096, validation_alias=_either("ca_file"))
    """Path on this node of the CA certificates that alone are trusted; with ``ca_pem`` only their name in messages."""
    ca_pem: str | None = Field(default=None, max_length=MAX_CA_PEM, validation_alias=_either("ca_pem"))
    """Those certificates themselves (PEM); the node keeps a copy of its own."""
    pin_sha256: str | None = Field(default=None, max_length=200, validation_alias=_either("pin_sha256"))
    """SHA-256 fingerprint of the control plane's certificate or of a CA in its chain."""

    def trust(self) -> Trust:
        pin = parse_fingerprint(self.pin_sha256) if self.pin_sha256 else None
        return Trust(self.ca_file or None, pin, certificates_in(self.ca_pem) if self.ca_pem else None)


class JoinBody(_TrustFields):
    """``POST /cluster/join``."""

    control_plane_address: str = Field(max_length=2 * MAX_INPUT, validation_alias=_either("control_plane_address"))
    registration_token: SecretStr = Field(max_length=2 * MAX_TOKEN, validation_alias=_either("registration_token"))

    def request(self) -> JoinRequest:
        """Raises :class:`QuantixError` when the shape is wrong (DESIGN 4.1)."""
        token = parse_token(self.registration_token.get_secret_value())
        return JoinRequest(parse_address(self.control_plane_address), token, self.trust())


class TestConnectionBody(_TrustFields):
    """``POST /cluster/test-connection``. Without a token the checks end before it."""

    __test__ = False

    control_plane_url: str = Field(
        max_length=2 * MAX_INPUT,
        validation_alias=AliasChoices("control_plane_url", "controlPlaneUrl", "control_plane_address"),
    )
    registration_token: SecretStr | None = Field(
        default=None, max_length=2 * MAX_TOKEN, validation_alias=_either("registration_token")
    )

    def request(self) -> JoinRequest:
        """Raises :class:`QuantixError` when the shape is wrong (DESIGN 4.1)."""
        token = self.registration_token.get_secret_value() if self.registration_token else ""
        return JoinRequest(parse_address(self.control_plane_url), parse_token(token) if token else None, self.trust())


class ProblemBody(BaseModel):
    """Every error: a stable code, what happened and why, what to do now, facts beside it."""

    error: ErrorCode
    message: str
    hint: str
    details: dict[str, str]


class PendingCleanupBody(BaseModel):
    control_plane_address: str
    node_id: str
    since: str
    problem: ProblemBody | None


class CertificateBody(BaseModel):
    fingerprint: str
    subject: str
    issuer: str
    self_issued: bool
    not_before: str
    not_after: str


class StatusBody(BaseModel):
    """The document's five fields, then ours."""

    joined: bool
    control_plane_address: str | None
    node_id: str | None
    last_heartbeat: str | None
    status: ClusterState
    restart_required: bool
    heartbeat_age_secs: float | None
    heartbeat_interval_secs: float | None
    state_age_secs: float | None
    problem: ProblemBody | None
    problem_age_secs: float | None
    attempts: int
    next_attempt_secs: float | None
    trust: str | None
    pin_sha256: str | None
    certificate: CertificateBody | None
    cluster_name: str | None
    pending_cleanup: PendingCleanupBody | None
    daemon_started_at: str | None
    instance_id: str | None


class ConfigBody(BaseModel):
    """The ``control_plane`` section as it is on disk. Never a token or a credential."""

    enabled: bool
    control_plane_address: str | None
    node_id: str | None
    heartbeat_interval_secs: float
    ca_file: str | None
    pin_sha256: str | None
    proxy: str | None
    allow_plaintext: bool
    config_file: str


class CheckBody(BaseModel):
    name: CheckName
    outcome: Outcome
    duration_ms: float
    learnt: str
    problem: ProblemBody | None
    certificate: CertificateBody | None


class TestConnectionAnswer(BaseModel):
    __test__ = False

    success: bool
    message: str
    cluster_name: str | None
    cluster_version: str | None
    checks: list[CheckBody]


class AddressBody(BaseModel):
    interface: str
    address: str
    prefix: int


class HostBody(BaseModel):
    """Who this machine is; every figure that could not be read is null. The camelCase names are the Rust daemon's."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)

    hostname: str
    management_ip: str | None
    addresses: list[AddressBody]
    gateway: str | None
    dns: list[str]
    os_name: str | None
    os_version: str | None
    kernel_version: str | None
    serial_number: str | None
    vendor: str | None
    model: str | None
    cpu_model: str | None
    cpu_cores: int | None
    memory_total_bytes: int | None
    uptime_seconds: float | None
    daemon_version: str


class MetricsBody(BaseModel):
    """The load. Percentages 0 to 100; rates are over the time since the reading before."""

    timestamp: str
    cpu_usage_percent: float | None
    memory_usage_percent: float | None
    memory_used_bytes: int | None
    memory_total_bytes: int | None
    disk_usage_percent: float | None
    disk_read_bytes_per_sec: int | None
    disk_write_bytes_per_sec: int | None
    network_rx_bytes_per_sec: int | None
    network_tx_bytes_per_sec: int | None
    load_average_1min: float | None
    load_average_5min: float | None
    load_average_15min: float | None
    vm_count: int | None
    vm_running_count: int | None


class HealthBody(BaseModel):
    healthy: bool
    version: str
    hypervisor: str | None
    uptime_seconds: float | None
    uptimeSeconds: float | None


class EventBody(BaseModel):
    event_id: str
    eventId: str
    timestamp: str
    level: Literal["debug", "info", "warning", "error"]
    category: Literal["system", "vm", "storage", "network", "cluster", "security"]
    message: str
    source: str


class EventsBody(BaseModel):
    events: list[EventBody]
    total_count: int
    totalCount: int
