"""Answers that come with the boot, or in a file: looked for while the wizard is open already; what is told of it."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from quantix_tui.cluster import spans
from quantix_tui.cluster.errors import Problem, QuantixError
from quantix_tui.console.clock import Clock
from quantix_tui.console.crash import fault_problem
from quantix_tui.console.lines import Role
from quantix_tui.console.tale import Paragraph
from quantix_tui.setup.answers import Answers
from quantix_tui.setup.checking import Ground
from quantix_tui.setup.fault import Fault
from quantix_tui.setup.found import AGAIN_SECS, NOT_THERE, Finder, Found
from quantix_tui.setup.prefill import Origin, origin
from quantix_tui.setup.steps import StepName, answered

MOST_FAULTS = 3
_SECRETS = frozenset({StepName.ADMINISTRATOR.value, StepName.CLUSTER.value})
_UNATTENDED = (
    "They say unattended: true, so the node is set up with them by itself as soon as its boot is complete. Whoever "
    "goes on here does it instead."
)


class Search:
    """One search, which may be made again. ``source``: where it looks, as it is told.

    ``patience``: for how many seconds what was named may take to come, as a network does after a boot.
    """

    def __init__(self, finder: Finder, clock: Clock, patience: float = 0.0) -> None:
        self._finder = finder
        self._clock = clock
        self._patience = patience
        self._began: float | None = None
        self._problem: Problem | None = None
        self._faults: Sequence[Fault] = ()
        self.answers: Answers | None = None
        self.source = ""

    @property
    def is_on(self) -> bool:
        return self._began is not None

    @property
    def may_find_more(self) -> bool:
        """Whether looking again may give what there was not, once somebody has mended it."""
        return not self.is_on and (self.answers is None or bool(self._faults))

    async def run(self, ground: Ground) -> None:
        """Look for them. Raises nothing: what hinders is told by :meth:`told`."""
        self._began, self._problem, self._faults = self._clock.monotonic(), None, ()
        try:
            self.source = str(self._finder.source())
            # What is missing of secrets is asked for.
            found = await self._find(replace(ground, done=ground.done | _SECRETS))
            self._faults = found.file.faults if found else ()
            right = found.file.right if found else Answers()
            # Of those that are not right throughout, a person takes what is: each page is looked at.
            self.answers = right if found and (not self._faults or any(answered(right))) else None
        except QuantixError as error:
            self.answers, self._problem = None, error.problem
        except Exception as error:  # noqa: BLE001 - the worker's border: told in place, with a report kept
            self.answers, self._problem = None, fault_problem(error)
        finally:
            self._began = None

    async def _find(self, ground: Ground) -> Found | None:
        began = self._clock.monotonic()
        while True:
            try:
                return await self._finder.find(ground)
            except QuantixError as error:
                if error.problem.reason != NOT_THERE or self._clock.monotonic() - began >= self._patience:
                    raise
            await asyncio.sleep(AGAIN_SECS)

    def told(self, answers: Answers) -> list[Paragraph]:
        """What is said of it, where ``answers`` are those of the pages now."""
        if self._began is not None:
            waited = self._clock.monotonic() - self._began
            since = f" ({spans.short(waited)})" if waited >= 1 else ""
            return [Paragraph(f"Looking for answers: {self.source or 'where this boot says'} ...{since}", Role.DIM)]
        if self._problem is not None:
            return [Paragraph(self._problem.message, Role.WARN), Paragraph(self._problem.hint)]
        if self._faults:
            return [*self._wrong(), *(self._taken(self.answers, answers) if self.answers else [])]
        if self.answers is None:
            return [Paragraph(f"No answers came with this boot ({self.source}).", Role.DIM)] if self.source else []
        return self._taken(self.answers, answers)

    def note(self, answers: Answers, name: StepName | None) -> str:
        """How the answers of a page stand to those that were found; empty where there is nothing to say."""
        if name is None:
            return ""
        match origin(answers, self.answers, name):
            case Origin.FOUND:
                return f"As in the answers from {self.source}."
            case Origin.OTHER:
                return f"Other than in the answers from {self.source}."
        return ""

    def _wrong(self) -> list[Paragraph]:
        some = f"Of the answers from {self.source} this is" if self.answers else f"The answers from {self.source} are"
        told = [Paragraph(f"{some} not right, and not taken:", Role.WARN)]
        for fault in self._faults[:MOST_FAULTS]:
            told.append(Paragraph(f"line {fault.line}: {fault.field or 'the file'}: {fault}", Role.WARN))
        if more := len(self._faults) - MOST_FAULTS:
            told += [Paragraph(f"and {more} more")] if more > 0 else []
        return [*told, Paragraph("Mend them there and look again, or answer here.")]

    def _taken(self, found: Answers, answers: Answers) -> list[Paragraph]:
        origins = {name: origin(answers, found, name) for name, _ in answered(found)}
        taken = [name.value.capitalize() for name, each in origins.items() if each is Origin.FOUND]
        other = [name.value.capitalize() for name, each in origins.items() if each is Origin.OTHER]
        told = []
        if taken:
            words = f"Taken from {self.source}: {', '.join(taken)}. Look at each page; nothing is changed yet."
            told.append(Paragraph(words, Role.GOOD))
        if other:
            words = f"Answered here otherwise than in {self.source}, and left so: {', '.join(other)}."
            told.append(Paragraph(words, Role.WARN))
        return [*told, *([Paragraph(_UNATTENDED)] if found.unattended and not self._faults else [])]
