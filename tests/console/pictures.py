"""``python -m tests.console.pictures [FOLDER]``: draw every screen in every look, as golden screens do, as SVG.

Without a folder those of the README are drawn into ``assets/screens``.
"""

import argparse
import asyncio
import os
import time
from pathlib import Path

import pytest

from quantix_tui.console.look import look_for
from quantix_tui.console.terminal import textual_environment
from tests.console.looking import MODERN_TERMINAL, SIZES, TERMINALS, look_at
from tests.console.tour import tour, without_waiting
from tests.support.picture import svg_of

ASSETS = Path(__file__).parents[2] / "assets" / "screens"
CHOSEN = ("dashboard-connected", "join-half-way", "join-failed", "leave", "help")


async def draw(folder: Path, chosen: tuple[str, ...] | None) -> None:
    """Into ``folder``/look; only 80x24 of those that are ``chosen``, all there are for None."""
    for name, profile in TERMINALS.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        for size in SIZES if chosen is None else SIZES[:1]:
            async for stop, hands in tour(look_for(profile), size):
                if chosen is None or stop in chosen:
                    suffix = "" if size == SIZES[0] else f"-{size[0]}x{size[1]}"
                    path = folder / name / f"{stop}{suffix}.svg"
                    path.write_text(svg_of(look_at(hands.app, profile).picture()), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.console.pictures", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    folder: Path | None = parser.parse_args().folder
    os.environ.update(textual_environment(MODERN_TERMINAL) | {"TZ": "UTC"})
    time.tzset()
    with pytest.MonkeyPatch.context() as patch:
        without_waiting(patch)
        asyncio.run(draw(folder or ASSETS, None if folder else CHOSEN))


if __name__ == "__main__":
    main()
