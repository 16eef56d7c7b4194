"""Somebody else sets the node up, or has the wizard open: who, since when, and what can be done here."""

import asyncio
from dataclasses import dataclass

from quantix_tui.console.widgets.choices import Choice
from quantix_tui.line_mode.talk import Talk
from quantix_tui.line_mode.wizard.questions import Questions
from quantix_tui.setup.claim import Doing
from quantix_tui.setup.wizard import Wizard

_ABOUT = (
    "Two cannot answer at once. What is kept there when a page is left is kept here too; what is typed there on a page "
    "that was not left stays there."
)
_AGAIN = Choice("again", "look again")
_TAKE = Choice("take", "take it over")
_LATER = Choice("later", "leave it")


@dataclass(frozen=True, slots=True)
class Turn:
    """``is_ours``: whether one may go on here. ``is_as_kept``: with the wizard as it is, and not with one anew."""

    is_ours: bool
    is_as_kept: bool = True


def turn(talk: Talk, wizard: Wizard, runner: asyncio.Runner) -> Turn:
    """Once nobody else has it, or it was taken over, or left. Raises what the questions raise, and QuantixError."""
    as_kept = True
    while (held := wizard.held()) is not None:
        talk.say(str(held))
        acts = (_AGAIN, _TAKE, _LATER) if held.doing is Doing.ASKS else (_AGAIN, _LATER)
        match Questions(talk, [_ABOUT]).choose("What now", acts, ""):
            case "later":
                return Turn(is_ours=False)
            case "take":
                as_kept = runner.run(wizard.take_over())
            case _:
                as_kept = wizard.is_as_kept()
    return Turn(is_ours=not wizard.set_up_elsewhere, is_as_kept=as_kept)
