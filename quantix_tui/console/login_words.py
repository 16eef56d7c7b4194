"""The sentences of the login dialogue."""

import math
from collections.abc import Sequence

from quantix_tui.cluster.text import harmless
from quantix_tui.console.lines import BLANK, Role
from quantix_tui.console.tale import Paragraph
from quantix_tui.console.widgets.sentences import Told as Shown
from quantix_tui.host.login.messages import Asked, Refused, Stage, Told
from quantix_tui.host.ways_in import Way

LONGEST_USER = 64
LABEL = 14
"""Cells for the label of a field."""
CHECKING_TOLD = 1.0
"""Seconds after which it is said how long it has been checking."""
STOPPED = [Paragraph("Stopped. Nobody is logged in, and nothing was changed.", Role.WARN)]
STOPPED_CHANGING = [
    Paragraph("Stopped. Nobody is logged in. Whether the new password was set is not known: try it first.", Role.WARN)
]
NO_PASSWORD_TYPED = "Type the password."


def one_of(groups: Sequence[str]) -> str:
    *most, last = groups
    return f"{', '.join(most)} or {last}" if most else last


def introduction(way: Way, groups: Sequence[str]) -> list[Shown]:
    """What stands above the fields, or in their place where there is nobody who could fill them."""
    match way:
        case Way.LOG_IN:
            members = f", or a member of {one_of(groups)}" if groups else ""
            return [Paragraph(f"For an administrator of this node: root{members}.")]
        case Way.SET_FIRST:
            return [
                Paragraph("No administrator of this node has a password yet.", Role.WARN),
                BLANK,
                Paragraph("Set the first one, root's, and log in with it. Until then whoever stands here can do that."),
            ]
        case Way.NOBODY:
            nor = f", and no member of {one_of(groups)} has one" if groups else ""
            return [
                Paragraph("Nobody can log in here with a password.", Role.WARN),
                BLANK,
                Paragraph(f"root's is locked{nor}."),
                BLANK,
                Paragraph(
                    "Log in over SSH with a key, or start the node in its rescue mode, and give an administrator a "
                    "password there: passwd NAME. The console cannot set one: it was locked on purpose."
                ),
            ]


def user_problem(name: str) -> str:
    """Why this is no user's name, as a sentence; nothing when it may be one."""
    if not name:
        return "Type the name of an administrator."
    if harmless(name, LONGEST_USER) != name or ":" in name:
        return "A user's name is a short word without blanks at its ends, control characters and colons."
    return ""


def no_password_of(user: str) -> list[Shown]:
    return [
        Paragraph(
            f"{user} has no password yet, so nobody can be told from {user} here. Nothing was changed.", Role.BAD
        ),
        Paragraph(f"Log in as another administrator and set one, in the shell (X): passwd {user}"),
    ]


def checking(seconds: float, *, changing: bool) -> list[Shown]:
    past = f" ({int(seconds)} s)" if seconds >= CHECKING_TOLD else ""
    what = "Changing" if changing else "Checking"
    return [Paragraph(f"{what} the password{past} ... Esc stops it.", Role.STRONG)]


def said(told: Sequence[Told]) -> list[Shown]:
    """What PAM's modules have said, each once."""
    return [Paragraph(message.text, Role.WARN if message.is_error else Role.TEXT) for message in dict.fromkeys(told)]


def asked(message: Asked, user: str, told: Sequence[Told]) -> list[Shown]:
    """What stands above the field for a further answer."""
    expired = f"The password of {user} is right, but has expired: a new one is needed to go on."
    begin: list[Shown] = [Paragraph(expired, Role.WARN)] if message.stage is Stage.CHANGE else []
    return [*begin, *said(told)]


def label_of(message: Asked) -> tuple[str, str]:
    """The label of the field and the line under it: a short question is the label itself."""
    question = message.text.strip().rstrip(":").rstrip()
    if not question:
        return "Answer", "Enter goes on"
    short = len(question) < LABEL and question.isascii()
    return (question, "Enter goes on") if short else ("Answer", message.text.strip())


def refused(end: Refused) -> list[Shown]:
    return [Paragraph(end.problem.message, Role.BAD), Paragraph(end.problem.hint)]


def wait_told(seconds: float) -> Paragraph:
    """How long until the next try. Whole seconds, never fewer than remain."""
    return Paragraph(f"The next try can begin in {math.ceil(seconds)} s.", Role.WARN)
