"""The login of an administrator."""

from quantix_tui.console.clock import Clock
from quantix_tui.console.screens.page import PageScreen
from quantix_tui.console.tale import Paragraph


class LoginScreen(PageScreen):
    """Placeholder until the real one: nobody gets in."""

    def __init__(self, clock: Clock) -> None:
        super().__init__("Log in", [Paragraph("Logging in here is not possible yet.")], clock)
