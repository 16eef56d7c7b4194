"""How long ``GET /cluster/status`` takes at 200 requests a second over one kept connection."""

import http.client
import time
from urllib.parse import urlsplit

from tests.bench.measure import Figure
from tests.support.sandbox import Sandbox

RATE = 200


def api_figures(sandbox: Sandbox, seconds: float) -> list[Figure]:
    """Requests leave on a fixed beat; a late answer makes the next ones late too, and that is counted."""
    url = urlsplit(str(sandbox.facts["node_url"]))
    connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=5)
    durations: list[float] = []
    beat = time.perf_counter()
    for _ in range(int(RATE * seconds)):
        beat += 1 / RATE
        time.sleep(max(0.0, beat - time.perf_counter()))
        connection.request("GET", "/api/v1/cluster/status")
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200
        durations.append((time.perf_counter() - beat) * 1000)
    connection.close()
    durations.sort()
    p99 = durations[int(len(durations) * 0.99)]
    return [Figure("GET /cluster/status p99 at 200/s", "ms", (p99,), "<= 5 ms", 5.0)]
