import io
import tarfile
from pathlib import Path

from tests.vm.program import archive, source_files


def test_the_package_goes_without_what_python_compiled(tmp_path: Path) -> None:
    for name in ("quantix_tui/cli.py", "quantix_tui/console/app.tcss", "quantix_tui/__pycache__/cli.pyc", "tests/x.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    assert source_files(tmp_path) == {
        "quantix_tui/cli.py": b"quantix_tui/cli.py",
        "quantix_tui/console/app.tcss": b"quantix_tui/console/app.tcss",
    }


def test_an_archive_holds_the_files() -> None:
    with tarfile.open(fileobj=io.BytesIO(archive({"etc/unit": b"text"}))) as tar:
        assert tar.getnames() == ["etc/unit"]
        file = tar.extractfile("etc/unit")
        assert file is not None
        assert file.read() == b"text"
