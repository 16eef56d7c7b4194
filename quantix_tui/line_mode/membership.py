"""State, join, leave, restart: the questions of the screens, one after the other."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from quantix_tui.cluster.address import parse_address
from quantix_tui.cluster.errors import QuantixError, nothing_saved
from quantix_tui.cluster.join import JoinRequest
from quantix_tui.cluster.status import ClusterStatus
from quantix_tui.cluster.text import harmless
from quantix_tui.cluster.token import parse_token
from quantix_tui.cluster.trust import CertificateFacts, Trust
from quantix_tui.commands.checking import Checks, Lines, run_checks
from quantix_tui.commands.following import follow_to_the_end, instance_of, read
from quantix_tui.commands.lines import event_line, status_lines
from quantix_tui.console.draft import Draft
from quantix_tui.console.join_form import ca_path
from quantix_tui.host.facts import HostFacts
from quantix_tui.line_mode.session import Session
from quantix_tui.line_mode.talk import Talk
from quantix_tui.node.gateway.protocol import NodeGateway

FOLLOWED_SECS = 90.0
EVENTS_SHOWN = 20
NOTHING = Draft()
_PUBLIC = "none"


def state(session: Session) -> None:
    async def look(gateway: NodeGateway) -> tuple[HostFacts | None, ClusterStatus, str]:
        try:
            facts = await gateway.facts()
        except QuantixError:
            facts = None  # Said by the status, if nothing answers at all.
        return facts, await gateway.status(), gateway.kind.value

    facts, status, kind = session.on_node(look)
    if facts is not None:
        session.talk.show(node_rows(facts))
    session.talk.show(list(status_lines(status, kind)))


def node_rows(facts: HostFacts) -> list[str]:
    """Label and value, one address a row: a row never breaks within a word."""
    addresses = [f"{item.address}/{item.prefix} on {item.interface}" for item in facts.addresses] or ["none"]
    rows = [("Node", facts.hostname), *(("Address", address) for address in addresses)]
    rows += [("Serial no.", facts.serial_number)] if facts.serial_number else []
    return [f"{label:<15}{value}" for label, value in rows]


def events(session: Session) -> None:
    found = session.on_node(lambda gateway: gateway.events(EVENTS_SHOWN))
    session.talk.show([event_line(event) for event in reversed(found)] or ["Nothing has happened yet."])


def join(session: Session) -> None:
    """Ask, check, compare the certificate where nothing vouches for it, save and restart when so answered."""
    talk = session.talk
    status = session.on_node(read)
    # What is not known yet (no daemon, no configuration) keeps nobody from joining.
    if isinstance(status, ClusterStatus) and status.joined:
        talk.say(f"This node belongs to {status.control_plane_address} already: leave it first.")
        return
    request = chosen(talk, partial(_checked, session))
    if request is None:
        return
    if not talk.agreed("All checks passed. Save it and join?"):
        talk.say("Nothing was saved.")
        return
    saved = session.on_node(lambda gateway: gateway.join(request))
    talk.say(f"Saved for {saved.control_plane_address or request.address}.")
    _restart_when_wanted(session, saved)


def chosen(talk: Talk, check: Callable[[JoinRequest], Checks], likely: Draft = NOTHING) -> JoinRequest | None:
    """A cluster whose checks have passed; None when whoever answers has gone back. ``likely``: taken by Enter alone.

    Raises :class:`QuantixError` with what speaks against it. Nothing is saved.
    """
    request = _asked(talk, likely)
    if request is None:
        return None
    checks = check(request)
    question = _to_compare(checks)
    if question is not None:
        if not _same_certificate(talk, question):
            return None
        request = replace(request, trust=Trust(pin=question.fingerprint))
        checks = check(request)
    if checks.problem is not None:
        raise QuantixError(nothing_saved(checks.problem))
    return request


def leave(session: Session) -> None:
    talk = session.talk
    status = session.on_node(lambda gateway: gateway.status())
    if not status.joined:
        talk.say("This node belongs to no cluster: there is nothing to leave.")
        return
    talk.say(
        f"This node leaves {status.control_plane_address} and runs on its own again. VMs keep running here.",
        "Live migration, shared storage and central management end. To come back you need a new token.",
    )
    if not talk.agreed("Leave the cluster?"):
        talk.say("Nothing was changed.")
        return
    left = session.on_node(lambda gateway: gateway.leave())
    talk.say(f"This node has left {status.control_plane_address}.")
    if left.pending_cleanup is not None:
        talk.say(*left.pending_cleanup.told)
    if left.restart_required:
        _restart_when_wanted(session, left)


def restart(session: Session) -> None:
    session.talk.say("The node daemon restarts, or starts; that takes a few seconds. VMs keep running.")
    if session.talk.agreed("Restart it?"):
        _restart(session)


def _asked(talk: Talk, likely: Draft) -> JoinRequest | None:
    talk.say(
        "Nothing is saved before you say so.",
        f"Enter alone is {likely.address}." if likely.address else "Enter alone goes back.",
    )
    while True:
        typed = talk.ask("Address of the control plane") or likely.address
        if not typed:
            return None
        try:
            address = parse_address(typed)
        except QuantixError as error:
            talk.say(error.problem.message, error.problem.hint)
            continue
        talk.say(f"Will use {address}")
        break
    ca_file = _ca_file(talk, likely.ca_file)
    while True:
        typed = talk.secret("Registration token")
        if not typed.strip():
            return None
        try:
            return JoinRequest(address, parse_token(typed), Trust(ca_file=ca_file))
        except QuantixError as error:
            talk.say(error.problem.message, error.problem.hint)


def _ca_file(talk: Talk, likely: str) -> str | None:
    given = harmless(likely, 200)
    keeps = f", Enter alone is {given}, {_PUBLIC} for the public CAs" if given else ", or Enter for the public CAs"
    while True:
        typed = talk.ask(f"CA file, its whole path{keeps}") or likely
        try:
            return None if typed.lower() == _PUBLIC else ca_path(typed)
        except QuantixError as error:
            talk.say(error.problem.message, error.problem.hint)


def _checked(session: Session, request: JoinRequest) -> Checks:
    session.talk.say(f"Checking {request.address}")
    return session.on_node(lambda gateway: run_checks(gateway, request, Lines()))


def _to_compare(checks: Checks) -> CertificateFacts | None:
    """The certificate that nothing vouches for, where that is all that is in the way."""
    for result in checks.results:
        if result.problem is not None:
            return result.certificate
    return None


def _same_certificate(talk: Talk, certificate: CertificateFacts) -> bool:
    first, second = certificate.fingerprint.rows()
    issuer = "self-issued" if certificate.self_issued else f"issued by {certificate.issuer}"
    talk.say("Nothing vouches for this certificate. Compare its fingerprint with what your vDC administrator sees:")
    talk.show([f"  SHA-256 {first}", f"          {second}"])
    talk.say(f"Issued to {certificate.subject} ({issuer}), valid to {certificate.not_after}.")
    if talk.agreed("Is it the same?"):
        return True
    talk.say("Nothing was saved. If it differs, something else answers at this address: ask your vDC administrator.")
    return False


def _restart_when_wanted(session: Session, saved: ClusterStatus) -> None:
    if session.talk.agreed("The node daemon has to restart to take it up. Restart it now?"):
        _restart(session, saved)


def _restart(session: Session, saved: ClusterStatus | None = None) -> None:
    async def work(gateway: NodeGateway) -> ClusterStatus:
        before = saved.instance_id if saved is not None else await instance_of(gateway)
        await gateway.restart()
        return await follow_to_the_end(gateway, before, FOLLOWED_SECS, session.talk.say)

    session.talk.say("Restarting the node daemon.")
    status = session.on_node(work)
    if status.joined:
        session.talk.say(f"Connected to {status.control_plane_address} as node {status.node_id}.")
    else:
        session.talk.say("The node daemon runs; this node stands on its own.")
