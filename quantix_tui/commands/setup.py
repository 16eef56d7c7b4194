"""``quantix-tui setup``: set a node up from an answer file, as the wizard does from its pages."""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.text import harmless
from quantix_tui.commands import ends
from quantix_tui.commands.options import GlobalOptions, Parser, add_json_option
from quantix_tui.host.administrators import user_name
from quantix_tui.host.audit import record
from quantix_tui.host.files.problems import not_changed
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.system_log import log_to_system
from quantix_tui.host.wayback.back import recover
from quantix_tui.host.wayback.record import Place
from quantix_tui.host.wayback.trying import place_in, why_gone_back
from quantix_tui.settings import STATE, Settings, settings_from
from quantix_tui.setup.answer_file import AnswerFile, read_answers
from quantix_tui.setup.answers import Answers
from quantix_tui.setup.apply import Applier, Did, Ended, Outcome, Progress
from quantix_tui.setup.checking import Ground
from quantix_tui.setup.claim import Doing, Who, claimed
from quantix_tui.setup.fault import Fault
from quantix_tui.setup.first_boot import is_first_boot
from quantix_tui.setup.found import PATIENCE_SECS, Finder, Source
from quantix_tui.setup.ground import read_ground
from quantix_tui.setup.means import means_for
from quantix_tui.setup.plain_file import read_plain_file
from quantix_tui.setup.prefill import is_begun
from quantix_tui.setup.state import APPLYING, SetupState, load
from quantix_tui.setup.steps import answered
from quantix_tui.setup.yaml_tree import MOST_BYTES

_STANDARD_INPUT = "-"
_DESCRIPTION = """\
Set this node up from a file of answers: administrator, name, network, time, cluster. The same rules and steps as in the
first-boot wizard. Steps that were made with the same answers already are not repeated; one that fails stops."""


def run(words: Sequence[str], options: GlobalOptions) -> int:
    parser = Parser("setup", _DESCRIPTION)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--answers", metavar="FILE", help="the answers, as YAML; - for standard input")
    what.add_argument("--found", action="store_true", help="answers of this boot, where they say unattended: true")
    what.add_argument(
        "--network-back", choices=("boot", "now"), help="old network settings back, if nobody kept new ones"
    )
    parser.add_argument("--check", action="store_true", help="only say what is wrong with them")
    parser.add_argument("--root", metavar="DIR", default="/", help="set up the tree of another machine (an image)")
    add_json_option(parser)
    given = parser.read(words)
    if given.network_back is not None and (given.check or given.root != "/"):
        parser.error("--network-back is about this machine alone, and does what it says")
    tree = _tree_of(given)
    settings = settings_from(os.environ, options.node, options.config)
    if tree.root == "/" and not given.check:
        log_to_system()
    if given.network_back is not None:
        return _network_back(settings, given.network_back)
    folder = settings.state if tree.root == "/" else tree.real(STATE, follow=True)
    if given.found:
        return _set_up_from_found(tree, folder, settings, given)
    kept = load(folder)
    done = frozenset(name.value for name in kept.state.done)
    found = _read(given.answers, _ground(tree, done))
    if found.answers is None:
        name = "standard input" if given.answers == _STANDARD_INPUT else os.path.basename(given.answers)
        return _refuse(found.faults, name, json=given.json)
    if next(answered(found.answers), None) is None:
        # A file that was cut off must not make the node one that is set up.
        raise _problem("The file answers nothing. Nothing was changed.", "Begin it like: name:", "answers")
    if given.check:
        return _right(given)
    if kept.notice and not given.json:
        print(kept.notice)
    who = Who("quantix-tui setup", _line())
    return asyncio.run(_apply(found.answers, tree, folder, settings, who, json=given.json))


def _network_back(settings: Settings, when: str) -> int:
    place = place_in(settings.state)
    try:
        back = asyncio.run(_old_network(place, settings, when))
    except OSError as error:
        raise not_changed(error) from None
    print(why_gone_back(place) if back else "There is nothing to bring back.")
    return ends.DONE


async def _old_network(place: Place, settings: Settings, when: str) -> bool:
    if when == "boot":
        # Nobody else runs yet.
        return await recover(place, files_only=True)
    # Settings that a console tries just now are its own.
    async with claimed(settings.state, Who("quantix-tui setup"), Doing.GOES_BACK):
        return await recover(place)


def _set_up_from_found(tree: Tree, folder: str, settings: Settings, given: argparse.Namespace) -> int:
    """Answers are applied by themselves only when they say so, and only on a node that was never set up."""
    json = given.json
    if not is_first_boot(folder, str(settings.config_file)):
        return _nothing_done("This node is set up already.", json=json)
    here, state = tree.root == "/", load(folder).state
    done = frozenset(name.value for name in state.done)
    patience = PATIENCE_SECS if here else 0.0
    found = asyncio.run(Finder(tree.root).find_patiently(partial(_ground, tree, done), patience))
    if found is None:
        return _nothing_done("No answers came with this boot.", json=json)
    if found.file.answers is None:
        return _refuse(found.file.faults, str(found.source), json=json)
    if given.check:
        return _right(given)
    if why := _for_the_wizard(found.source, found.file.answers, state):
        return _nothing_done(why, json=json)
    who = Who(f"quantix-tui setup with the answers from {found.source}", _line())
    return asyncio.run(_apply(found.file.answers, tree, folder, settings, who, json=json))


def _for_the_wizard(source: Source, answers: Answers, state: SetupState) -> str:
    """Why found answers are not applied by themselves; empty where they are."""
    if not answers.unattended:
        return f"The answers ({source}) are for the wizard: they do not say unattended: true."
    if is_begun(state, answers):
        return f"Somebody has begun with the wizard: the answers ({source}) are not applied by themselves."
    return ""


def _line() -> str:
    try:
        return os.ttyname(0).removeprefix("/dev/")
    except OSError:
        return ""


def _nothing_done(why: str, *, json: bool) -> int:
    if json:
        ends.put_json({"success": True, "steps": [], "message": why})
    else:
        print(why)
    return ends.DONE


def _tree_of(given: argparse.Namespace) -> Tree:
    if not os.path.isdir(given.root):
        raise _problem(f"There is no folder {harmless(given.root, 80)!r}.", "Give --root a machine's folder.", "root")
    tree = Tree(given.root)
    if tree.root == "/" and os.geteuid() != 0 and not given.check:
        raise QuantixError(
            Problem(
                ErrorCode.UNAUTHORIZED,
                "Only root may set this machine up.",
                "Run the same with sudo or as root. With --check anybody may see whether the answers are right.",
                "not_root",
            )
        )
    return tree


def _ground(tree: Tree, done: frozenset[str]) -> Ground:
    try:
        return read_ground(tree, done)
    except OSError as error:
        why = f"{harmless(str(error.filename), 80)} of the machine cannot be read: {error.strerror}."
        raise _problem(why, "Mend that, then try again.", "machine") from None


def _read(path: str, ground: Ground) -> AnswerFile:
    """The answers, held against the machine that they are for. Raises :class:`QuantixError`."""
    try:
        data = _content(path)
    except OSError as error:
        why = f"The answers {harmless(path, 80)} cannot be read: {harmless(error.strerror or 'unknown error')}."
        raise _problem(why, "Give the file that holds them.", "answers") from None
    # Of answers on standard input: the folder where one is.
    folder = os.path.dirname(os.path.abspath(path))
    return read_answers(data, lambda name: read_plain_file(os.path.join(folder, name), MOST_BYTES), ground)


def _content(path: str) -> bytes:
    # What was named on the command line may well be a pipe.
    if path == _STANDARD_INPUT:
        return sys.stdin.buffer.read(MOST_BYTES + 1)
    with open(path, "rb") as file:
        return file.read(MOST_BYTES + 1)


def _refuse(faults: Sequence[Fault], name: str, *, json: bool) -> int:
    many = f"{len(faults)} answers are" if len(faults) > 1 else "An answer is"
    problem = Problem(ErrorCode.INVALID_REQUEST, f"{many} not right. Nothing was changed.", "", "answers")
    if json:
        found = [{**asdict(fault), "place": fault.field} for fault in faults]
        ends.put_json({**problem.to_json(), "faults": found})
    for fault in faults:
        print(f"{name}:{fault.line}: {fault.field or 'the file'}: {fault}", file=sys.stderr)
    return ends.complain(problem)


def _right(given: argparse.Namespace) -> int:
    if given.json:
        ends.put_json({"success": True, "faults": []})
    else:
        unknown = " Which interfaces that machine has cannot be told from its tree." if given.root != "/" else ""
        print(f"The answers are right.{unknown}")
    return ends.DONE


async def _apply(answers: Answers, tree: Tree, folder: str, settings: Settings, who: Who, *, json: bool) -> int:
    steps: list[dict[str, object]] = []
    problem: Problem | None = None
    if tree.root == "/":
        await record("set up from answers", user=user_name(os.geteuid()), line=settings.line)
    async with means_for(tree, folder, settings, who) as means:
        # Whoever opens the wizard afterwards is where the changes are made.
        state = load(folder).state.with_answers(answers, APPLYING)
        async for progress in Applier(means, state).apply(answers):
            if not json:
                say_progress(progress)
            if isinstance(progress, Ended):
                problem = progress.problem
                error = problem.to_json() if problem else None
                steps.append({**asdict(progress), "outcome": progress.outcome.value, "problem": error})
    if json:
        beside = {"steps": steps}
        ends.put_json({**problem.to_json(), **beside} if problem else {"success": True, **beside})
        sys.stdout.flush()
    if problem is not None:
        return ends.complain(problem)
    if not json:
        print("The node is set up.")
    return ends.DONE


def say_progress(progress: Progress) -> None:
    if isinstance(progress, Did):
        failure = f"  ({progress.act.failure})" if progress.act.failure else ""
        print(f"  {progress.act.what}{failure}", flush=True)
    elif isinstance(progress, Ended):
        took = f"{progress.seconds:.1f} s" if progress.outcome is not Outcome.ALREADY else ""
        print(f"{progress.name.value:<15}{progress.outcome.value:<14}{took}".rstrip(), flush=True)


def _problem(message: str, hint: str, reason: str) -> QuantixError:
    return QuantixError(Problem(ErrorCode.INVALID_REQUEST, message, hint, reason))
