"""Pictures of the walk: PNG as the machine's monitor shows tty1, SVG as a terminal at the serial line shows ttyS0."""

from collections.abc import Iterator
from pathlib import Path

from tests.vm.image import Image
from tests.vm.stage import Place, staged
from tests.vm.walk import walk


def take(image: Image, place: Place, folder: Path) -> Iterator[Path]:
    """Walk at one place; yields each picture's path as soon as it is written."""
    folder.mkdir(parents=True, exist_ok=True)
    with staged(image, place) as stage:
        for view in walk(stage):
            yield stage.console.photograph(folder / f"{place.value}-{view}")
