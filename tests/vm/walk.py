"""The way through the screens: what a new user does on a node that belongs to no cluster."""

from collections.abc import Iterator

from tests.vm.consoles import Console
from tests.vm.stage import Stage


def walk(stage: Stage) -> Iterator[str]:
    """Yields the name of each view once it stands complete; press nothing meanwhile."""
    console, sandbox = stage.console, stage.sandbox
    yield from _stop(console, "standalone", "STANDALONE")

    console.press("f1")
    yield from _stop(console, "help", "this page")
    console.press("esc")
    console.wait_for("STANDALONE")

    console.press("j")
    console.wait_for("What happens")
    console.type(sandbox.address)
    console.press("tab")
    console.wait_until_still()
    console.type(sandbox.tokens["expired"])
    yield from _stop(console, "join", "Esc  back")
    console.press("enter")
    yield from _stop(console, "join-unknown-ca", "It matches")

    sandbox.fault("hang")
    console.press("left", "enter")
    yield from _stop(console, "join-checking", "asking who it is")
    console.wait_for("Check again")
    sandbox.fault("none")
    console.press("enter")
    yield from _stop(console, "join-refused", "has expired")

    console.press("ctrl+u")
    console.type(sandbox.tokens["valid"][0])
    console.press("enter")
    yield from _stop(console, "join-ready", "Save and restart")
    console.press("enter")
    yield from _stop(console, "joined", "Connected:")
    console.press("enter")
    yield from _stop(console, "connected", "CONNECTED")

    sandbox.fault("refuse")
    yield from _stop(console, "disconnected", "DISCONNECTED")
    sandbox.fault("none")
    console.press("l")
    yield from _stop(console, "leave", "Stay")
    console.press("right", "enter")
    yield from _stop(console, "left", "Restart it now")
    console.press("enter")
    console.wait_for("Close")
    console.press("enter")
    console.wait_for("STANDALONE")


def _stop(console: Console, name: str, sign: str) -> Iterator[str]:
    """The view is there when its ``sign`` stands on the screen and nothing is painted any more."""
    console.wait_for(sign)
    console.wait_until_still()
    yield name
