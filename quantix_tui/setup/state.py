"""What the wizard remembers from page to page, over a power cut too. Never a secret."""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from pydantic import ValidationError

from quantix_tui.cluster.errors import Problem, problem_from_json
from quantix_tui.cluster.text import harmless
from quantix_tui.config.atomic import read_file, remove_durably, remove_file, replace_file
from quantix_tui.config.paths import temporary
from quantix_tui.host.files.problems import not_changed
from quantix_tui.setup.answers import Answers, Section
from quantix_tui.setup.claim import not_kept
from quantix_tui.setup.first_boot import BEFORE, COMPLETED, STATE
from quantix_tui.setup.steps import StepName, answered

VERSION = 1
_FOLDER_MODE = 0o700
_MOST_PAGE = 40
_MOST_WHO = 200
CORRUPT = "The wizard begins anew: what it remembered cannot be read any more."
OTHER_VERSION = "The wizard begins anew: what it remembered is of another version."


APPLYING = "apply"
"""The page where the changes are made."""


@dataclass(frozen=True, slots=True)
class Failure:
    """The step that failed last, in a run of ``who``."""

    name: StepName
    problem: Problem
    who: str


@dataclass(frozen=True, slots=True)
class SetupState:
    """``page``: where one was; ``done``: the steps that were applied, each with the digest of its answers.

    ``failed``: what ended the last run, until the next one begins or other answers are given for it.
    """

    answers: Answers = field(default_factory=Answers)
    page: str = ""
    done: Mapping[StepName, str] = field(default_factory=lambda: MappingProxyType({}))
    failed: Failure | None = None

    def with_answers(self, answers: Answers, page: str) -> "SetupState":
        """What was made stays made; a failure is none of other answers' any more."""
        failed = self.failed
        if failed is not None and getattr(answers, failed.name.value) != getattr(self.answers, failed.name.value):
            failed = None
        return replace(self, answers=answers, page=page, failed=failed)

    def with_done(self, name: StepName, section: Section) -> "SetupState":
        return replace(self, done=MappingProxyType({**self.done, name: digest(section)}))

    def without_done(self, name: StepName) -> "SetupState":
        return replace(self, done=MappingProxyType({step: said for step, said in self.done.items() if step != name}))

    def applied(self) -> frozenset[StepName]:
        """The steps that were applied with the answers as they are now."""
        return frozenset(name for name, section in answered(self.answers) if self.done.get(name) == digest(section))


@dataclass(frozen=True, slots=True)
class Remembered:
    """``notice``: a sentence to show, where what was kept could not be taken up."""

    state: SetupState
    notice: str = ""


def digest(section: Section) -> str:
    """Of what may be kept: secrets are not in it."""
    return hashlib.sha256(section.model_dump_json().encode()).hexdigest()


def load(folder: str) -> Remembered:
    """What was kept in ``folder``; nothing is not worth a notice. Blocking; raises nothing."""
    try:
        file = read_file(os.path.join(folder, STATE))
    except OSError:
        return Remembered(SetupState(), CORRUPT)
    return Remembered(SetupState()) if file is None else from_bytes(file.data)


def is_as_kept(folder: str, state: SetupState) -> bool:
    """Whether ``state`` is what is kept in ``folder``, but for secrets. Blocking, some milliseconds.

    What cannot be read is nobody else's: whoever keeps something next is told why it cannot be kept.
    """
    try:
        file = read_file(os.path.join(folder, STATE))
    except OSError:
        return True
    kept = SetupState() if file is None else from_bytes(file.data).state
    return kept == from_bytes(to_bytes(state)).state


def from_bytes(data: bytes) -> Remembered:
    """The state in a file's content."""
    try:
        kept = json.loads(data)
        if kept["version"] != VERSION:
            return Remembered(SetupState(), OTHER_VERSION)
        done = {StepName(name): str(said) for name, said in kept["done"].items()}
        page = str(kept["page"])[:_MOST_PAGE]
        answers = Answers.model_validate(kept["answers"])
        state = SetupState(answers, page, MappingProxyType(done), _failure(kept.get("failed")))
    except (ValueError, ValidationError, KeyError, TypeError, AttributeError, RecursionError):
        return Remembered(SetupState(), CORRUPT)
    return Remembered(state)


def to_bytes(state: SetupState) -> bytes:
    body: dict[str, object] = {
        "version": VERSION,
        "page": state.page,
        "answers": state.answers.model_dump(mode="json"),
        "done": {name.value: said for name, said in state.done.items()},
    }
    if state.failed is not None:
        failed = state.failed
        body["failed"] = {"name": failed.name.value, "who": failed.who, **failed.problem.to_json()}
    return (json.dumps(body, indent=1) + "\n").encode()


def _failure(body: object) -> Failure | None:
    """Raises ValueError, KeyError."""
    if not isinstance(body, dict):
        return None
    return Failure(StepName(body["name"]), problem_from_json(body), harmless(str(body["who"]), _MOST_WHO))


def save(folder: str, state: SetupState) -> None:
    """Keep it, mode 0600: afterwards the file is the old one or the new one. Raises :class:`QuantixError`. Blocking."""
    _replace(folder, STATE, to_bytes(state))


def complete(folder: str) -> None:
    """The node is set up: the wizard does not come by itself again, and forgets. Raises :class:`QuantixError`."""
    _replace(folder, COMPLETED, b"The first-boot wizard was completed. quantix-tui wizard --again runs it anew.\n")
    try:
        for name in (STATE, BEFORE):
            remove_durably(os.path.join(folder, name))
    except OSError as error:
        raise not_changed(error) from None


def forget(folder: str) -> None:
    """Begin anew: no answers, and the marker counts until there are some. Raises :class:`QuantixError`. Blocking."""
    completed = os.path.join(folder, COMPLETED)
    try:
        if os.path.exists(completed):
            os.replace(completed, os.path.join(folder, BEFORE))
        remove_durably(os.path.join(folder, STATE))
    except OSError as error:
        raise not_changed(error) from None


def _replace(folder: str, name: str, data: bytes) -> None:
    path = os.path.join(folder, name)
    try:
        os.makedirs(folder, _FOLDER_MODE, exist_ok=True)
        # Of a save that was cut short.
        remove_file(temporary(path))
        replace_file(path, data)
    except OSError as error:
        raise not_kept(folder, error) from None
