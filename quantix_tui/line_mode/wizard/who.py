"""Administrator and name."""

from quantix_tui.cluster.secret import Secret
from quantix_tui.cluster.text import harmless
from quantix_tui.host.password import strength_of
from quantix_tui.line_mode.wizard.desk import Desk
from quantix_tui.line_mode.wizard.questions import BACK, EXPLAIN, Back, Questions
from quantix_tui.setup.answers import AdministratorAnswers, Answers, NameAnswers
from quantix_tui.setup.fault import Fault
from quantix_tui.setup.steps import StepName


def administrator(desk: Desk, questions: Questions) -> Answers:
    """The password, twice. One that is given already, typed or with found answers, is taken with Enter alone."""
    bench, talk = desk.bench, desk.talk
    given = bench.answers.administrator
    user = harmless(given.user, 40) if given else "root"
    is_done = StepName.ADMINISTRATOR in bench.applied
    has_one = given is not None and given.has_secret
    while True:
        keeps = ", Enter alone takes the one that is given already" if has_one or is_done else ""
        typed = talk.secret(f"New password of {user}, {bench.passwords.words}{keeps}")
        if typed == BACK:
            raise Back
        if typed == EXPLAIN:
            questions.explain()
            continue
        if not typed and keeps:
            return bench.answers
        strength = strength_of(typed, _known(desk, user), bench.passwords)
        answers = _with_password(bench.answers, user, typed)
        problem = strength.problem or next(map(str, desk.faults(answers, StepName.ADMINISTRATOR)), "")
        if problem:
            talk.say(problem)
            continue
        talk.say(f"Strength: {strength.words}")
        if talk.secret("The same once more") == typed:
            return answers
        talk.say("The two are not the same: type both again.")


def _with_password(answers: Answers, user: str, typed: str) -> Answers:
    given = AdministratorAnswers(user=user, password=Secret(typed) if typed else None)
    return answers.model_copy(update={"administrator": given})


def _known(desk: Desk, user: str) -> list[str]:
    name = desk.bench.answers.name
    return [user, *([name.hostname] if name else []), desk.bench.around.name, "quantix", "password"]


def name(desk: Desk, questions: Questions) -> Answers:
    """What the node is called."""
    bench = desk.bench
    given = bench.answers.name

    def with_name(typed: str) -> Answers:
        return bench.answers.model_copy(update={"name": NameAnswers(hostname=typed)})

    def wrong(typed: str) -> list[Fault]:
        return list(desk.faults(with_name(typed), StepName.NAME))

    return with_name(questions.field("Name of this node", given.hostname if given else bench.around.name, wrong))
