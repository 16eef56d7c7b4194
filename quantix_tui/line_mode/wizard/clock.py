"""Time: the timezone by a search, and time servers that are really asked."""

import asyncio
from collections.abc import Sequence

from quantix_tui.cluster.checks import CheckResult
from quantix_tui.commands.lines import check_line
from quantix_tui.line_mode.wizard.desk import Desk
from quantix_tui.line_mode.wizard.questions import Questions
from quantix_tui.setup.answers import Answers, TimeAnswers
from quantix_tui.setup.fault import Fault
from quantix_tui.setup.steps import StepName
from quantix_tui.setup.typed import ntp_faults, servers_of

UTC = "UTC"


def time(desk: Desk, questions: Questions) -> Answers:
    bench, talk = desk.bench, desk.talk
    around, given = bench.around, bench.answers.time
    zones = sorted(bench.zones or {UTC})
    zone = questions.seek(
        "Timezone, or a part of its name",
        zones,
        lambda zone: zone.replace("_", " "),
        given.timezone if given else around.timezone or UTC,
    )
    now = " ".join(given.ntp if given else around.time_servers)

    def with_servers(typed: str) -> Answers:
        return bench.answers.model_copy(update={"time": TimeAnswers(timezone=zone, ntp=servers_of(typed))})

    def wrong(typed: str) -> Sequence[Fault]:
        return ntp_faults(typed) or desk.faults(with_servers(typed), StepName.TIME)

    while True:
        typed = questions.field("Time servers, names or addresses", now, wrong, empty="left as they are")
        servers = servers_of(typed)
        if not servers:
            return with_servers("")
        talk.say("They are asked now.")
        results = desk.wait(_ask_all(desk, servers))
        talk.say(*map(check_line, results))
        if all(result.problem is None for result in results) or talk.agreed("Name them all the same?"):
            return with_servers(typed)
        now = typed


async def _ask_all(desk: Desk, servers: Sequence[str]) -> Sequence[CheckResult]:
    clock = desk.bench.kit.clock

    async def ask(server: str) -> CheckResult:
        began = clock.monotonic()
        finding = await desk.bench.kit.ask_time(server)
        return finding.after("time", (clock.monotonic() - began) * 1000)

    return await asyncio.gather(*map(ask, servers))
