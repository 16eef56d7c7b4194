"""The services that matter on a node, in the order in which one asks for them, told in plain words."""

from dataclasses import dataclass

from quantix_tui.host.logs.entry import Subject


@dataclass(frozen=True, slots=True)
class Known:
    """One service, under whatever name this machine has it.

    ``units`` are systemd's names for it (``*`` for instances), ``scripts`` OpenRC's; ``programs`` what its lines in a
    log file begin with. ``restarted`` and ``stopped`` say what that means for whoever does it. ``stoppable`` is False
    for what one would saw off from under oneself.
    """

    name: str
    what: str
    units: tuple[str, ...]
    scripts: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    restarted: str = "What it does stands still for a moment."
    stopped: str = "What it does stands still until it is started again."
    stoppable: bool = True
    always: bool = False
    """Listed although it is not installed: that is worth knowing."""

    def subject(self, unit: str) -> Subject:
        """Its lines in the logs."""
        name = unit.removesuffix(".service")
        return Subject(self.name.lower(), (unit,), tuple(dict.fromkeys((*self.programs, name))))


KNOWN = (
    Known(
        "Node daemon",
        "keeps this node in its cluster",
        ("limiquantix-node.service",),
        ("quantix-node",),
        ("limiquantix-node", "quantix-node"),
        "VMs keep running. The cluster misses this node for a few seconds.",
        "VMs keep running. The cluster sees this node as gone until the daemon is started again.",
        always=True,
    ),
    Known(
        "SSH",
        "logins over the network",
        ("ssh.service", "sshd.service", "dropbear.service"),
        ("sshd", "dropbear"),
        ("sshd", "dropbear"),
        "Sessions that are open stay open.",
        "Nobody can log in over SSH until it is started again. Sessions that are open stay open.",
    ),
    Known(
        "Network",
        "addresses and routes of this node",
        ("NetworkManager.service", "systemd-networkd.service", "networking.service"),
        ("NetworkManager", "networking"),
        ("NetworkManager", "systemd-networkd"),
        "The network of this node may be gone for some seconds: what reaches it over the network is cut off meanwhile, "
        "this session too where it comes over SSH.",
        "This node loses its network: SSH, its cluster and the migration of VMs with it. It can then only be started "
        "again at the machine or through its BMC.",
    ),
    Known(
        "Time",
        "keeps the clock right",
        ("chronyd.service", "chrony.service", "systemd-timesyncd.service", "ntpd.service", "ntp.service"),
        ("chronyd", "ntpd", "openntpd"),
        ("chronyd", "systemd-timesyncd", "ntpd"),
        "The clock runs on meanwhile.",
        "The clock drifts until it is started again; a wrong clock costs a node its cluster.",
    ),
    Known(
        "Virtual machines",
        "runs the virtual machines (libvirt)",
        ("libvirtd.service", "virtqemud.service"),
        ("libvirtd", "virtqemud"),
        ("libvirtd", "virtqemud"),
        "VMs keep running; they cannot be managed for a few seconds.",
        "VMs keep running, but nobody can start, stop or migrate one until it is started again.",
    ),
    Known(
        "Virtual switch",
        "connects the VMs (Open vSwitch)",
        ("openvswitch-switch.service", "openvswitch.service", "ovs-vswitchd.service"),
        ("ovs-vswitchd", "openvswitch"),
        ("ovs-vswitchd", "ovsdb-server"),
        "The network of the VMs may stand still for some seconds.",
        "The VMs lose their network until it is started again.",
    ),
    Known(
        "Overlay network",
        "the cluster's networks (OVN)",
        ("ovn-controller.service", "ovn-host.service"),
        ("ovn-controller",),
        ("ovn-controller",),
        "Networks stay as they are meanwhile.",
        "Networks stay as they are; changes of the cluster do not arrive until it is started again.",
    ),
    Known(
        "Ceph",
        "part of the cluster's storage",
        ("ceph-mon@*.service", "ceph-osd@*.service", "ceph-mgr@*.service"),
        ("ceph",),
        ("ceph-mon", "ceph-osd", "ceph-mgr"),
        "The storage goes on with its other parts and catches up afterwards.",
        "The storage goes on with its other parts, with less redundancy, until it is started again.",
    ),
    Known(
        "iSCSI",
        "storage over the network",
        ("iscsid.service",),
        ("iscsid",),
        ("iscsid",),
        "Connections that stand are kept.",
        "Connections that stand are kept, but one that breaks does not come back.",
    ),
    Known(
        "Multipath",
        "several paths to one storage",
        ("multipathd.service",),
        ("multipathd",),
        ("multipathd",),
        "Paths that stand are kept.",
        "Paths that stand are kept, but one that breaks is not replaced.",
    ),
    Known(
        "Firewall",
        "keeps unwanted connections away",
        ("firewalld.service", "nftables.service"),
        ("nftables", "iptables"),
        ("firewalld", "nft"),
        "Its rules are loaded anew; connections that stand may be cut.",
        "This node is open to everybody who reaches it until it is started again.",
    ),
    Known(
        "System log",
        "writes down what happens here",
        ("systemd-journald.service", "rsyslog.service", "syslog-ng.service"),
        ("syslog", "rsyslog", "syslogd"),
        ("systemd-journald", "rsyslogd", "syslogd"),
        "What is said meanwhile waits.",
        "What happens on this node is not written down until it is started again.",
    ),
    Known(
        "Console",
        "this program on a line of the node",
        ("quantix-console@*.service",),
        (),
        ("quantix-tui", "quantix-console"),
        "The console on that line begins anew.",
        stoppable=False,
    ),
)
