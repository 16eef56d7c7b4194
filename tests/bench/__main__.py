"""``python -m tests.bench [--runs N] [--seconds S]``: measure everything on a sandbox of its own, print the table."""

import argparse
import tempfile
from pathlib import Path

from tests.bench.api import api_figures
from tests.bench.idle import idle_figures
from tests.bench.measure import table
from tests.bench.startup import startup_figures
from tests.support.sandbox import Sandbox


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=9, help="runs of each start (default 9)")
    parser.add_argument("--seconds", type=float, default=60.0, help="length of the idle watch (default 60)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory, Sandbox(Path(directory), "--heartbeat-interval", "30") as sandbox:
        figures = startup_figures(sandbox, options.runs)
        figures += api_figures(sandbox, 10.0)
        token = sandbox.facts["tokens"]["valid"][0]
        joined = sandbox.run(
            "join", sandbox.address, "--token-file", "-", "--pin", sandbox.pin, "--restart", "--wait", token=token
        )
        assert joined.code == 0, joined.err
        figures += idle_figures(sandbox, options.seconds)
    print(table(figures))


if __name__ == "__main__":
    main()
