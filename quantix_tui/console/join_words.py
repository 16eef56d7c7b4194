"""What the join form says in sentences. The decisions are in :mod:`quantix_tui.console.join_form`."""

from quantix_tui.cluster.address import ControlPlaneAddress
from quantix_tui.cluster.errors import ErrorCode, Problem
from quantix_tui.cluster.trust import CertificateFacts
from quantix_tui.console.join_form import certificate_lines
from quantix_tui.console.lines import Role
from quantix_tui.console.tale import Paragraph, short_address
from quantix_tui.console.widgets.sentences import Told

NOTHING_SAVED = "Nothing was saved."
SAVING = "Saving: the node checks once more, then writes address and token, both or neither ..."
STOPPED_SAVING = "Stopped waiting. Whether it was saved is not known: go back and see."
WHAT_HAPPENS = (
    "Enter checks everything first: the name, the connection, the certificate, the control plane, the token, this "
    "node. Nothing is saved before all of it is right and you have said so.",
    "Tab moves on, Ctrl-O asks for a CA file, F1 explains more, Esc goes back; what you typed is kept.",
)
UNSURE = (ErrorCode.NODE_UNREACHABLE, ErrorCode.TIMED_OUT, ErrorCode.CANCELLED)
"""After these a save may have happened although its answer was lost."""

INCOMPLETE = Problem(
    ErrorCode.INTERNAL,
    "The checks ended before all of them had run.",
    "Check again; if it happens again, restart the node daemon (R on the dashboard).",
    "incomplete",
)


def refusal_lines(problem: Problem, saved: str) -> list[Told]:
    """What happened, that nothing was saved, where the cure is: in that order."""
    return [
        Paragraph(problem.message, Role.BAD),
        Paragraph(f"{saved} {problem.hint}".strip()),
    ]


def compare_lines(certificate: CertificateFacts) -> list[Told]:
    """The fingerprint grouped for reading aloud, whose certificate it is, and the question."""
    first, second = certificate.fingerprint.rows()
    return [
        (("SHA-256   ", Role.DIM), (first, Role.STRONG)),
        (("          ", Role.DIM), (second, Role.STRONG)),
        *(Paragraph(line) for line in certificate_lines(certificate)),
        Paragraph("Does it match what your vDC administrator sees?", Role.WARN),
    ]


def ready_lines(address: ControlPlaneAddress) -> list[Told]:
    """All checks passed: what saving will do."""
    place = short_address(str(address))
    return [
        Paragraph("All checks passed. Nothing is saved yet.", Role.GOOD),
        Paragraph(
            f"Saving makes this node join {place} as soon as its node daemon has restarted; that takes a few "
            "seconds and VMs keep running."
        ),
    ]
