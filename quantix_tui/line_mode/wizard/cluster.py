"""Cluster: stay standalone, or one whose checks pass. It is joined when the changes are made."""

from functools import partial

from quantix_tui.cluster.errors import QuantixError
from quantix_tui.cluster.join import JoinRequest
from quantix_tui.commands.checking import Checks, Lines, run_checks
from quantix_tui.console.draft import Draft
from quantix_tui.console.tale import short_address
from quantix_tui.console.widgets.choices import Choice
from quantix_tui.line_mode.membership import NOTHING, chosen
from quantix_tui.line_mode.wizard.desk import Desk
from quantix_tui.line_mode.wizard.questions import Questions
from quantix_tui.setup.answers import Answers, ClusterAnswers
from quantix_tui.setup.steps import StepName

_JOIN, _ALONE, _KEEP = "join", "alone", "keep"


def cluster(desk: Desk, questions: Questions) -> Answers:
    bench, talk = desk.bench, desk.talk
    given = bench.answers.cluster
    chosen_before = given if given is not None and given.address else None
    if bench.member_of and (chosen_before is None or chosen_before.address == bench.member_of):
        talk.say(f"This node has joined {short_address(bench.member_of)} already. Leaving it is number 3 of the menu.")
        return bench.answers.model_copy(update={"cluster": chosen_before})
    usable = chosen_before is not None and (chosen_before.token is not None or StepName.CLUSTER in bench.applied)
    choices = [Choice(_JOIN, "join one"), Choice(_ALONE, "stay standalone")]
    if chosen_before is not None and usable:
        choices.insert(0, Choice(_KEEP, f"join {short_address(chosen_before.address)}, as chosen"))
    elif chosen_before is not None:
        talk.say(f"Chosen: {short_address(chosen_before.address)}. The token has to be typed again: it is never kept.")
    usual = _ALONE if given is not None and chosen_before is None else choices[0].key
    likely = Draft(chosen_before.address, ca_file=chosen_before.ca_file) if chosen_before else NOTHING
    while True:
        how = questions.choose("Cluster", choices, usual)
        if how == _KEEP:
            return bench.answers
        if how == _ALONE:
            return bench.answers.model_copy(update={"cluster": ClusterAnswers()})
        try:
            request = chosen(talk, partial(_checked, desk), likely)
        except QuantixError as error:
            talk.say(error.problem.message, error.problem.hint)
            continue
        if request is not None:
            talk.say("All checks passed. It is joined when the changes are made; they are shown before.")
            return bench.answers.model_copy(update={"cluster": _answers(request)})


def _checked(desk: Desk, request: JoinRequest) -> Checks:
    desk.talk.say(f"Checking {request.address}")
    return desk.wait(run_checks(desk.bench.kit.gateway, request, Lines()))


def _answers(request: JoinRequest) -> ClusterAnswers:
    trust = request.trust
    return ClusterAnswers(
        address=str(request.address),
        token=request.token,
        ca_file=trust.ca_file or "",
        pin=str(trust.pin) if trust.pin else "",
    )
