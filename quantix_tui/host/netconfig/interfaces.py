"""``/etc/network/interfaces`` (interfaces(5)) as Debian's ifupdown, ifupdown-ng and busybox read it alike. Pure."""

import ipaddress
import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from quantix_tui.host.files.texts import lines_of
from quantix_tui.host.netconfig.wanted import Method, Wanted
from quantix_tui.host.sections import original, switched_off

_STARTS = re.compile(
    r"\s*(auto|allow-\S+|iface|mapping|source|source-directory|no-auto-down|no-scripts|rename|template)\b"
)

_OF_THE_LINK = re.compile(r"(bridge|bond|vlan|mtu|hwaddress|ethtool|link|ovs|mstpctl|requires)([_-]\S*)?\s")


def without_devices(text: str, devices: Collection[str]) -> str:
    """``text`` as it was before we came, with what it says of ``devices`` put out of force."""
    clean = original(text)
    meant = set(_lines_about(clean, devices))
    numbers = iter(range(len(clean) + 1))
    return switched_off(clean, lambda _: next(numbers) in meant)


def brought_up(text: str) -> set[str]:
    """The interfaces that come up by themselves by lines in force."""
    lines = (line.split() for line in lines_of(text))
    return {name for words in lines if words and words[0] in ("auto", "allow-auto") for name in words[1:]}


def link_options(text: str, device: str) -> list[str]:
    """What ``text`` says of ``device`` itself and not of its addresses: a bridge's ports, a bond's members, its MTU."""
    clean = lines_of(original(text))
    about = [clean[number].strip() for number in _lines_about(original(text), {device})]
    return list(dict.fromkeys(line for line in about if _OF_THE_LINK.match(line) and not line.endswith("\\")))


def stanzas(wanted: Wanted, already_auto: Collection[str], of_the_link: Mapping[str, Sequence[str]]) -> str:
    """Our part. ``already_auto`` come up by others' lines: busybox refuses a second one.

    ``of_the_link``: a device's options that have nothing to do with addresses, and stay.
    """
    parts = []
    for device in wanted.devices:
        auto = [] if device in already_auto else [f"auto {device}"]
        kept = [f"\t{line}" for line in of_the_link.get(device, ())]
        bare = [f"iface {device} inet manual", *kept, _up(device)]
        body = _device(wanted, kept) if device == wanted.device else bare
        parts.append("\n".join([*auto, *body]) + "\n")
    return "\n".join(parts)


def _device(wanted: Wanted, of_the_link: Sequence[str]) -> list[str]:
    device, ipv4, ipv6 = wanted.device, wanted.ipv4, wanted.ipv6
    lines = [f"iface {device} inet {_IPV4[ipv4.method]}", *of_the_link]
    lines += [*_vlan(wanted), *_kernel_settings(wanted)]
    if ipv4.address is not None:
        lines += _fixed(ipv4.address, ipv4.gateway, str(ipv4.address.netmask))
    if ipv4.method is Method.OFF:
        lines.append(_up(device))
    if ipv6.address is not None:
        prefix = str(ipv6.address.network.prefixlen)
        lines += ["", f"iface {device} inet6 static", *_fixed(ipv6.address, ipv6.gateway, prefix)]
    return lines


_IPV4 = {Method.AUTOMATIC: "dhcp", Method.FIXED: "static", Method.OFF: "manual"}


def _fixed(
    address: ipaddress.IPv4Interface | ipaddress.IPv6Interface,
    gateway: ipaddress.IPv4Address | ipaddress.IPv6Address | None,
    mask: str,
) -> list[str]:
    return [f"\taddress {address.ip}", f"\tnetmask {mask}", *([f"\tgateway {gateway}"] if gateway else [])]


def _vlan(wanted: Wanted) -> list[str]:
    # By ip(8) itself: the options for it are Debian's vlan package's, ifupdown-ng's, or nobody's.
    if wanted.vlan is None:
        return []
    device = wanted.device
    add = f"ip link add link {wanted.interface} name {device} type vlan id {wanted.vlan}"
    return [_up(wanted.interface, "pre-up"), f"\tpre-up ip link show dev {device} >/dev/null 2>&1 || {add}"]


def _kernel_settings(wanted: Wanted) -> list[str]:
    """IPv6 is the kernel's own affair: it must know before the link comes up (ip-sysctl.rst)."""
    method = wanted.ipv6.method
    automatic = method is Method.AUTOMATIC
    # accept_ra 2: also on a node that forwards for its machines.
    values = [("disable_ipv6", "1" if method is Method.OFF else "0")]
    if method is not Method.OFF:
        values += [("autoconf", "1" if automatic else "0"), ("accept_ra", "2" if automatic else "0")]
    folder = f"/proc/sys/net/ipv6/conf/{wanted.device}"
    # Where the kernel has no IPv6 there is nothing to set, and IPv4 must come up all the same.
    lines = [f"\tpre-up echo {value} > {folder}/{name} || true" for name, value in values]
    if method is Method.FIXED:
        # What an announcement has brought stays without it, and busybox's ifup adds no second way out.
        lines.append(f"\tpre-up ip -6 address flush dev {wanted.device} scope global || true")
        lines.append(f"\tpre-up while ip -6 route del default dev {wanted.device} 2>/dev/null; do :; done")
    return lines


def _up(device: str, when: str = "up") -> str:
    return f"\t{when} ip link set dev {device} up"


def _lines_about(text: str, devices: Collection[str]) -> Iterator[int]:
    """The numbers of the lines of stanzas ``iface DEVICE``, and of mappings of nothing but ``devices`` to other names.

    Comments and blank lines below them are nobody's.
    """
    inside = continued = False
    for number, whole in enumerate(lines_of(text)):
        line = whole.rstrip("\r\n")
        bare = line.strip()
        if not continued and _STARTS.match(line):
            words = line.split()
            named = words[1:2] if words[0] == "iface" else words[1:] if words[0] == "mapping" else []
            inside = bool(named) and all(name in devices for name in named)
        if inside and (continued or (bare and not bare.startswith("#"))):
            yield number
        continued = line.endswith("\\")
