"""From part to part: what is answered is kept with each, and one goes on where one was."""

from collections.abc import Callable, Mapping

from quantix_tui.cluster.errors import QuantixError
from quantix_tui.console.screens.wizard.bench import PageName
from quantix_tui.console.screens.wizard.pages import page_class, title_of
from quantix_tui.console.screens.wizard.welcome import machine_lines
from quantix_tui.line_mode.talk import WIDTH
from quantix_tui.line_mode.wizard import clock, cluster, ending, network, who
from quantix_tui.line_mode.wizard.desk import Desk
from quantix_tui.line_mode.wizard.questions import Back, Questions
from quantix_tui.setup.answers import Answers

_ASK: Mapping[PageName, Callable[[Desk, Questions], Answers]] = {
    PageName.ADMINISTRATOR: who.administrator,
    PageName.NAME: who.name,
    PageName.NETWORK: network.network,
    PageName.TIME: clock.time,
    PageName.CLUSTER: cluster.cluster,
}
_PAGES = list(PageName)
_WHAT = (
    "Setting this node up. It is asked for now: the administrator's password, the node's name, its network, the time, "
    "and a cluster to join. Nothing is changed before it was shown, but for the network, whose settings are tried at "
    "once and go back by themselves unless you keep them.",
    "Enter alone takes what stands in brackets, < goes back to the part before, ? explains a part, Ctrl-C leaves. What "
    "was answered is kept with each part, but for passwords and tokens.",
)
_FIRST = "There is no part before this one."
LATER = "This node is not set up yet. What was answered is kept."


def set_up(desk: Desk) -> bool:
    """Whether the node is set up now. Raises what the questions raise, and :class:`QuantixError` where nothing can be
    kept."""
    here, answered = _begin(desk), False
    return_to: PageName | None = None
    while here is not PageName.DONE:
        if answered:
            # The pages are ours with the first answer: who only looks at the question shuts nobody out.
            desk.wait(desk.bench.keep(here))
        answered = True
        questions = _heading(desk, here)
        if ask := _ASK.get(here):
            here = _part(desk, here, ask, questions, return_to)
            return_to = return_to if here in _ASK else None
            continue
        end = ending.review if here is PageName.REVIEW else ending.apply
        after = end(desk, questions)
        if after is None:
            desk.talk.say(LATER)
            return False
        # The changes are shown once more before they are made.
        return_to, here = (PageName.REVIEW if after in _ASK else None), after
    ending.done(desk)
    return True


def _begin(desk: Desk) -> PageName:
    bench = desk.bench
    desk.talk.say("", *_WHAT, *([bench.notice] if bench.notice else []))
    desk.show_lines(machine_lines(bench.around.machine, WIDTH))
    _take_found(desk)
    return bench.begins_at if bench.begins_at is not PageName.WELCOME else _following(desk, PageName.WELCOME)


def _take_found(desk: Desk) -> None:
    """Answers that come with the boot, or in a file: where they are looked for, and what became of it, is said."""
    bench = desk.bench
    search = bench.kit.search
    if search is None:
        return
    desk.talk.say("Looking for answers that came with this boot.")
    desk.wait(bench.look_for_answers())
    ahead = _PAGES[_PAGES.index(bench.begins_at) :]
    bench.take_found({page.step for page in ahead if page.step})
    desk.talk.say(*(told.text for told in search.told(bench.answers)))


def _heading(desk: Desk, page: PageName) -> Questions:
    # Cables and networks may have come up since.
    desk.wait(desk.bench.look_around())
    words = page_class(page)
    desk.talk.say("", f"{title_of(page)}: {words.WORDS}")
    return Questions(desk.talk, words.ABOUT)


def _part(
    desk: Desk,
    here: PageName,
    ask: Callable[[Desk, Questions], Answers],
    questions: Questions,
    return_to: PageName | None,
) -> PageName:
    """Ask for it; the page that comes next."""
    try:
        desk.bench.answers = ask(desk, questions)
    except Back:
        before = [page for page in _asked(desk) if _PAGES.index(page) < _PAGES.index(here)]
        if not before:
            desk.talk.say(_FIRST)
        return before[-1] if before else here
    except QuantixError as error:
        desk.talk.say(error.problem.message, error.problem.hint)
        return here
    return return_to or _following(desk, here)


def _asked(desk: Desk) -> list[PageName]:
    return [page for page in _ASK if page is not PageName.ADMINISTRATOR or desk.bench.needs_password]


def _following(desk: Desk, here: PageName) -> PageName:
    after = [page for page in _asked(desk) if _PAGES.index(page) > _PAGES.index(here)]
    return after[0] if after else PageName.REVIEW
