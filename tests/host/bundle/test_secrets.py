"""Secrets never survive: planted in every shape, known and unknown, whatever stands around them."""

import base64
import json
import time
from urllib.parse import quote

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from quantix_tui.cluster.errors import QuantixError
from quantix_tui.host.bundle.secrets import REMOVED, Redactor, clean_yaml, is_secret_name, without_secrets

SECRET_WORDS = st.text("abcdefghijkmnpqrstuvwxyzABCDEFGH23456789", min_size=12, max_size=40)
ANYTHING = st.text(max_size=200)
_WORDS = """token registration_token PASSWORD db-passwd client_secret nodeCredential api_key private-key passphrase
wifi.psk key ssl_key pwd session_cookie"""
NAMES = st.sampled_from(_WORDS.split())
PEM_BODY = "\n".join(["MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj"] * 4)


@given(known=st.text(min_size=6, max_size=60), before=ANYTHING, after=ANYTHING)
def test_what_is_known_is_nowhere_left(known: str, before: str, after: str) -> None:
    redactor = Redactor([known])
    forms = [known, quote(known, safe=""), json.dumps(known)[1:-1]]
    forms.append(base64.b64encode(known.encode("utf-8", "surrogateescape")).decode())
    for form in forms:
        cleaned = redactor.clean(f"{before}{form}{after}")
        assert known not in cleaned or known in REMOVED
        assert not redactor.holds_known(cleaned) or known in REMOVED
    assert known not in repr(redactor) or known in "Redactor(0123456789 forms)"


@given(name=NAMES, secret=SECRET_WORDS, shape=st.sampled_from(range(8)))
def test_what_stands_under_a_telling_name_is_gone(name: str, secret: str, shape: int) -> None:
    text = (
        f"{name}: {secret}\nnext: line",
        f"{name}={secret}\nnext: line",
        f'  "{name}": "{secret}",\n next: line',
        f"Nov 24 12:00:00 qx app[1]: {name} = '{secret}' next: line",
        f'{{"a": 1, "{name}": "{secret}", "next": "line"}}',
        f"export QX_{name}={secret} \nnext: line",
        f"{name}: two words {secret}\nnext: line",
        f'{name}: "with \\" in it {secret}"\nnext: line',
    )[shape]
    cleaned = Redactor().clean(text)
    assert secret not in cleaned
    assert "next" in cleaned
    assert name in cleaned


@pytest.mark.parametrize(
    "text",
    [
        "GET / HTTP/1.1\nAuthorization: Bearer {}\n",
        "proxy-authorization: Basic {}==\n",
        "Set-Cookie: session={}; Path=/\n",
        "sent Bearer {} to it",
        "proxy: http://user:{}@proxy.example:3128\n",
        "https://{}@git.example/x",
        "1 root /usr/bin/app --password {} --verbose",
        "1 root /usr/bin/app --db-password={} --verbose",
        "root:$6$saltsalt${}:19000:0:99999:7:::",
        "user:$y$j9T$abc${}:19000::",
        "got eyJhbGciOiJIUzI1NiJ9.{}.sig-_nature",
    ],
)
def test_what_only_looks_like_a_secret(text: str) -> None:
    secret = "hunter2hunter2abcXYZ"
    assert secret not in Redactor().clean(text.format(secret))


def test_a_registration_code_of_any_node() -> None:
    assert Redactor().clean("joined with QUANTIX-7KQ2-M9XT-LXWJ.") == f"joined with {REMOVED}."


@pytest.mark.parametrize("kind", ["PRIVATE KEY", "RSA PRIVATE KEY", "OPENSSH PRIVATE KEY", "PGP PRIVATE KEY BLOCK"])
@pytest.mark.parametrize("prefix", ["", "Nov 24 12:00:00 qx app[1]: "])
def test_private_keys_whole_and_cut(kind: str, prefix: str) -> None:
    lines = [f"-----BEGIN {kind}-----", *PEM_BODY.split("\n"), f"-----END {kind}-----"]
    whole = [prefix + line for line in lines]
    for part in (whole, whole[1:], whole[2:], whole[:-1]):
        cleaned = Redactor().clean("\n".join(["before", *part, "after" if part[-1] is whole[-1] else ""]))
        assert "MIIE" not in cleaned
        assert cleaned.startswith("before")
        assert cleaned.endswith("after") or part[-1] is not whole[-1]


def test_a_certificate_is_no_secret() -> None:
    text = f"-----BEGIN CERTIFICATE-----\n{PEM_BODY}\n-----END CERTIFICATE-----\n"
    assert Redactor().clean(text) == text


@pytest.mark.parametrize(
    "text",
    ["link up  eno1  10 Gb/s", "heartbeat acknowledged", '{"token": null, "keys": 3, "joined": true}', "10.20.0.17/24"],
)
def test_what_support_needs_stays(text: str) -> None:
    assert Redactor(["some secret"]).clean(text) == text


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("abc xyz:#'\"\n-{}[]", max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abcxyz_", min_size=1), inner, max_size=3),
    max_leaves=10,
)


@given(
    before=st.dictionaries(st.text("abcxyz_", min_size=1, max_size=8), VALUES, max_size=3),
    name=NAMES,
    secret=SECRET_WORDS,
    deep=st.booleans(),
    style=st.sampled_from([None, "|", ">", '"', "'"]),
    flow=st.booleans(),
)
def test_a_configuration_loses_its_secrets_however_it_is_written(
    before: dict[str, object], name: str, secret: str, deep: bool, style: str | None, flow: bool
) -> None:
    value: object = {"inner": [f"{secret}\nsecond line"]} if deep else f"{secret} and\nmore of it"
    document = {**before, "section": {"kept": "yes it is", name: value}}
    text = yaml.safe_dump(document, default_style=style, default_flow_style=flow)
    cleaned = Redactor().clean(clean_yaml(text))
    assert secret not in cleaned
    assert "yes it is" in cleaned


def test_comments_go_and_what_is_no_yaml_is_not_handed_out() -> None:
    assert "hunter2" not in clean_yaml("a: 1 # the password is hunter2\n")
    with pytest.raises(QuantixError) as caught:
        clean_yaml("a: [hunter2\n")
    assert "hunter2" not in caught.value.problem.message
    assert caught.value.problem.reason == "not_yaml"


def test_names() -> None:
    assert all(map(is_secret_name, ("token", "admin-token", "ssh_keys", "TLS_KEY", "proxyPassword")))
    assert not any(map(is_secret_name, ("keyboard", "monkey", "address", "node_id", "keymap")))
    assert without_secrets({"password": None, "x": [{"psk": "abc"}]}) == {"password": None, "x": [{"psk": REMOVED}]}


@pytest.mark.parametrize("piece", ["a", "token=", "eyJ", "a://", "--", '"', "$1$", "-----BEGIN PRIVATE KEY-----\n"])
def test_no_text_takes_long(piece: str) -> None:
    """What a rule may trip over: a second or two at most, not an hour."""
    began = time.monotonic()
    Redactor(["some secret"]).clean(piece * (200_000 // len(piece)))
    assert time.monotonic() - began < 5
