"""The membership on disk, as the node and the console use it."""

import errno
import os
import stat
from pathlib import Path

import pytest

from quantix_tui.cluster.address import parse_address
from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.secret import NodeCredential
from quantix_tui.cluster.token import parse_token
from quantix_tui.cluster.trust import Fingerprint, Trust
from quantix_tui.config.store import CleanupRecord, ConfigPaths, ConfigStore, ControlPlaneSection, Membership

ADDRESS = parse_address("vdc.example.com")
OTHER = parse_address("other.example.com")
TOKEN = parse_token("QUANTIX-AAAA-BBBB-CCCC")
CREDENTIAL = NodeCredential("credential-of-the-node")


def cleanup(node: str = "node-1", address: str = "vdc.example.com") -> CleanupRecord:
    pin = Trust(pin=Fingerprint("ab" * 32))
    return CleanupRecord(parse_address(address), pin, node, CREDENTIAL, "2026-01-07T10:00:00Z")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.yaml"


@pytest.fixture
def store(path: Path) -> ConfigStore:
    return ConfigStore(ConfigPaths(path))


def problem_of(error: pytest.ExceptionInfo[QuantixError]) -> Problem:
    return error.value.problem


def test_a_node_that_has_never_joined(store: ConfigStore, tmp_path: Path) -> None:
    store.recover()
    assert store.load() == ControlPlaneSection()
    assert (store.token(), store.credential(), store.cleanup()) == (None, None, None)
    store.finish_cleanup()
    assert os.listdir(tmp_path) == [".config.yaml.lock"]


def test_join_register_leave(store: ConfigStore, path: Path) -> None:
    store.save_join(ADDRESS, Trust(), TOKEN)
    assert store.load().joined
    assert (store.token(), store.credential()) == (TOKEN, None)

    store.save_registration("node-1", CREDENTIAL)
    assert store.load().node_id == "node-1"
    assert (store.token(), store.credential()) == (None, CREDENTIAL)

    store.save_leave(lambda _: cleanup())
    assert not store.load().joined
    assert store.load().node_id is None
    assert (store.token(), store.credential(), store.cleanup()) == (None, None, cleanup())
    snapshot = store.snapshot()
    assert (snapshot.section, snapshot.token, snapshot.cleanup) == (store.load(), None, cleanup())

    store.finish_cleanup()
    assert store.cleanup() is None
    assert "registration_enabled: false" in path.read_text()


def test_secrets_are_0600_in_files_of_their_own(store: ConfigStore, tmp_path: Path, path: Path) -> None:
    path.write_text("a: 1\n")
    path.chmod(0o644)
    store.save_join(ADDRESS, Trust(), TOKEN)
    store.save_registration("node-1", CREDENTIAL)
    store.save_leave(lambda _: cleanup())
    store.save_join(OTHER, Trust(), TOKEN)
    for file in tmp_path.iterdir():
        secret = TOKEN.reveal().encode() in file.read_bytes() or CREDENTIAL.reveal().encode() in file.read_bytes()
        assert secret == (file.name in ("registration-token", "pending-cleanup.json"))
        assert stat.S_IMODE(file.stat().st_mode) == (0o644 if file.name.startswith("config.yaml") else 0o600)


def test_the_previous_configuration_is_kept_as_a_backup(store: ConfigStore, path: Path) -> None:
    path.write_text("# mine\na: 1\n")
    store.save_join(ADDRESS, Trust(), TOKEN)
    assert path.with_name("config.yaml.bak").read_text() == "# mine\na: 1\n"


def test_a_symbolic_link_stays_one(store: ConfigStore, path: Path, tmp_path: Path) -> None:
    (tmp_path / "persistent").mkdir()
    target = tmp_path / "persistent" / "real.yaml"
    target.write_text("a: 1\n")
    path.symlink_to("persistent/real.yaml")
    store.save_join(ADDRESS, Trust(), TOKEN)
    assert path.is_symlink()
    assert target.read_text().startswith("a: 1\n")
    assert store.load().joined
    assert os.listdir(tmp_path / "persistent") == ["real.yaml"]


def test_a_registration_that_was_overtaken_is_not_kept(store: ConfigStore) -> None:
    store.save_join(ADDRESS, Trust(), TOKEN)
    store.save_join(OTHER, Trust(), TOKEN)
    with pytest.raises(QuantixError) as elsewhere:
        store.save_registration("node-1", CREDENTIAL, registered_at=ADDRESS)
    store.save_leave(lambda _: None)
    with pytest.raises(QuantixError) as standalone:
        store.save_registration("node-1", CREDENTIAL)
    for refusal in (elsewhere, standalone):
        assert problem_of(refusal).reason == "overtaken"
        assert "Nothing was saved." in problem_of(refusal).message
    assert store.credential() is None


def test_a_changed_file_is_read_again(store: ConfigStore, path: Path) -> None:
    for number in range(20):
        path.write_text(f"control_plane: {{node_id: 'n{number:02}'}}\n")
        assert store.load().node_id == f"n{number:02}"
    path.unlink()
    assert store.load() == ControlPlaneSection()


def test_an_unchanged_file_is_not_read_again(store: ConfigStore, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_text("control_plane: {node_id: n1}\n")
    # As if written a second ago: a younger file could change again without its time showing it.
    monkeypatch.setattr("time.time_ns", lambda: path.stat().st_ctime_ns + 10**9)
    first = store.load()
    monkeypatch.setattr("quantix_tui.config.store.read_file", lambda _: pytest.fail("read again"))
    assert store.load() is first


def test_the_token_can_be_deleted_alone(store: ConfigStore) -> None:
    store.save_join(ADDRESS, Trust(), TOKEN)
    store.delete_token()
    store.delete_token()
    assert store.token() is None
    assert store.load().joined


def test_clean_ups_wait_for_each_other(store: ConfigStore) -> None:
    first, second = cleanup("one", "one.example"), cleanup("two", "two.example")
    store.save_leave(lambda _: first)
    store.save_leave(lambda _: second)
    assert store.cleanup() == first
    why = Problem(ErrorCode.CONTROL_PLANE_UNREACHABLE, "It does not answer.", "Wait.", "timed_out")
    store.update_cleanup(why)
    assert store.cleanup() == second
    store.finish_cleanup(second)
    found = store.cleanup()
    assert found is not None
    assert (found.node_id, found.problem, found.credential) == ("one", why, CREDENTIAL)
    store.finish_cleanup(second)
    assert store.cleanup() == found
    store.finish_cleanup()
    assert store.cleanup() is None
    assert not Path(store.paths.pending_cleanup).exists()


def test_joining_the_same_control_plane_again_drops_its_clean_up(store: ConfigStore) -> None:
    store.save_leave(lambda _: cleanup("one"))
    store.save_leave(lambda _: cleanup("two", "other.example.com"))
    store.save_join(ADDRESS, Trust(), TOKEN)
    remaining = store.cleanup()
    assert remaining is not None
    assert remaining.node_id == "two"


@pytest.mark.parametrize(
    "content", ["{", "{}", "[1]", '[{"address": "no address"}]', '[{"address": "a", "pin_sha256": "1"}]']
)
def test_a_clean_up_file_that_is_not_ours_is_told(store: ConfigStore, content: str) -> None:
    Path(store.paths.pending_cleanup).write_text(content)
    with pytest.raises(QuantixError, match="does not hold what this program keeps there") as reading:
        store.cleanup()
    with pytest.raises(QuantixError, match=r"Nothing was saved\."):
        store.save_leave(lambda _: None)
    assert problem_of(reading).code is ErrorCode.CONFIG_UNREADABLE


@pytest.mark.parametrize(
    "journal", ["", "{", "[]", '{"config_sha256": 1, "files": {}}', '{"config_sha256": "", "files": {"../x": ""}}']
)
def test_a_journal_that_is_not_ours_is_dropped(store: ConfigStore, tmp_path: Path, journal: str) -> None:
    Path(store.paths.journal).write_text(journal)
    assert store.token() is None
    store.recover()
    assert not Path(store.paths.journal).exists()
    assert not (tmp_path.parent / "x").exists()


def test_a_journal_of_another_configuration_is_dropped(store: ConfigStore, path: Path) -> None:
    path.write_text("a: 1\n")
    Path(store.paths.journal).write_text('{"config_sha256": "00", "files": {"registration-token": "stolen"}}')
    assert store.token() is None
    store.recover()
    assert store.token() is None


def test_what_cannot_be_edited_is_told_with_file_and_line(store: ConfigStore, path: Path) -> None:
    path.write_bytes(b"a: 1\ncontrol_plane: {}\nb: 2\ncontrol_plane: {}\n")
    with pytest.raises(QuantixError) as reading:
        store.load()
    with pytest.raises(QuantixError) as saving:
        store.save_join(ADDRESS, Trust(), TOKEN)
    for refusal in (reading, saving):
        problem = problem_of(refusal)
        assert (problem.code, problem.reason) == (ErrorCode.CONFIG_UNREADABLE, "duplicate_section")
        assert problem.details == {"file": str(path), "line": "4"}
        assert f"{path}, line 4" in problem.message
    assert problem_of(saving).message.endswith("Nothing was saved.")
    assert sorted(os.listdir(path.parent)) == [".config.yaml.lock", "config.yaml"]


def test_reading_says_what_is_in_the_way(store: ConfigStore, path: Path) -> None:
    path.mkdir()
    with pytest.raises(QuantixError, match="there is a folder in its place") as folder:
        store.load()
    path.rmdir()
    os.mkfifo(path)
    with pytest.raises(QuantixError, match="it is not a regular file"):
        store.load()
    path.unlink()
    path.symlink_to(path.name)
    with pytest.raises(QuantixError, match="go in a circle"):
        store.load()
    path.unlink()
    path.write_bytes(b"#" * (1 << 20) + b"\n\n")
    with pytest.raises(QuantixError, match="too large"):
        store.load()
    assert problem_of(folder).code is ErrorCode.CONFIG_UNREADABLE


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    store = ConfigStore(ConfigPaths(tmp_path / "nowhere" / "config.yaml"))
    store.recover()
    assert store.load() == ControlPlaneSection()
    with pytest.raises(QuantixError, match="its folder does not exist") as saving:
        store.save_join(ADDRESS, Trust(), TOKEN)
    assert problem_of(saving).code is ErrorCode.CONFIG_WRITE_ERROR
    assert f"Create {tmp_path / 'nowhere'}" in problem_of(saving).hint


@pytest.mark.parametrize(
    ("number", "reason", "words"),
    [
        (errno.ENOSPC, "disk_full", "the disk is full"),
        (errno.EROFS, "read_only", "the file system is read-only"),
        (errno.EACCES, "no_permission", "there is no permission"),
        (errno.EIO, "io_error", "input/output error"),
        (errno.EMFILE, "emfile", "too many open files"),
    ],
)
def test_a_failed_save_says_why_in_plain_words(
    store: ConfigStore, monkeypatch: pytest.MonkeyPatch, number: int, reason: str, words: str
) -> None:
    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "write", fail)
    with pytest.raises(QuantixError) as saving:
        store.save_join(ADDRESS, Trust(), TOKEN)
    problem = problem_of(saving)
    assert (problem.code, problem.reason) == (ErrorCode.CONFIG_WRITE_ERROR, reason)
    assert words in problem.message
    assert problem.message.endswith("Nothing was saved.")
    assert problem.hint.endswith(".")
    assert TOKEN.reveal() not in str(problem.to_json())


def test_a_file_that_changes_between_reading_and_renaming_is_edited_again(
    store: ConfigStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.write_text("a: 1\n")
    saved = os.fsync
    written: list[int] = []

    def interfere(descriptor: int) -> None:
        saved(descriptor)
        if not written and Path(f"/proc/self/fd/{descriptor}").readlink().name == ".config.yaml.new":
            written.append(path.write_text("a: 1\nb: 2 # an editor\n"))

    monkeypatch.setattr(os, "fsync", interfere)
    store.save_join(ADDRESS, Trust(), TOKEN)
    assert written
    assert path.read_text().startswith("a: 1\nb: 2 # an editor\n")
    assert store.load().joined


def test_a_leave_takes_along_what_is_saved_at_the_last_moment(
    store: ConfigStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.save_join(ADDRESS, Trust(), TOKEN)
    seen: list[Membership] = []
    saved = os.fsync

    def record_of(left: Membership) -> CleanupRecord:
        seen.append(left)
        return cleanup(left.section.node_id or "none")

    def interfere(descriptor: int) -> None:
        saved(descriptor)
        if len(seen) == 1 and "by-hand" not in path.read_text():
            Path(store.paths.node_credential).write_text(CREDENTIAL.reveal())
            path.write_text(path.read_text() + "  node_id: by-hand\n")

    monkeypatch.setattr(os, "fsync", interfere)
    store.save_leave(record_of)
    assert (seen[0].token, seen[0].section.node_id, seen[0].credential) == (TOKEN, None, None)
    assert (seen[-1].section.node_id, seen[-1].credential) == ("by-hand", CREDENTIAL)
    assert store.cleanup() == cleanup("by-hand")
    assert store.load() == ControlPlaneSection()


def test_a_leave_is_decided_under_the_lock(store: ConfigStore) -> None:
    store.save_join(ADDRESS, Trust(), TOKEN)
    hasty = ConfigStore(store.paths, lock_wait_secs=0)

    def record_of(_: Membership) -> None:
        with pytest.raises(QuantixError, match="another program"):
            hasty.save_registration("node-1", CREDENTIAL)

    store.save_leave(record_of)
    assert not store.load().joined


def test_a_file_that_never_stops_changing_is_given_up(
    store: ConfigStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.write_text("a: 1\n")
    saved = os.fsync

    def interfere(descriptor: int) -> None:
        saved(descriptor)
        path.write_text(path.read_text() + "# more\n")

    monkeypatch.setattr(os, "fsync", interfere)
    with pytest.raises(QuantixError) as saving:
        store.save_join(ADDRESS, Trust(), TOKEN)
    assert problem_of(saving).reason == "changed_meanwhile"
    assert "control_plane" not in path.read_text()
    assert store.token() is None


def test_an_interruption_right_behind_the_rename_loses_nothing(
    store: ConfigStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.write_text("a: 1\n")
    rename = os.rename

    def interrupted(old: str, new: str) -> None:
        rename(old, new)
        if new == str(path):
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(os, "rename", interrupted)
        with pytest.raises(KeyboardInterrupt):
            store.save_join(ADDRESS, Trust(), TOKEN)
    assert store.load().joined
    assert store.token() == TOKEN
    store.recover()
    assert store.token() == TOKEN
    assert not Path(store.paths.journal).exists()


def test_a_credential_that_is_no_text_is_not_in_the_way_for_ever(store: ConfigStore) -> None:
    store.save_join(ADDRESS, Trust(), TOKEN)
    store.save_registration("node-1", NodeCredential("\ud800\n"))
    assert store.credential() is not None
    store.save_leave(lambda _: None)


def test_recovering_behind_a_broken_link_is_an_error_in_words(store: ConfigStore, path: Path) -> None:
    path.symlink_to(path.name)
    with pytest.raises(QuantixError, match="go in a circle"):
        store.recover()


CA = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"


def test_certificates_that_come_with_a_join_are_kept_beside_the_configuration_until_the_leave(
    store: ConfigStore, path: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "control-plane-ca.pem"
    store.save_join(ADDRESS, Trust(ca_file="/home/admin/ca.pem", ca_pem=CA), TOKEN)
    assert store.load().trust == Trust(ca_file=str(copy))
    assert CA in copy.read_text()
    assert stat.S_IMODE(copy.stat().st_mode) == 0o644

    store.save_registration("node-1", CREDENTIAL)
    store.save_leave(lambda left: CleanupRecord(ADDRESS, left.section.trust, "node-1", left.credential, "2026"))
    assert not copy.exists()
    record = ConfigStore(ConfigPaths(path)).cleanup()
    assert record is not None
    assert record.trust.ca_pem is not None
    assert CA in record.trust.ca_pem, "the control plane is told of the leave over verified TLS too"


def test_the_next_join_replaces_or_removes_the_copy(store: ConfigStore, tmp_path: Path) -> None:
    copy = tmp_path / "control-plane-ca.pem"
    store.save_join(ADDRESS, Trust(ca_pem=CA), TOKEN)
    store.save_join(OTHER, Trust(ca_pem=CA.replace("MIIB", "MIIC")), TOKEN)
    assert "MIIC" in copy.read_text()
    store.save_join(OTHER, Trust(ca_file=str(copy)), TOKEN)
    assert copy.exists()
    store.save_join(OTHER, Trust(), TOKEN)
    assert not copy.exists()


def test_a_file_of_that_name_that_an_administrator_put_there_is_never_removed(
    store: ConfigStore, path: Path, tmp_path: Path
) -> None:
    own = tmp_path / "control-plane-ca.pem"
    own.write_text(CA)
    path.write_text(f"control_plane: {{registration_enabled: true, address: vdc.example.com, ca_file: {own}}}\n")
    assert store.load().trust == Trust(ca_file=str(own))
    store.save_leave(lambda _: None)
    assert own.read_text() == CA
