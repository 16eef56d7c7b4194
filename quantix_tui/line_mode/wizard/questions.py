"""Questions of the wizard: what stands in brackets is taken by Enter alone, ``<`` goes back to the part before."""

from collections.abc import Callable, Sequence

from quantix_tui.console.widgets.choices import Choice
from quantix_tui.line_mode.talk import Talk
from quantix_tui.setup.fault import Fault

BACK, EXPLAIN, NONE = "<", "?", "none"
MOST = 512
MOST_LISTED = 60
MOST_IN_A_ROW = 60
"""Columns of the choices that stand in the question itself."""


class Back(Exception):
    """To the part before."""


class Questions:
    """Those of one part. ``about``: the sentences that explain it."""

    def __init__(self, talk: Talk, about: Sequence[str]) -> None:
        self.talk = talk
        self._about = about

    def ask(self, question: str, shown: str = "") -> str:
        """One answer, empty for Enter alone. Raises :class:`Back`, and what :meth:`Talk.ask` raises."""
        while True:
            answer = self.talk.ask(f"{question} [{shown}]" if shown else question)[:MOST]
            if answer == BACK:
                raise Back
            if answer != EXPLAIN:
                return answer
            self.explain()

    def explain(self) -> None:
        """What the part is about."""
        self.talk.say(*self._about)

    def field(self, question: str, now: str, wrong: Callable[[str], Sequence[Fault]], *, empty: str = "") -> str:
        """What is typed, once nothing is wrong with it. ``empty``: what the word none means, where it may be."""
        while True:
            shown = f"{now}; {NONE}: {empty}" if empty and empty != NONE and now else now or empty
            answer = self.ask(question, shown)
            value = "" if empty and answer.lower() == NONE else answer or now
            faults = wrong(value)
            if not faults:
                return value
            self.talk.say(str(faults[0]))

    def choose(self, question: str, choices: Sequence[Choice], now: str) -> str:
        """The key of one of a few, by its number or its word."""
        keys = [choice.key for choice in choices]
        told = ", ".join(f"{number} {choice.label}" for number, choice in enumerate(choices, 1))
        if len(told) > MOST_IN_A_ROW:
            self.talk.show([f"{number:>3}  {choice.label}" for number, choice in enumerate(choices, 1)])
            told = "number"
        while True:
            answer = self.ask(f"{question}: {told}", str(keys.index(now) + 1) if now in keys else "")
            if not answer and now in keys:
                return now
            found = [choice.key for number, choice in enumerate(choices, 1) if answer in (str(number), choice.label)]
            if found:
                return found[0]
            self.talk.say(f"Type a number from 1 to {len(choices)}.")

    def seek(self, question: str, keys: Sequence[str], shown: Callable[[str], str], now: str) -> str:
        """One of many, by its whole name, a part of it, or the number in the list that was shown last."""
        listed: Sequence[str] = keys if len(keys) <= MOST_LISTED else ()
        self._list(listed, shown)
        while True:
            answer = self.ask(question, now)
            if not answer and now:
                return now
            if answer.isdecimal() and 1 <= int(answer) <= len(listed):
                return listed[int(answer) - 1]
            words = answer.lower().split()
            found = [key for key in keys if key.lower() == answer.lower()]
            found = found or [key for key in keys if all(word in shown(key).lower() for word in words)]
            if len(found) == 1:
                self.talk.say(f"That is {found[0]}.")
                return found[0]
            if not found:
                self.talk.say("There is none of that name.")
            elif len(found) > MOST_LISTED:
                self.talk.say(f"{len(found)} of {len(keys)} have that in their name: type more of it.")
            else:
                listed = found
                self._list(listed, shown)

    def _list(self, keys: Sequence[str], shown: Callable[[str], str]) -> None:
        self.talk.show([f"{number:>3}  {shown(key)}" for number, key in enumerate(keys, 1)])
