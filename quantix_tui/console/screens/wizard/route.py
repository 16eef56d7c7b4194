"""The way through the pages: which comes next, and how far one has come. Pure functions of what is answered."""

from quantix_tui.console.screens.wizard.bench import Bench, PageName
from quantix_tui.console.screens.wizard.pages import title_of
from quantix_tui.console.widgets.steps import Progress, Stage

PAGES = list(PageName)
_SECRETS = (("administrator", "password"), ("cluster", "token"))


def following(bench: Bench, here: PageName) -> PageName:
    """The page after this one. There is none after the last."""
    return next(name for name in PAGES[PAGES.index(here) + 1 :] if not is_skipped(bench, name))


def before(bench: Bench, here: PageName) -> PageName | None:
    """The page before this one; None on the first."""
    return next((name for name in reversed(PAGES[: PAGES.index(here)]) if not is_skipped(bench, name)), None)


def is_skipped(bench: Bench, name: PageName) -> bool:
    """Whether there is nothing to answer on it."""
    return name is PageName.ADMINISTRATOR and not bench.needs_password


def again_words(bench: Bench) -> str:
    """Which secrets have to be typed again, where one goes on after a break; empty when none."""
    pages = [title_of(name) for name in PAGES if _lacks_secret(bench, name)]
    return f"Type again, for secrets are not kept: {', '.join(pages)}." if pages else ""


def stages(bench: Bench, here: PageName, furthest: int) -> list[Stage]:
    """All pages as they are listed. ``furthest``: the place of the furthest that was opened."""
    return [Stage(title_of(name), _progress(bench, name, here, furthest)) for name in PAGES]


def _lacks_secret(bench: Bench, name: PageName) -> bool:
    return any(fault.place in _SECRETS and fault.place[0] == name.value for fault in bench.faults)


def _progress(bench: Bench, name: PageName, here: PageName, furthest: int) -> Progress:
    place, step = PAGES.index(name), name.step
    if name is here:
        return Progress.HERE
    if is_skipped(bench, name):
        return Progress.SET
    if bench.completed:
        return Progress.DONE
    if place > furthest or name is PageName.APPLY:
        return Progress.LATER
    if step is not None and any(fault.place[0] == step.value for fault in bench.faults):
        return Progress.AGAIN if _lacks_secret(bench, name) else Progress.LATER
    return Progress.DONE if place < furthest else Progress.LATER
