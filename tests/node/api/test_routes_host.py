"""This machine's figures and the journal, in our spelling and in the wire's (WIRE 1)."""

from quantix_tui.node.gateway.answers import events_from_json, facts_from_json, metrics_from_json
from quantix_tui.node.version import VERSION
from tests.node.api.support import over_tcp, problem
from tests.node.support import Node


async def test_host_in_both_spellings(node: Node) -> None:
    async with over_tcp(node) as api:
        body = (await api.get("/host")).json()
    facts = node.daemon.machine.facts()
    assert facts_from_json(body).addresses == facts.addresses
    assert body["hostname"] == facts.hostname
    for ours, theirs in (("management_ip", "managementIp"), ("cpu_cores", "cpuCores"), ("os_name", "osName")):
        assert body[ours] == body[theirs] == getattr(facts, ours)
    assert {"nodeId", "memoryAvailableBytes", "hypervisorName", "hypervisorVersion"} <= body.keys()


async def test_health_names_this_daemon(node: Node) -> None:
    async with over_tcp(node) as api:
        answer = await api.get("/host/health")
    assert (answer.json()["healthy"], answer.json()["version"]) == (True, VERSION)


async def test_metrics(node: Node) -> None:
    async with over_tcp(node) as api:
        body = (await api.get("/host/metrics")).json()
    assert body["timestamp"].endswith("Z")
    assert metrics_from_json(body).memory_total_bytes


async def test_events_newest_first_and_filtered(node: Node) -> None:
    node.daemon.journal.add("warning", "cluster", "newest")
    async with over_tcp(node) as api:
        body = (await api.get("/events?limit=5")).json()
        assert body["events"][0]["message"] == events_from_json(body, 5)[0].message == "newest"
        assert body["totalCount"] == len(body["events"])
        only = (await api.get("/events?level=warning&category=cluster")).json()
        assert [event["message"] for event in only["events"]] == ["newest"]
        for query in ("limit=0", "limit=x", "level=loud", "category=x"):
            assert problem(await api.get(f"/events?{query}")) == (400, "invalid_request")
