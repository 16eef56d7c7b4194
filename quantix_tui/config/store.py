"""The node's membership on disk: the configuration and the secrets beside it, changed as one.

A save is made of: lock, recover, read, edit, journal, backup, rename of the configuration (the moment
at which everything changes; where its bytes stay the same, the rename of the journal), side files,
journal away. A crash anywhere leaves the old membership or the new one.
"""

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from quantix_tui.cluster.address import ControlPlaneAddress
from quantix_tui.cluster.errors import Problem, QuantixError, nothing_saved
from quantix_tui.cluster.secret import NodeCredential
from quantix_tui.cluster.token import RegistrationToken
from quantix_tui.cluster.trust import Trust
from quantix_tui.config import authority, problems, section
from quantix_tui.config.atomic import (
    LOCK_WAIT_SECS,
    ChangedMeanwhile,
    FileState,
    NotConfirmed,
    discard,
    locked,
    read_file,
    remove_durably,
    remove_file,
    replace_file,
    sync_directory,
)
from quantix_tui.config.cleanup import CleanupRecord, cleanups_from_text, cleanups_to_text
from quantix_tui.config.journal import Journal, digest, journal_from_bytes
from quantix_tui.config.layout import DocumentFault
from quantix_tui.config.paths import ConfigPaths
from quantix_tui.config.reading import Remembered, consistent
from quantix_tui.config.secrets import read_secret, write_secret
from quantix_tui.config.section import ControlPlaneSection

__all__ = ["CleanupRecord", "ConfigPaths", "ConfigStore", "ControlPlaneSection", "Membership"]

_log = logging.getLogger(__name__)
_EDIT_ATTEMPTS = 3

Files = dict[str, str | None]
"""What side files become, by path: a text, or None when they go."""


@dataclass(frozen=True, slots=True)
class Membership:
    """Everything on disk about the membership, as it was at one moment."""

    section: ControlPlaneSection
    token: RegistrationToken | None
    credential: NodeCredential | None
    cleanup: CleanupRecord | None


def _membership(
    parsed: ControlPlaneSection, token: str | None, credential: str | None, records: Sequence[CleanupRecord]
) -> Membership:
    return Membership(
        parsed,
        RegistrationToken(token) if token else None,
        NodeCredential(credential) if credential else None,
        records[0] if records else None,
    )


class ConfigStore:
    """Reads and changes the membership on disk. Blocking; may be used from several threads and processes.

    Raises QuantixError: ``config_unreadable`` (with the line) for what cannot be read or safely edited,
    ``config_write_error`` for what cannot be written. Unless its reason is ``unconfirmed``, a failed save has
    changed nothing.
    """

    def __init__(self, paths: ConfigPaths, *, lock_wait_secs: float = LOCK_WAIT_SECS) -> None:
        self.paths = paths
        self._lock_wait_secs = lock_wait_secs
        self._section: Remembered[ControlPlaneSection | Problem] = Remembered()
        self._cleanups: Remembered[tuple[CleanupRecord, ...]] = Remembered()

    # Reading

    def load(self) -> ControlPlaneSection:
        """The section as it is on disk now; cheap while the file stays the same."""
        path = str(self.paths.config_file)
        with self._readable(path):
            found = self._section.get((path,), self._read_section)
        if isinstance(found, Problem):
            raise QuantixError(found)
        return found

    def token(self) -> RegistrationToken | None:
        """The registration token of a join that has not been registered yet."""
        text = self._side_text(self.paths.registration_token)
        return RegistrationToken(text) if text else None

    def credential(self) -> NodeCredential | None:
        text = self._side_text(self.paths.node_credential)
        return NodeCredential(text) if text else None

    def cleanup(self) -> CleanupRecord | None:
        """The leave that a control plane has yet to be told of: the next one to try, when there are several."""
        path = self.paths.pending_cleanup
        with self._readable(path):
            records = self._cleanups.get(
                (str(self.paths.config_file), self.paths.journal, path),
                lambda: self._parsed_cleanups(self._side_text(path)),
            )
        return records[0] if records else None

    def snapshot(self) -> Membership:
        """All of the above at one moment: a token never goes to an address that it was not saved with."""

        def read() -> tuple[FileState | None, list[str | None]]:
            config = read_file(str(self.paths.config_file))
            return config, [self._side_text_beside(config, path) for path in self.paths.side_files]

        files = (str(self.paths.config_file), self.paths.journal, *self.paths.side_files)
        with self._readable(str(self.paths.config_file)):
            config, (token, credential, cleanups) = consistent(files, read, self.paths.lock)
        try:
            parsed = section.read_section(config.data if config else b"")
        except DocumentFault as fault:
            raise QuantixError(problems.unusable(self.paths.config_file, fault)) from None
        return _membership(parsed, token, credential, self._parsed_cleanups(cleanups))

    # Changing

    def recover(self) -> None:
        """Finish or undo what a crash left, and remove its temporary files. Called at every start."""
        with self._readable(str(self.paths.config_file)):
            left = [path for path in (*self.paths.temporaries, self.paths.journal) if os.path.lexists(path)]
        if left:
            with self._writable():
                _log.info("mended what an interrupted save had left: %s", ", ".join(map(os.path.basename, left)))

    def save_join(self, address: ControlPlaneAddress, trust: Trust, token: RegistrationToken) -> None:
        """Join: the address, whom to trust, and the token until the registration.

        What an earlier join left is dropped, and a clean-up at the same control plane with it: it
        would remove the node that is joining.
        """

        def change(config: bytes) -> tuple[bytes, Files]:
            kept = [record for record in self._read_cleanups() if record.address != address]
            return section.joined(config, address, self._kept_here(trust)), {
                self.paths.registration_token: token.reveal(),
                self.paths.node_credential: None,
                self.paths.pending_cleanup: cleanups_to_text(kept),
                **self._copy_for(trust),
            }

        self._save(change)

    def save_leave(self, record_of: Callable[[Membership], CleanupRecord | None]) -> None:
        """Leave: back to standalone. ``record_of`` says whom to tell (None: nobody), from what is being left.

        It is asked under the lock, and again when the file changed meanwhile: a registration that is saved at the
        last moment is left too, and not forgotten.
        """

        def change(config: bytes) -> tuple[bytes, Files]:
            pending = self._read_cleanups()
            token, credential = map(read_secret, (self.paths.registration_token, self.paths.node_credential))
            record = record_of(_membership(section.read_section(config), token, credential, pending))
            records = [*pending, *([self._with_ca(record)] if record else [])]
            return section.left(config), {
                self.paths.registration_token: None,
                self.paths.node_credential: None,
                self.paths.pending_cleanup: cleanups_to_text(records),
                **self._copy_for(Trust()),
            }

        self._save(change)

    def save_registration(
        self,
        node_id: str,
        credential: NodeCredential | None,
        *,
        registered_at: ControlPlaneAddress | None = None,
    ) -> None:
        """Registered: the node id into the configuration, the credential kept, the token gone.

        Refused (reason ``overtaken``) when the node is no longer joined, or not to ``registered_at``.
        """

        def change(config: bytes) -> tuple[bytes, Files]:
            current = section.read_section(config)
            if not current.joined or registered_at not in (None, current.address):
                raise QuantixError(problems.overtaken(self.paths.config_file))
            return section.registered(config, node_id), {
                self.paths.node_credential: credential.reveal() if credential else None,
                self.paths.registration_token: None,
            }

        self._save(change)

    def delete_token(self) -> None:
        """The token has expired or was refused for good."""
        with self._writable():
            remove_durably(self.paths.registration_token)

    def finish_cleanup(self, record: CleanupRecord | None = None) -> None:
        """The control plane has been told of ``record`` (None: the one that :meth:`cleanup` gives)."""
        self._change_cleanups(record, lambda _: None)

    def update_cleanup(self, problem: Problem, record: CleanupRecord | None = None) -> None:
        """An attempt failed: remember why, and let the other clean-ups have their turn first."""
        self._change_cleanups(record, lambda found: replace(found, problem=problem))

    # The CA's copy

    def _kept_here(self, trust: Trust) -> Trust:
        """``trust`` as the configuration writes it: certificates that came with it are kept in a copy of our own."""
        return trust if trust.ca_pem is None else Trust(self.paths.control_plane_ca, trust.pin)

    def _copy_for(self, trust: Trust) -> Files:
        """What becomes of the copy. One that ``trust`` names by its path stays."""
        path = self.paths.control_plane_ca
        if trust.ca_pem is not None:
            return {path: authority.marked(trust.ca_pem)}
        return {path: None} if trust.ca_file != path and authority.read_copy(path) is not None else {}

    def _with_ca(self, record: CleanupRecord) -> CleanupRecord:
        """The clean-up outlives the copy, so the certificates go with it."""
        if record.trust.ca_file != self.paths.control_plane_ca:
            return record
        return replace(record, trust=replace(record.trust, ca_pem=authority.read_copy(self.paths.control_plane_ca)))

    # One save

    def _save(self, change: Callable[[bytes], tuple[bytes, Files]]) -> None:
        with self._writable():
            for attempts_left in reversed(range(_EDIT_ATTEMPTS)):
                target = self.paths.target
                old = read_file(target)
                new, files = change(old.data if old else b"")
                try:
                    self._commit(target, old, new, files)
                except ChangedMeanwhile:
                    # By a program that knows nothing of the lock, an editor: its change is edited, not lost.
                    if not attempts_left:
                        raise
                else:
                    return

    def _commit(self, target: str, old: FileState | None, new: bytes, files: Files) -> None:
        journal = Journal(digest(new), {os.path.basename(path): text for path, text in files.items()})
        changes_config = new != (old.data if old else b"")
        try:
            replace_file(self.paths.journal, journal.to_bytes())
            if changes_config:
                replace_file(target, new, old, self.paths.backup)
        except NotConfirmed as error:
            if not changes_config or error.filename != self.paths.journal:
                raise
            discard(self.paths.journal)
            raise OSError(error.errno, error.strerror, error.filename) from error
        except OSError:
            # Nothing but a failure: an interruption may come behind the rename, and then the journal is needed.
            discard(self.paths.journal)
            raise
        try:
            self._carry_out(journal)
        except OSError as error:
            raise NotConfirmed(error.errno, error.strerror, error.filename) from error

    def _carry_out(self, journal: Journal) -> None:
        for name, text in journal.files.items():
            path = os.path.join(self.paths.directory, name)
            if text is None:
                remove_file(path)
            elif name == os.path.basename(self.paths.control_plane_ca):
                authority.write_copy(path, text)
            else:
                write_secret(path, text)
        sync_directory(self.paths.directory)
        remove_file(self.paths.journal)

    def _recover(self) -> None:
        """Under the lock: nobody is in the middle of writing these."""
        try:
            for path in self.paths.temporaries:
                remove_file(path)
            journal = self._read_journal()
            if journal is not None and journal.binds(read_file(self.paths.target)):
                self._carry_out(journal)
            remove_file(self.paths.journal)
        except NotConfirmed as error:
            # About the crashed save; of the one that is about to begin nothing has happened yet.
            raise OSError(error.errno, error.strerror, error.filename) from error

    def _change_cleanups(
        self, record: CleanupRecord | None, change: Callable[[CleanupRecord], CleanupRecord | None]
    ) -> None:
        with self._writable():
            records = list(self._read_cleanups())
            found = next((one for one in records if record is None or one.same_leave(record)), None)
            if found is None:
                return
            records.remove(found)
            if (changed := change(found)) is not None:
                records.append(changed)
            text = cleanups_to_text(records)
            if text is None:
                remove_durably(self.paths.pending_cleanup)
            else:
                write_secret(self.paths.pending_cleanup, text)

    # Reading, one file each

    def _read_section(self) -> ControlPlaneSection | Problem:
        config = read_file(str(self.paths.config_file))
        try:
            return section.read_section(config.data if config else b"")
        except DocumentFault as fault:
            return problems.unusable(self.paths.config_file, fault)

    def _read_journal(self) -> Journal | None:
        state = read_file(self.paths.journal)
        if state is None:
            return None
        try:
            return journal_from_bytes(state.data, frozenset(map(os.path.basename, self.paths.journalled)))
        except ValueError:
            # It took its name complete, so this is not ours; its text may be anything and is not logged.
            _log.warning("%s is not a journal of this program and is ignored", self.paths.journal)
            return None

    def _side_text(self, path: str) -> str | None:
        config = str(self.paths.config_file)
        with self._readable(path):
            return consistent(
                (config, self.paths.journal, path),
                lambda: self._side_text_beside(read_file(config), path),
                self.paths.lock,
            )

    def _side_text_beside(self, config: FileState | None, path: str) -> str | None:
        """A side file's text as it belongs to ``config``: from a journal that is not carried out yet, else itself."""
        journal = self._read_journal()
        name = os.path.basename(path)
        if journal is not None and name in journal.files and journal.binds(config):
            return journal.files[name]
        return read_secret(path)

    def _read_cleanups(self) -> tuple[CleanupRecord, ...]:
        try:
            return self._parsed_cleanups(read_secret(self.paths.pending_cleanup))
        except QuantixError as error:
            raise QuantixError(nothing_saved(error.problem)) from error

    def _parsed_cleanups(self, text: str | None) -> tuple[CleanupRecord, ...]:
        try:
            return cleanups_from_text(text)
        except (ValueError, QuantixError):
            raise QuantixError(problems.foreign(self.paths.pending_cleanup)) from None

    # Errors

    @contextmanager
    def _readable(self, path: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise QuantixError(problems.unreadable(path, error)) from error

    @contextmanager
    def _writable(self) -> Iterator[None]:
        """Hold the lock, with what a crash left mended. A failure in here is told for what it is."""
        try:
            with locked(self.paths.lock, self._lock_wait_secs):
                self._recover()
                yield
        except NotConfirmed as error:
            raise QuantixError(problems.unconfirmed(self.paths.config_file, error)) from error
        except OSError as error:
            raise QuantixError(problems.unwritten(self.paths.config_file, error)) from error
        except DocumentFault as fault:
            unusable = problems.unusable(self.paths.config_file, fault)
            raise QuantixError(nothing_saved(unusable)) from None
