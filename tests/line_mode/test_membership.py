"""What is told of the node, row by row."""

from quantix_tui.host.facts import HostFacts, InterfaceAddress
from quantix_tui.line_mode.membership import node_rows


def test_one_address_a_row_so_that_none_is_broken() -> None:
    addresses = tuple(InterfaceAddress("enp129s0f0", f"2001:db8:1234:5678:9abc:def0:1234:567{n}", 64) for n in (1, 2))
    rows = node_rows(HostFacts(hostname="qx", addresses=addresses))
    assert rows[0] == "Node           qx"
    assert [row.split()[0] for row in rows] == ["Node", "Address", "Address"]
    assert max(map(len, rows)) < 80
    assert node_rows(HostFacts(hostname="qx", addresses=())) == ["Node           qx", "Address        none"]
