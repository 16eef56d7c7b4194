"""What the join form says in sentences. The decisions are in :mod:`quantix_tui.console.join_form`."""

from collections.abc import Sequence
from functools import partial

from quantix_tui.cluster.address import ControlPlaneAddress
from quantix_tui.cluster.errors import NOTHING_SAVED, ErrorCode, Problem
from quantix_tui.cluster.trust import CertificateFacts, Fingerprint
from quantix_tui.console.demo_hints import DemoHints, fingerprint_rows
from quantix_tui.console.fingerprints import grouped
from quantix_tui.console.join_form import certificate_lines
from quantix_tui.console.lines import BLANK, Line, Role, paragraph, rule
from quantix_tui.console.tale import Paragraph, short_address
from quantix_tui.console.widgets.sentences import Measured, Told

FILLED = "What was pasted had two lines: the first is the address now, the second the token. Enter checks them."
SAVING = "Saving: the node checks once more, then writes address and token, both or neither ..."
STOPPED_SAVING = "Stopped waiting. Whether it was saved is not known: go back and see."
WHAT_HAPPENS = (
    "Enter checks everything first: the name, the connection, the certificate, the control plane, the token, this "
    "node. Nothing is saved before all of it is right and you have said so.",
    "Tab moves on, Ctrl-T shows the token, Ctrl-O asks for a CA file, F1 explains more, Esc goes back; what you typed "
    "is kept.",
)
NOT_TRUSTED: tuple[Told, ...] = (
    Paragraph(f"Not trusted. {NOTHING_SAVED}", Role.WARN),
    Paragraph(
        "Another machine may answer at this address. Ask your vDC administrator for the right address and the "
        "fingerprint of its certificate."
    ),
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
    """What happened, that nothing was saved (once: the problem may say so itself), where the cure is: in that order."""
    told = "" if problem.message.endswith("saved.") else saved
    return [
        Paragraph(problem.message, Role.BAD),
        Paragraph(f"{told} {problem.hint}".strip()),
    ]


def introduction(demo: DemoHints | None, width: int) -> list[Line]:
    """What stands in the place of the checks as long as none ran."""
    if demo is not None:
        from quantix_tui.console.widgets.demo import demo_lines

        return [rule(width, "Demo: type one of these"), *demo_lines(demo, width)]
    lines: list[Line] = [rule(width, "What happens")]
    for words in WHAT_HAPPENS:
        lines += [*paragraph(words, width + 1, Role.DIM, indent=""), BLANK]
    return lines


def compare_lines(certificate: CertificateFacts, demo: DemoHints | None = None) -> list[Told]:
    """The fingerprint grouped for reading aloud, whose certificate it is, and the question.

    In the demo there is no administrator to ask: what he would see stands below, in the same groups.
    """
    whose = [Paragraph(line) for line in certificate_lines(certificate)]
    shown = certificate.fingerprint.rows()
    if demo is not None:
        both = [_grouped("It shows", shown), _grouped("Demo's", fingerprint_rows(demo))]
        return [*both, *whose, Paragraph("Does it match the demo's?", Role.WARN)]
    question = Paragraph("Does it match what your vDC administrator sees?", Role.WARN)
    return [_grouped("SHA-256", shown), *whose, question]


def changed_lines(pinned: Fingerprint, certificate: CertificateFacts) -> list[Told]:
    """The certificate is not the one that was compared before: both, and how sure one has to be."""
    return [
        _grouped("Pinned", pinned.rows()),
        _grouped("It shows", certificate.fingerprint.rows()),
        *(Paragraph(line) for line in certificate_lines(certificate)),
        Paragraph("Renewed, or is somebody in between? Ask your vDC administrator first.", Role.BAD),
    ]


def _grouped(label: str, rows: Sequence[str]) -> Measured:
    return partial(grouped, f"{label:<10}", rows)


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
