"""The sandbox's folder: fresh at each start, never somebody else's."""

import stat
import tempfile
from pathlib import Path

import pytest
import yaml

from quantix_tui.sandbox.directory import SandboxError, sandbox_paths


def test_a_temporary_one_is_removed() -> None:
    with sandbox_paths(None) as paths:
        folder = paths.folder
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert paths.config_file.exists()
        (folder / "anything").write_text("left by the daemon")
    assert not folder.exists()


def test_one_that_was_asked_for_stays_and_starts_afresh(tmp_path: Path) -> None:
    asked = tmp_path / "a" / "b"
    with sandbox_paths(asked) as paths:
        first = paths.admin_token_file.read_text()
        paths.config_file.write_text("control_plane: {registration_enabled: true}\n")
        for name in ("node-credential", "registration-token", "pending-cleanup.json", "config.yaml.bak"):
            (asked / name).write_text("left over")
        (asked / "notes.txt").write_text("mine")
    with sandbox_paths(asked) as paths:
        assert "control_plane" not in yaml.safe_load(paths.config_file.read_text())
        assert paths.admin_token_file.read_text() != first
        assert {path.name for path in asked.iterdir()} == {
            ".quantix-sandbox",
            "admin-token",
            "config.yaml",
            "notes.txt",
        }


def test_the_configuration_is_like_a_real_one() -> None:
    with sandbox_paths(None) as paths:
        text = paths.config_file.read_text()
        assert set(yaml.safe_load(text)) == {"node", "server", "hypervisor", "updates"}
        assert text.count("#") >= 3
        assert stat.S_IMODE(paths.admin_token_file.stat().st_mode) == 0o600


def test_somebodys_configuration_is_left_alone(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("node: {}\n")
    with pytest.raises(SandboxError, match="not a sandbox's"), sandbox_paths(tmp_path):
        pass
    assert config.read_text() == "node: {}\n"
    assert [path.name for path in tmp_path.iterdir()] == ["config.yaml"]


def test_two_do_not_share_one(tmp_path: Path) -> None:
    with sandbox_paths(tmp_path), pytest.raises(SandboxError, match="Another sandbox"), sandbox_paths(tmp_path):
        pass


def test_a_long_path_has_its_socket_elsewhere(tmp_path: Path) -> None:
    with sandbox_paths(tmp_path / ("d" * 100)) as paths:
        assert len(str(paths.socket)) < 108
        assert paths.socket.parent.exists()
        elsewhere = paths.socket.parent
        assert elsewhere.is_relative_to(tempfile.gettempdir())
    assert not elsewhere.exists()
