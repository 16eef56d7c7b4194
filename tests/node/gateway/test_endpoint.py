import pytest

from quantix_tui.cluster.errors import ErrorCode, QuantixError
from quantix_tui.node.gateway.endpoint import Endpoint, endpoints, parse_endpoint
from quantix_tui.settings import Settings


@pytest.mark.parametrize(
    ("text", "endpoint", "shown"),
    [
        ("unix:/run/q/node.sock", Endpoint(path="/run/q/node.sock"), "unix:/run/q/node.sock"),
        ("unix:///run/q/node.sock", Endpoint(path="/run/q/node.sock"), "unix:/run/q/node.sock"),
        ("http://127.0.0.1", Endpoint(host="127.0.0.1", port=8080), "http://127.0.0.1:8080"),
        ("http://127.0.0.1:9000/", Endpoint(host="127.0.0.1", port=9000), "http://127.0.0.1:9000"),
        ("http://[::1]:8080", Endpoint(host="::1", port=8080), "http://[::1]:8080"),
        (
            "https://node.example.com",
            Endpoint(host="node.example.com", port=8443, tls=True),
            "https://node.example.com:8443",
        ),
    ],
)
def test_places_as_people_write_them(text: str, endpoint: Endpoint, shown: str) -> None:
    assert parse_endpoint(text) == endpoint
    assert str(endpoint) == shown


@pytest.mark.parametrize(
    "text", ["", "unix:", "unix:relative.sock", "unix:/a\0b", "ftp://x", "127.0.0.1:8080", "http://a b"]
)
def test_what_is_no_place_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(QuantixError) as caught:
        parse_endpoint(text)
    assert caught.value.problem.code is ErrorCode.INVALID_REQUEST
    assert caught.value.problem.reason == "node"
    assert "unix:/run/limiquantix/node.sock" in caught.value.problem.hint


def test_without_a_name_the_socket_is_asked_first_then_loopback() -> None:
    assert [str(place) for place in endpoints(Settings(socket="/s", tcp_port=1))] == ["unix:/s", "http://127.0.0.1:1"]
    assert [str(place) for place in endpoints(Settings(node="unix:/x"))] == ["unix:/x"]


@pytest.mark.parametrize(
    ("text", "local", "private"),
    [
        ("unix:/s", True, True),
        ("http://127.0.0.1:1", True, True),
        ("http://localhost:1", True, True),
        ("http://[::1]:1", True, True),
        ("http://10.0.0.1:1", False, False),
        ("https://10.0.0.1:1", False, True),
        ("http://127.evil.example", False, False),
    ],
)
def test_where_secrets_may_go(text: str, local: bool, private: bool) -> None:
    endpoint = parse_endpoint(text)
    assert (endpoint.local, endpoint.private) == (local, private)
