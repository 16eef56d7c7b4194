"""The pages of the first-boot wizard as a person goes through them, by keyboard alone."""

import re
from collections.abc import Callable

from tests.support.waiting import wait_until
from tests.vm.consoles import Console
from tests.vm.new_node import ControlPlane
from tests.vm.stories import SLOW_SECS

WELCOME = "Asked for now"
ADMINISTRATOR = "who may log in"
NAME = "what this node is called"
NETWORK = "how this node is reached"
TIME = "timezone and time servers"
CLUSTER = "standalone, or one of many"
REVIEW = "Apply now ]"
"""It is offered once the changes stand there."""
APPLY = "the changes are made now"
DONE = "This node is set up."

TAKE_OVER = "[ Take it over ]"

GATEWAY, DNS = "10.20.0.1", "10.20.0.2"
NTP = "10.20.0.1"
"""It is a gateway alone: nothing answers there to a question for the time."""

Photograph = Callable[[str], None]


class Wizard:
    """``photograph`` is told the name of what stands on the screen."""

    def __init__(self, console: Console, photograph: Photograph = lambda _: None) -> None:
        self.console = console
        self._photograph = photograph

    def on(self, page: str, timeout: float = SLOW_SECS) -> None:
        """Until the page stands there. The wizard that another line has opened first is taken over."""
        console = self.console
        try:
            wait_until(
                lambda: page in (text := console.text) or TAKE_OVER in text, f"{page!r} on {console.line}", timeout
            )
        except AssertionError as late:
            raise AssertionError(f"{late}; it shows\n{console.text}") from None
        if TAKE_OVER in console.text:
            console.wait_until_still()
            console.press("right", "enter")
        console.wait_for(page, timeout)

    def picture(self, name: str) -> None:
        self.console.wait_until_still()
        self._photograph(name)

    def next(self, page: str) -> None:
        self.console.press("f8")
        self.on(page)

    def back(self, page: str) -> None:
        self.console.press("esc")
        self.on(page)

    def administrator(self, password: str) -> None:
        """From its page; both fields."""
        self.on(ADMINISTRATOR)
        self.console.type(password)
        self.console.wait_for("strength:", SLOW_SECS)
        self.console.press("tab")
        self.console.type(password)
        wait_until(lambda: "not yet" not in self.console.text, "both passwords to be taken", SLOW_SECS)
        self.picture("administrator")

    def name(self, name: str) -> None:
        self.on(NAME)
        self.console.press("ctrl+u")
        self.console.type(name)
        self.console.wait_for(name, SLOW_SECS)
        self.picture("name")

    def network(self, address: str) -> None:
        """A fixed address; fields that are filled already are typed anew."""
        self.on(NETWORK)
        console = self.console
        console.press("tab")
        if "(*) fixed" not in console.text:
            console.press("right")
        console.wait_for("(*) fixed", SLOW_SECS)
        for words in (address, GATEWAY):
            console.press("tab", "ctrl+u")
            console.type(words)
        console.wait_for(GATEWAY, SLOW_SECS)
        self.picture("network")
        console.press("tab", "tab", "tab", "ctrl+u")
        console.type(DNS)
        console.wait_for("Try now", SLOW_SECS)
        console.press("f8")

    def trial(self, address: str) -> None:
        """Until the gateway has answered at the new address."""
        self.console.wait_for("Keep the new ones", SLOW_SECS)
        self.console.wait_for(address, SLOW_SECS)
        self.console.wait_for(f"{GATEWAY} on eno1 answers", SLOW_SECS)
        self.console.wait_for("Going back to the old settings in", SLOW_SECS)

    def time(self) -> None:
        self.on(TIME)
        console = self.console
        console.type("berlin")
        console.wait_for("(*) Europe/Berlin", SLOW_SECS)
        self.picture("time-search")
        console.press("tab", "ctrl+u")
        console.type(NTP)
        console.press("backtab")
        console.wait_for("Asked now", SLOW_SECS)
        console.wait_for("does not answer", SLOW_SECS)
        self.picture("time")

    def cluster(self, plane: ControlPlane, token: str) -> None:
        """From its page: the form, the checks, the fingerprint; then on the page after it."""
        self.on(CLUSTER)
        console = self.console
        self.picture("cluster")
        console.press("f8")
        console.wait_for("Choose a cluster", SLOW_SECS)
        console.wait_until_still()
        # The token is asked for first where the address is known already.
        if re.search("[▶>] Control plane", console.text):
            console.press("ctrl+u")
            console.type(plane.address)
            console.press("tab")
        console.press("ctrl+u")
        console.type(token)
        console.press("enter")
        console.wait_for("It matches", SLOW_SECS)
        assert plane.fingerprint.removeprefix("sha256:") in _digits(console.text), console.text
        self.picture("compare")
        console.press("left", "enter")
        console.wait_for("Take this cluster", SLOW_SECS)
        self.picture("checked")
        console.press("enter")


def wait_until_connected(console: Console) -> None:
    """On the dashboard, where DISCONNECTED would be another state."""

    def connected() -> bool:
        text = console.text
        # The last page of the wizard, of which a part may still stand there, has the word in a sentence.
        return "THIS NODE" in text and bool(re.search(r"(?<!DIS)(?<!shows )CONNECTED", text))

    try:
        wait_until(connected, f"the dashboard on {console.line} to say that the node is connected", SLOW_SECS)
    except AssertionError as late:
        raise AssertionError(f"{late}; it shows\n{console.text}") from None


def _digits(text: str) -> str:
    """The groups of four digits on the screen, put together."""
    groups = [word.lower() for word in text.split() if len(word) == 4]
    return "".join(word for word in groups if all(digit in "0123456789abcdef" for digit in word))
