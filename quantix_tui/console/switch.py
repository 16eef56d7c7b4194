"""The key that draws this terminal plainly, or richly again, and remembers it for its kind of line."""

from quantix_tui.console.terminal import TerminalProfile
from quantix_tui.console.terminal.choice import Choices, Drawing, drawn, is_plain, write_choices


class DrawingSwitch:
    """``found`` is the terminal as it was found, ``choices`` what was chosen for lines of its kind before."""

    def __init__(self, found: TerminalProfile, choices: Choices) -> None:
        self._found = found
        self._choices = choices

    @property
    def profile(self) -> TerminalProfile:
        """The terminal as it is drawn now."""
        drawing = self._choices.chosen.get(self._found.kind)
        return self._found if drawing is None else drawn(self._found, drawing)

    def turn(self) -> Drawing:
        """Draw it the other way from now on. :meth:`keep` remembers it."""
        drawing = Drawing.RICH if is_plain(self.profile) else Drawing.PLAIN
        self._choices = self._choices.with_choice(self._found.kind, drawing)
        return drawing

    def hold(self, drawing: Drawing) -> str:
        """Where nobody is logged in nothing is written; the sentence about it."""
        return f"Drawn {drawing.value} until this console ends; whoever is logged in can keep it with P."

    def keep(self, drawing: Drawing) -> str:
        """Remember that it is drawn so now; the sentence about it."""
        try:
            write_choices(self._choices)
        except OSError as error:
            return f"Drawn {drawing.value} now; this could not be kept: {error.strerror}."
        return f"Drawn {drawing.value} from now on, on lines of this kind; P turns it back."
