"""``python -m tests.vm build|shots|check``; see the package's own words."""

import argparse
import os
import sys
from pathlib import Path

from tests.vm.check import faults
from tests.vm.host import HostError, require_packages
from tests.vm.image import CACHE, Image, build, image_in
from tests.vm.shots import take
from tests.vm.stage import Place

NICENESS = 10
"""Emulation takes all the processor it gets."""


def main() -> int:
    options = _parser().parse_args()
    os.nice(NICENESS)
    try:
        if options.command == "build":
            print(build(options.cache, install=options.install).folder)
            return 0
        image = _ready_image(options.cache)
    except HostError as error:
        print(error, file=sys.stderr)
        return 1
    if options.command == "check":
        return _check(image, options.places)
    return _shots(image, options.places, options.to, options.views)


def _shots(image: Image, places: list[Place], folder: Path, views: list[str] | None) -> int:
    for place in places:
        for picture in take(image, place, folder, views):
            print(picture, flush=True)
    return 0


def _check(image: Image, places: list[Place]) -> int:
    """0 when every view shows what was meant, else 1."""
    found = 0
    for place in places:
        for view, sentences in faults(image, place):
            print(f"{place.value} {view}: {'; '.join(sentences) or 'right'}", flush=True)
            found += len(sentences)
    return 1 if found else 0


def _ready_image(cache: Path) -> Image:
    require_packages(install=False)
    image = image_in(cache)
    return image if image.exists else build(cache, install=False)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.vm", description=__doc__)
    parser.add_argument("--cache", type=Path, default=CACHE, help=f"where the guest lies (default {CACHE})")
    commands = parser.add_subparsers(dest="command", required=True)
    build_parser = commands.add_parser("build", help="make the guest, once and after a change of the dependencies")
    build_parser.add_argument("--install", action="store_true", help="apt-get install what this machine lacks")
    shots = commands.add_parser("shots", help="walk through the screens and photograph them")
    shots.add_argument("--to", type=Path, default=Path("/tmp/quantix-shots"), help="folder of the pictures")
    shots.add_argument("--only", dest="views", nargs="+", metavar="VIEW", help="views to photograph (default all)")
    check = commands.add_parser("check", help="walk through the screens and compare them with what was sent")
    for walking in (shots, check):
        walking.add_argument("--at", dest="places", type=Place, nargs="+", choices=list(Place), default=list(Place))
    return parser


if __name__ == "__main__":
    sys.exit(main())
