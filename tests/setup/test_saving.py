"""What the review saves sets a further node up in the same way."""

from pathlib import Path

from quantix_tui.cluster.secret import Secret
from quantix_tui.cluster.token import parse_token
from quantix_tui.host.files.tree import Tree
from quantix_tui.sandbox.machine import STATE, make_machine
from quantix_tui.setup.answer_file import read_answers
from quantix_tui.setup.answers import (
    AdministratorAnswers,
    Answers,
    ClusterAnswers,
    Ipv4Answers,
    Ipv4Method,
    Ipv6Answers,
    Ipv6Method,
    NameAnswers,
    NetworkAnswers,
    TimeAnswers,
)
from quantix_tui.setup.apply import Means
from quantix_tui.setup.ground import read_ground
from quantix_tui.setup.means import TreeJoining
from quantix_tui.setup.review import review
from quantix_tui.setup.saving import save_answers
from tests.console.wizard.rig import no_network

ANSWERS = Answers(
    administrator=AdministratorAnswers(password=Secret("correct horse battery")),
    name=NameAnswers(hostname="node1.example.com"),
    network=NetworkAnswers(
        interface="eno1",
        vlan=12,
        ipv4=Ipv4Answers(method=Ipv4Method.STATIC, address="10.20.0.17/24", gateway="10.20.0.1"),
        ipv6=Ipv6Answers(method=Ipv6Method.STATIC, address="2001:db8::17/64", gateway="fe80::1"),
        dns=("10.20.0.2", "2001:db8::53"),
        search=("example.com",),
    ),
    time=TimeAnswers(timezone="Europe/Berlin", ntp=("time.example.com",)),
    cluster=ClusterAnswers(
        address="https://vdc.example.com:8443", token=parse_token("QUANTIX-ABCD-EFGH-LXWJ"), pin=f"sha256:{'7f' * 32}"
    ),
)


def test_with_the_secrets_added_where_it_says_the_review_is_the_same(tmp_path: Path) -> None:
    make_machine(tmp_path)
    tree, folder = Tree(str(tmp_path)), tmp_path / STATE
    folder.mkdir(parents=True)
    where = save_answers(Means(tree, str(folder), TreeJoining(tree), no_network), ANSWERS)
    saved = tmp_path / where.lstrip("/")
    assert saved.stat().st_mode & 0o777 == 0o600
    text = saved.read_text()
    assert "correct horse" not in text
    assert "ABCD" not in text
    # As the file itself says.
    assert "# Add to administrator: " in text
    assert "# Add to cluster: token_file: PATH" in text
    text = text.replace("\nadministrator:\n", "\nadministrator:\n  password_file: password\n")
    text = text.replace("\ncluster:\n", "\ncluster:\n  token_file: token\n")
    secrets = {"password": b"correct horse battery\n", "token": b"QUANTIX-ABCD-EFGH-LXWJ\n"}
    found = read_answers(text.encode(), secrets.__getitem__, read_ground(tree))
    assert found.faults == ()
    assert found.answers is not None
    assert review(found.answers, tree) == review(ANSWERS, tree)
