"""The console as the login shell of users, for who comes over SSH: ``/etc/passwd`` and ``/etc/shells`` (passwd(5)).

What was there before is remembered in :data:`LOGIN_SHELLS`. Of both files only what concerns these users is changed,
then and when it is put back; every other byte stays.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.text import harmless
from quantix_tui.host.files.changes import Change, Edit, File, Put, Remove, RemoveFolder, Sweep
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.lines.pieces import FOLDERS_MADE, LOGIN_SHELLS, SCRIPTS, folders_made

PASSWD = "/etc/passwd"
SHELLS = "/etc/shells"
_FIELDS, _UID, _SHELL = 7, 2, 6


@dataclass(frozen=True, slots=True)
class Before:
    """``users``: their shells before. ``programs``: what they have been given, and ``added``: of those, the ones that
    had to be entered in ``/etc/shells``."""

    users: Mapping[str, str] = field(default_factory=dict)
    programs: tuple[str, ...] = ()
    added: tuple[str, ...] = ()

    def __str__(self) -> str:
        programs = (f"program {name} {'added' if name in self.added else 'found'}\n" for name in self.programs)
        return "".join([*programs, *(f"user {name} {shell}\n" for name, shell in self.users.items())])


def read_before(text: str) -> Before:
    """What :class:`Before` was written as; rows that are none of its own are left out."""
    rows = [row.split(" ", 2) for row in text.splitlines() if row.count(" ") >= 2]
    programs = [(name, how) for kind, name, how in rows if kind == "program"]
    return Before(
        {name: shell for kind, name, shell in rows if kind == "user"},
        tuple(name for name, _ in programs),
        tuple(name for name, how in programs if how == "added"),
    )


def shell_of(passwd: bytes, user: str) -> str | None:
    """The login shell of ``user``; None where there is no such user."""
    row = _row_of(passwd.splitlines(), user)
    return None if row is None else row[_SHELL].decode("utf-8", "surrogateescape")


def with_shell(passwd: bytes, user: str, shell: str) -> bytes:
    """``passwd`` with ``shell`` as the login shell of ``user``, who is there."""
    rows = passwd.splitlines(keepends=True)
    for number, row in enumerate(rows):
        fields = _fields(row.rstrip(b"\r\n"))
        if fields is not None and fields[0] == user.encode():
            end = row[len(row.rstrip(b"\r\n")) :]
            rows[number] = b":".join([*fields[:_SHELL], shell.encode("utf-8", "surrogateescape")]) + end
            break
    return b"".join(rows)


def with_program(shells: bytes, program: str) -> bytes:
    """``/etc/shells`` with a row for ``program``, which it does not have."""
    rows = shells.splitlines(keepends=True)
    # A last row without its end must stay the last one.
    rows.insert(len(rows) if not rows or rows[-1].endswith(b"\n") else len(rows) - 1, f"{program}\n".encode())
    return b"".join(rows)


def without_programs(shells: bytes, programs: Sequence[str]) -> bytes:
    rows = {f"{program}\n".encode() for program in programs}
    return b"".join(row for row in shells.splitlines(keepends=True) if row not in rows)


def install(tree: Tree, users: Sequence[str], program: str) -> list[Change]:
    """What is missing for ``users`` to meet the console when they log in; nothing when it is all there. Raises
    QuantixError, OSError."""
    passwd, shells, before = _passwd(tree), tree.read(SHELLS, follow=True), _before(tree)
    after, known = passwd, dict(before.users)
    for user in users:
        shell = _checked(passwd, user)
        if shell == program:
            continue
        if shell not in before.programs:
            known[user] = shell
        after = with_shell(after, user, program)
    if after == passwd:
        return []
    shells_now = shells.data if isinstance(shells, File) else None
    shells_after = shells_now
    now = replace(before, users=known, programs=tuple(dict.fromkeys([*before.programs, program])))
    if shells_now is not None and program.encode() not in shells_now.splitlines():
        shells_after = with_program(shells_now, program)
        now = replace(now, added=tuple(dict.fromkeys([*before.added, program])))
    made = tree.read(FOLDERS_MADE)
    folders = folders_made(made.data if isinstance(made, File) else b"", tree.missing_folders([LOGIN_SHELLS]))
    # In this order, so that wherever the power fails what was there before is known.
    puts = [put for put in (Put(FOLDERS_MADE, folders), _record(now)) if tree.read(put.path) != put.state]
    edits = [(SHELLS, shells_now, shells_after), (PASSWD, passwd, after)]
    changed = [Edit(path, new) for path, old, new in edits if new is not None and new != old]
    return [*_unfinished(tree), *puts, *changed]


def uninstall(tree: Tree, only: Sequence[str], going: Collection[str] = ()) -> list[Change]:
    """Give their shells back to the users ``only``, to all when there are none. ``going``: paths that are removed at
    the same time. Raises QuantixError, OSError."""
    before = _before(tree)
    users = [user for user in before.users if not only or user in only]
    left = {user: shell for user, shell in before.users.items() if user not in users}
    swept = _unfinished(tree)
    if not users and tree.read(LOGIN_SHELLS) is None:
        return [*swept, *_last_one_out(tree, [*going, *(change.path for change in swept)])] if swept else []
    if not users and left:
        return []
    passwd, shells = _passwd(tree), tree.read(SHELLS, follow=True)
    after = passwd
    for user in users:
        # Who has another one by now, or is gone, is left alone.
        if shell_of(passwd, user) in before.programs:
            after = with_shell(after, user, before.users[user])
    changes: list[Change] = [*swept]
    if after != passwd:
        changes.append(Edit(PASSWD, after))
    if left:
        return [*changes, _record(replace(before, users=left))]
    if isinstance(shells, File):
        shells_after = without_programs(shells.data, before.added)
        changes += [Edit(SHELLS, shells_after)] if shells_after != shells.data else []
    return [*changes, Remove(LOGIN_SHELLS), *_last_one_out(tree, [*going, *(change.path for change in swept)])]


def _last_one_out(tree: Tree, going: Collection[str]) -> list[Change]:
    """The folders go as well where nothing else of ours is in them."""
    mine = {path.rpartition("/")[2] for path in (LOGIN_SHELLS, FOLDERS_MADE, *going)}
    made = tree.read(FOLDERS_MADE)
    if set(tree.names(SCRIPTS)) - mine or not isinstance(made, File):
        return []
    folders = made.data.decode("utf-8", "replace").splitlines()
    return [Remove(FOLDERS_MADE), *(RemoveFolder(folder) for folder in reversed(folders))]


def _checked(passwd: bytes, user: str) -> str:
    """The shell of ``user``. Raises :class:`QuantixError` for one who cannot have the console instead."""
    row = _row_of(passwd.splitlines(), user)
    shown = harmless(user, 32)
    if row is None or not user:
        raise _refused(
            f"There is no user {shown!r} in /etc/passwd.",
            "Make one first (useradd, adduser). A user whom a directory service knows has the login shell there; for "
            "these the README tells of ForceCommand.",
            "no_such_user",
        )
    if row[_UID].strip() == b"0":
        raise _refused(
            f"{shown!r} is root, whose shell is the way in when this machine has to be repaired.",
            "Give the console to users of their own. For root over SSH alone the README tells of ForceCommand.",
            "root",
        )
    return row[_SHELL].decode("utf-8", "surrogateescape")


def _refused(message: str, hint: str, reason: str) -> QuantixError:
    return QuantixError(Problem(ErrorCode.INVALID_REQUEST, message, f"{hint} Nothing has been changed.", reason))


def _row_of(rows: list[bytes], user: str) -> list[bytes] | None:
    """The first one counts, as for getpwnam(3)."""
    found = (_fields(row) for row in rows)
    return next((fields for fields in found if fields and fields[0] == user.encode("utf-8", "replace")), None)


def _fields(row: bytes) -> list[bytes] | None:
    fields = row.split(b":")
    return fields if len(fields) == _FIELDS else None


def _record(before: Before) -> Put:
    return Put(LOGIN_SHELLS, File(str(before).encode("utf-8", "surrogateescape")))


def _before(tree: Tree) -> Before:
    state = tree.read(LOGIN_SHELLS)
    return read_before(state.data.decode("utf-8", "surrogateescape")) if isinstance(state, File) else Before()


def _passwd(tree: Tree) -> bytes:
    state = tree.read(PASSWD, follow=True)
    if isinstance(state, File):
        return state.data
    raise _refused("There is no /etc/passwd.", "Name the folder of a whole machine with --root.", "no_passwd")


def _unfinished(tree: Tree) -> list[Sweep]:
    leftovers = [*tree.unfinished([SCRIPTS]), *tree.unfinished(["/etc"])]
    return [Sweep(path) for path in leftovers if path.startswith((LOGIN_SHELLS, FOLDERS_MADE, PASSWD, SHELLS))]
