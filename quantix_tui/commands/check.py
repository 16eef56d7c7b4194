"""``quantix-tui check``: would a join of this address work? Saves nothing, uses nothing up."""

from collections.abc import Sequence

from quantix_tui.commands import ends
from quantix_tui.commands.checking import run_checks, shown
from quantix_tui.commands.options import GlobalOptions, NodeParser, add_join_options, add_json_option, settings_of
from quantix_tui.commands.request import read_request
from quantix_tui.commands.running import with_gateway


def run(words: Sequence[str], options: GlobalOptions) -> int:
    parser = NodeParser("check", "Check an address, and a token where one is given, step by step. Nothing is saved.")
    add_join_options(parser, token_needed=False)
    add_json_option(parser)
    given = parser.read(words)
    request = read_request(parser, given, token_needed=False)
    show = shown(json=given.json)
    if not given.json:
        print(f"Checking {request.address}")
    checks = with_gateway(settings_of(given, options), lambda gateway: run_checks(gateway, request, show))
    problem = checks.problem
    if given.json:
        told = problem.to_json() if problem else None
        ends.put_json({"success": problem is None, "checks": checks.to_json(), "problem": told})
    if problem is None:
        return ends.DONE
    code = ends.complain(problem)
    checks.explain_certificate("this command")
    return code
