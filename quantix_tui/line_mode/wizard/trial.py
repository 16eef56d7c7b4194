"""The trial of network settings: what works with them, and the question whether they stay, while it may be answered."""

import math
from contextlib import aclosing

from quantix_tui.cluster.errors import QuantixError
from quantix_tui.commands.lines import check_line
from quantix_tui.console.screens.wizard.bench import Trial, Trials
from quantix_tui.console.screens.wizard.trial import BACK, BEGINS, over_words
from quantix_tui.line_mode.wizard.desk import Desk
from quantix_tui.setup.answers import Answers
from quantix_tui.setup.steps import StepName


def tried(desk: Desk, answers: Answers) -> bool:
    """Whether these settings are in force, and stay."""
    trials = desk.bench.kit.trials
    if trials is None or StepName.NETWORK in desk.bench.applied_with(answers):
        return True
    desk.talk.say(BEGINS)
    try:
        trial = desk.wait(trials.begin(answers))
        return _kept(desk, trials, trial, answers)
    except QuantixError as error:
        desk.talk.say(error.problem.message, error.problem.hint)
        return False
    finally:
        trials.ended()


def outlived(desk: Desk) -> bool:
    """Whether settings that were on trial before this console began stay now. Why the last ones went back is said."""
    trials = desk.bench.kit.trials
    if trials is None:
        return False
    try:
        running = desk.wait(trials.running())
        if running is not None and desk.bench.answers.network is not None:
            desk.talk.say("New network settings are being tried already.")
            return _kept(desk, trials, running, desk.bench.answers)
        if why := desk.wait(trials.why_gone_back()):
            desk.talk.say(f"{why} {BACK}")
    except QuantixError as error:
        desk.talk.say(error.problem.message, error.problem.hint)
    finally:
        trials.ended()
    return False


def _kept(desk: Desk, trials: Trials, trial: Trial, answers: Answers) -> bool:
    desk.wait(_check(desk, trials, answers))
    left = trial.seconds_left()
    if left is None:
        desk.talk.say(over_words(desk.wait(trial.why_over())))
        return False
    question = f"The old settings come back in {math.ceil(left)} s unless the new ones are kept. Keep them?"
    agreed = desk.talk.agreed_within(question, left)
    if agreed is None:
        desk.talk.forget()
        desk.talk.say(over_words(desk.wait(trial.why_over())))
        return False
    if agreed:
        desk.wait(trials.keep(trial))
        desk.talk.say("The new settings stay.")
        return True
    desk.wait(trial.go_back())
    desk.talk.say(BACK)
    return False


async def _check(desk: Desk, trials: Trials, answers: Answers) -> None:
    if answers.network is None:
        return
    async with aclosing(trials.checks(answers.network)) as results:
        async for result in results:
            desk.talk.say(check_line(result))
            if result.problem is not None:
                desk.talk.say(result.problem.hint)
