"""The control plane address: all forms of the document, every refusal with its reason."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantix_tui.cluster.address import MAX_INPUT, ControlPlaneAddress, parse_address
from quantix_tui.cluster.errors import ErrorCode, QuantixError


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("https://control-plane.example.com:8443", "https://control-plane.example.com:8443"),
        ("http://192.168.1.100:8080", "http://192.168.1.100:8080"),
        ("vdc.quantix.local:8443", "https://vdc.quantix.local:8443"),
        ("vdc.quantix.local", "https://vdc.quantix.local:8443"),
        ("HTTPS://VDC.Example.COM", "https://vdc.example.com:8443"),
        ("https://vdc.example.com/", "https://vdc.example.com:8443"),
        ("  vdc.example.com\n", "https://vdc.example.com:8443"),
        ("vdc.example.com.", "https://vdc.example.com:8443"),
        ("[2001:DB8:0:0::5]", "https://[2001:db8::5]:8443"),
        ("https://[2001:db8::5]:443", "https://[2001:db8::5]:443"),
        ("192.168.1.100", "https://192.168.1.100:8443"),
        ("b\u00fccher.example", "https://xn--bcher-kva.example:8443"),
        ("vdc:443", "https://vdc:443"),
        ("vdc_1.lan", "https://vdc_1.lan:8443"),
        ("vdc:08443", "https://vdc:8443"),
        ("quantix-lab1.example.com", "https://quantix-lab1.example.com:8443"),
    ],
)
def test_normal_form_is_echoed(typed: str, normal: str) -> None:
    assert str(parse_address(typed)) == normal


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("a" * (MAX_INPUT + 1), "too_long"),
        ("vdc .example.com", "space"),
        ("vdc.example.com\tx", "space"),
        ("vdc\x1b[31m.example.com", "character"),
        ("vdc\u202e.example.com", "character"),
        ("vdc\u200b.example.com", "character"),
        ("https:\\\\vdc", "character"),
        ("QUANTIX-7F3A-91C4-LXWJ", "token"),
        ("https://vdc:8443 quantix-7f3a-91c4-lxwj", "token"),
        ("eyJhbGciOiJFUzI1NiJ9.eyJleHAiOjB9.c2ln", "token"),
        ("ftp://vdc.example.com", "scheme"),
        ("https:/vdc.example.com", "scheme"),
        ("https//vdc.example.com", "scheme"),
        ("https:", "scheme"),
        ("root@vdc.example.com", "user_info"),
        ("https://root:secret@vdc.example.com", "user_info"),
        ("https://vdc.example.com/api", "path"),
        ("https://vdc.example.com?x=1", "query"),
        ("https://vdc.example.com#top", "fragment"),
        ("vdc.example.com:0", "port"),
        ("vdc.example.com:65536", "port"),
        ("vdc.example.com:" + "9" * 400, "port"),
        ("vdc.example.com:", "port"),
        ("vdc.example.com:84x3", "port"),
        ("vdc.example.com:+8443", "port"),
        ("vdc.example.com:\u0668\u0664", "port"),
        ("vdc:1:2", "port"),
        ("2001:db8::5", "ipv6"),
        ("[2001:db8::5", "ipv6"),
        ("[2001:db8::5]8443", "ipv6"),
        ("[2001:db8:::5]", "ipv6"),
        ("[192.168.1.1]", "ipv6"),
        ("[fe80::1%eno1]", "ipv6"),
        ("https://", "host"),
        (":8443", "host"),
        ("a..b", "host"),
        ("-vdc.example.com", "host"),
        ("vdc-.example.com", "host"),
        ("v" * 64 + ".example.com", "host"),
        (".".join(["abcdefgh"] * 32), "host"),
        ("vdc!.example.com", "host"),
        ("xn--\u00fc.example", "host"),
        ("192.168.1", "ipv4"),
        ("192.168.1.256", "ipv4"),
        ("192.168.001.1", "ipv4"),
        ("0x7f.0.0.1", "ipv4"),
        ("3232235876", "ipv4"),
    ],
)
def test_refused_with_the_reason(typed: str, reason: str) -> None:
    with pytest.raises(QuantixError) as caught:
        parse_address(typed)
    problem = caught.value.problem
    assert (problem.code, problem.reason) == (ErrorCode.INVALID_ADDRESS, reason)
    assert problem.message.endswith(".")
    assert problem.hint.endswith(".")


def test_a_password_in_the_address_is_not_repeated() -> None:
    with pytest.raises(QuantixError) as caught:
        parse_address("https://root:s3cret@vdc.example.com")
    assert "s3cret" not in str(caught.value.problem)


@given(st.text(max_size=80))
def test_any_text_is_an_address_or_a_refusal(text: str) -> None:
    try:
        address = parse_address(text)
    except QuantixError:
        return
    assert 1 <= address.port <= 65535
    assert address.host.isascii()


@given(
    st.sampled_from(["https", "http"]),
    st.one_of(
        st.ip_addresses().map(str),
        st.lists(st.from_regex(r"[a-z]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True), min_size=1, max_size=4).map(
            ".".join
        ),
    ),
    st.integers(1, 65535),
)
def test_the_normal_form_is_a_fixed_point(scheme: str, host: str, port: int) -> None:
    address = ControlPlaneAddress(scheme, host, port)
    assert parse_address(str(address)) == address


@pytest.mark.parametrize(
    ("typed", "loopback"),
    [
        ("localhost", True),
        ("127.3.2.1", True),
        ("[::1]", True),
        ("cp.localhost", True),
        ("10.0.0.1", False),
        ("vdc", False),
    ],
)
def test_loopback(typed: str, loopback: bool) -> None:
    assert parse_address(typed).loopback is loopback


def test_ip() -> None:
    assert parse_address("10.0.0.1").ip == ipaddress.ip_address("10.0.0.1")
    assert parse_address("vdc").ip is None
