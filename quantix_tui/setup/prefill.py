"""Answers that were found, and those that are there already: what is taken, and what each page's answers are. Pure."""

from collections.abc import Set
from enum import Enum

from quantix_tui.cluster.address import parse_address
from quantix_tui.cluster.trust import parse_fingerprint
from quantix_tui.setup.answers import Answers, ClusterAnswers, Section
from quantix_tui.setup.state import APPLYING, SetupState
from quantix_tui.setup.steps import StepName, answered

_AT_THE_BEGINNING = ("", "welcome")


class Origin(Enum):
    """How a page's answers stand to those that were found."""

    NONE = "nothing was found about it"
    FOUND = "as found"
    OTHER = "other than found"


def filled(answers: Answers, found: Answers, free: Set[StepName], applied: Set[StepName]) -> Answers:
    """``answers`` with what was found: for the ``free`` steps that nobody has answered, and the secrets of answers that
    are the same, which are never kept. What was ``applied`` needs none."""
    taken: dict[str, Section] = {}
    for name, theirs in answered(found):
        section = _normal(theirs)
        mine: Section | None = getattr(answers, name.value)
        lacks = mine is not None and section.has_secret and not mine.has_secret and name not in applied
        if (mine is None and name in free) or (mine is not None and lacks and is_same(mine, section)):
            taken[name.value] = section
    return answers.model_copy(update=taken)


def origin(answers: Answers, found: Answers | None, name: StepName) -> Origin:
    """Of the answers about ``name`` as they stand there."""
    theirs: Section | None = getattr(found, name.value) if found is not None else None
    if theirs is None:
        return Origin.NONE
    mine: Section | None = getattr(answers, name.value)
    section = _normal(theirs)
    if mine is None:
        return Origin.OTHER
    return Origin.FOUND if mine == section or (not mine.has_secret and is_same(mine, section)) else Origin.OTHER


def is_same(mine: Section, theirs: Section) -> bool:
    """Whether they are, but for secrets."""
    return mine.model_dump() == theirs.model_dump()


def is_begun(state: SetupState, found: Answers) -> bool:
    """Whether a person has begun with the wizard: what was found is then not applied by itself.

    A run of the same answers that was cut short, or failed, is no person's.
    """
    if state.page == APPLYING:
        return any(origin(state.answers, found, name) is not Origin.FOUND for name, _ in answered(state.answers))
    return state.page not in _AT_THE_BEGINNING or next(answered(state.answers), None) is not None


def _normal(section: Section) -> Section:
    """As the wizard's pages write it. The answers are without fault."""
    if not isinstance(section, ClusterAnswers) or not section.address:
        return section
    pin = str(parse_fingerprint(section.pin)) if section.pin else ""
    return section.model_copy(update={"address": str(parse_address(section.address)), "pin": pin})
