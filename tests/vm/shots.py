"""Pictures of the walk: PNG as the machine's monitor shows tty1, SVG as a terminal at the serial line shows ttyS0."""

from collections.abc import Collection, Iterator
from pathlib import Path

from tests.vm.image import Image
from tests.vm.stage import Place, staged
from tests.vm.walk import walk


def take(image: Image, place: Place, folder: Path, views: Collection[str] | None = None) -> Iterator[Path]:
    """Walk at one place and photograph all ``views``, or those named; yields each file as soon as it is written."""
    folder.mkdir(parents=True, exist_ok=True)
    with staged(image, place) as stage:
        for view in walk(stage):
            if views is None or view in views:
                yield stage.console.photograph(folder / f"vm-{place.value}-{view}")
