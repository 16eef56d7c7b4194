"""Answer files: every fault with its line and with what to type; what is written gives the same answers again."""

import errno
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quantix_tui.cluster.token import RegistrationToken
from quantix_tui.setup.answer_file import AnswerFile, read_answers, to_yaml
from quantix_tui.setup.answers import AdministratorAnswers, Answers, ClusterAnswers, Ipv4Method
from quantix_tui.setup.checking import Ground
from quantix_tui.setup.steps import answered
from tests.setup.strategies import ANSWERS

FILES = {"pw": b"correct horse\n", "token": b"QUANTIX-AAAA-BBBB\n", "empty": b""}
RIGHT = """\
administrator:
  password_file: pw
name: {hostname: node1.example.com}
network:
  interface: eno1
  vlan:
  ipv4: {method: static, address: 10.20.0.17/24, gateway: 10.20.0.1}
  ipv6: {method: off}
  dns: [10.20.0.2]
time:
  timezone: Europe/Berlin
cluster:
  address: vdc.example.com
  token_file: token
unattended: true
"""


def read_file(path: str) -> bytes:
    if path not in FILES:
        raise OSError(errno.ENOENT, os.strerror(errno.ENOENT), path)
    return FILES[path]


def read(text: str, ground: Ground | None = None) -> AnswerFile:
    return read_answers(text.encode(), read_file, ground)


def test_a_file_that_is_right() -> None:
    found = read(RIGHT)
    assert found.faults == ()
    answers = found.answers
    assert answers is not None
    assert answers.administrator is not None
    assert answers.administrator.password is not None
    assert answers.administrator.password.reveal() == "correct horse"
    assert answers.network is not None
    # YAML's "off" is a method here, and an empty value was not answered.
    assert answers.network.ipv6.method == "off"
    assert answers.network.vlan is None
    assert answers.network.ipv4.method is Ipv4Method.STATIC
    assert answers.cluster is not None
    assert isinstance(answers.cluster.token, RegistrationToken)
    assert answers.unattended


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, ""),
        ("name:\n", 1, ""),
        ("name:\n  hostname: no de\n", 2, "a space"),
        ("time:\n  timezone: UTC\n  ntpp: []\n", 3, "Did you mean ntp?"),
        ("nam:\n  hostname: node\n", 1, "Did you mean name?"),
        ("name: node1\n", 1, "names and values below"),
        ("name: [node1]\n", 1, "names and values below"),
        ("- name\n", 1, "no answers by their names"),
        ("name: {hostname: a}\nname: {hostname: b}\n", 2, "answered twice"),
        ("name:\n  hostname: a\n   b: c\n", 3, "no YAML"),
        ("name: &a {hostname: a}\ntime: *a\n", 2, "refers to another"),
        ("name: !!python/object:os.system {hostname: a}\n", 1, ""),
        ("name: {hostname: 'a\x00b'}\n", 1, "no YAML"),
        ("network:\n  vlan: 5\n", 1, "interface is missing"),
        ("network:\n  interface: eno1\n  vlan: five\n", 3, "a whole number"),
        ("network:\n  interface: eno1\n  vlan: 5000\n", 3, "from 1 to 4094"),
        ("network:\n  interface: eno1\n  dns: 10.0.0.2\n", 3, "[10.20.0.2, 10.20.0.3]"),
        ("network:\n  interface: eno1\n  dns:\n  - 10.0.0.2\n  - dns.lan\n", 5, "named by its address"),
        ("network:\n  interface: eno1\n  ipv4: {method: fixed}\n", 3, "'dhcp', 'static' or 'off'"),
        ("network:\n  interface: eno1\n  ipv4:\n    method: static\n    gateway: 10.0.0.1\n", 3, "No IPv4 address"),
        ("unattended: perhaps\n", 1, "true or false"),
        ("administrator:\n  password: hunter22\n", 2, "password_hash or password_file"),
        ("cluster:\n  address: vdc\n  token: QUANTIX-SSSS-SSSS\n", 3, "token_file"),
        ("administrator:\n  user: root\n  password_file: nowhere\n", 3, "cannot be read: No such file"),
        ("administrator:\n  password_file: hunter22\n", 2, "cannot be read: No such file"),
        ("cluster:\n  address: vdc\n  token_file: QUANTIX-SSSS-SSSS\n", 3, "cannot be read: No such file"),
        ("name: {hostname: a}\n---\nname: {hostname: b}\n", 2, "expected a single document"),
        ("administrator:\n  password_file: empty\n", 2, "at least 8 characters; 0 so far"),
        ("cluster:\n  address: vdc\n  token_file: empty\n", 3, "No token"),
        ("cluster:\n  address: vdc\n  token_file:\n", 3, "names no file"),
        ("cluster:\n  address: vdc\n", 1, "needs a registration token"),
        ("administrator:\n  user: root\n", 1, "no password for root"),
        ("administrator:\n  password_hash: hunter22\n", 2, "strong enough"),
        ("a: " * 12 + "b", 1, "no YAML"),
        ("a:\n" + "".join(" " * n + "a:\n" for n in range(1, 12)), 10, "nested too deeply"),
        ("x" * 70000, 1, "64 KiB"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, line: int, said: str) -> None:
    found = read(text)
    if not said:
        assert found.faults == ()
        return
    assert found.answers is None
    assert len(found.faults) == 1, found.faults
    assert said in str(found.faults[0])
    assert found.faults[0].line == line
    assert "hunter22" not in str(found.faults)
    assert "SSSS" not in str(found.faults)


def test_a_file_of_brackets_alone_is_told_in_plain_words() -> None:
    assert "nested too deeply" in str(read("name: " + "[" * 5000).faults[0])


def test_several_faults_come_in_the_order_of_the_lines() -> None:
    text = "time: {timezone: Mars}\nname: {hostname: a b}\nnetwork:\n  interface: 'e e'\n  dns: [x]\n"
    found = read(text, Ground(zones=frozenset({"UTC"})))
    assert [fault.line for fault in found.faults] == [1, 2, 4, 5]


def test_a_section_of_the_wrong_shape_hides_nothing_of_the_others() -> None:
    text = "name: {hostname: a b}\nnetwork: {interface: eno1, vlan: five}\n"
    text += "time: {timezone: 5, ntp: x}\ncluster: {pin: x}\n"
    assert [fault.field for fault in read(text).faults] == [
        "name.hostname",
        "network.vlan",
        "time.ntp",
        "cluster.pin",
    ]


def test_sections_without_a_fault_are_there_for_whoever_looks_at_them_first() -> None:
    text = "name: {hostname: a b}\nadministrator: {user: root, password_file: pw}\n"
    text += "time: {timezone: UTC, ntp: x}\nnetwork: {interface: eno1}\nnam: {}\nunattended: perhaps\n"
    found = read(text)
    assert found.answers is None
    assert [name for name, _ in answered(found.right)] == ["administrator", "network"]
    assert not found.right.unattended
    whole = read(RIGHT)
    assert whole.right == whole.answers
    assert read("- name\n").right == Answers()


def test_a_secret_that_cannot_be_read_takes_nothing_else_with_it_but_a_wrong_one_does() -> None:
    ground = Ground(done=frozenset({"administrator", "cluster"}))
    text = "administrator: {password_file: empty}\ncluster: {address: vdc, pin: x, token_file: nowhere}\n"
    found = read(text, ground)
    assert found.right == Answers()
    found = read(text.replace("empty", "nowhere").replace("pin: x, ", ""), ground)
    assert len(found.faults) == 2
    assert found.answers is None
    assert found.right == Answers(administrator=AdministratorAnswers(), cluster=ClusterAnswers(address="vdc"))


def test_a_name_in_the_file_does_nothing_to_the_terminal() -> None:
    found = read('name:\n  "host\\e[31mname": a\n')
    assert "\x1b" not in "".join(fault.field + str(fault) for fault in found.faults)


@settings(deadline=None)
@given(ANSWERS)
def test_what_is_written_gives_the_same_answers(answers: Answers) -> None:
    text = to_yaml(answers)
    done = Ground(done=frozenset({"administrator", "cluster"}))
    found = read(text, done)
    assert found.faults == ()
    assert found.answers == found.right == answers


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    found = read_answers(data, read_file)
    assert (found.answers is None) == bool(found.faults)


@settings(deadline=None)
@given(st.text(st.sampled_from("ab:[]{}-\n #&*!|>'\"?,%@`\t\\"), max_size=60))
def test_anything_that_looks_like_yaml_is_read_or_refused(text: str) -> None:
    found = read(text)
    assert (found.answers is None) == bool(found.faults)


def test_of_a_missing_secret_it_says_what_to_write_in_the_file() -> None:
    found = read("administrator: {user: root}\ncluster:\n  address: vdc.example.com\n")
    assert [(fault.line, str(fault)) for fault in found.faults] == [
        (1, "There is no password for root. Give password_hash or password_file."),
        (
            2,
            "A join needs a registration token. "
            "Give token_file, with a token from your vDC administrator (Hosts > Add host).",
        ),
    ]
