"""The first-boot wizard: a frame around pages, a module each. ``quantix_tui.setup`` applies what they ask."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quantix_tui.console.application import ConsoleApp


async def open_on(app: "ConsoleApp") -> None:
    """Open it on this machine."""
    # Imported when it is opened: what it needs is not needed on a node that is set up.
    from quantix_tui.console.screens.wizard.opening import open_here

    await open_here(app)
