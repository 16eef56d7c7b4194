"""Logins against real PAM: pam_wrapper lays it over service files of the test, pam_matrix keeps the passwords."""

import asyncio
import os
import pwd
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from quantix_tui.cluster.errors import ErrorCode
from quantix_tui.cluster.secret import Secret
from quantix_tui.host.login.messages import Accepted, Asked, End, Message, Reason, Refused, Stage, Told
from quantix_tui.host.login.process import PamLogin, Running
from quantix_tui.host.login.service import SERVICE
from tests.support.pam import Pam, module, needs_pam_wrapper

pytestmark = needs_pam_wrapper
RIGHT, NEW = "right horse", "battery staple 7"
DEBUG, EXEC, CHATTY = module("pam_debug.so"), module("pam_exec.so"), module("pam_chatty.so")
OTHER = next(entry.pw_name for entry in pwd.getpwall() if entry.pw_uid not in (0, os.getuid()))


@pytest.fixture
def pam(tmp_path: Path) -> Pam:
    return Pam(tmp_path)


async def talk(login: PamLogin, user: str, answers: Sequence[str]) -> tuple[list[Message], End]:
    """A login with these answers, one after the other: what was said, and the end."""
    heard: list[Message] = []
    left = list(answers)
    async with login.begin(user) as conversation:
        async for message in conversation:
            heard.append(message)
            if isinstance(message, Asked):
                await conversation.answer(Secret(left.pop(0)))
    end = heard.pop()
    assert isinstance(end, Accepted | Refused)
    assert not left
    return heard, end


async def refused(login: PamLogin, user: str = "root", answers: Sequence[str] = (RIGHT,)) -> Refused:
    _, end = await talk(login, user, answers)
    assert isinstance(end, Refused)
    assert end.problem.reason == end.reason.value
    assert end.problem.hint
    assert "Nothing was changed." in end.problem.message
    assert RIGHT not in repr(end)
    return end


def script(folder: Path, body: str, options: str = "") -> str:
    """A module that runs a shell script."""
    path = folder / "module.sh"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return f"auth required {EXEC} quiet {options} {path}"


async def test_the_right_password(pam: Pam) -> None:
    heard, end = await talk(pam.login(), "root", [RIGHT])
    assert heard == [Asked("Password:", True, Stage.AUTHENTICATE)]
    assert end == Accepted("root")


@pytest.mark.parametrize(
    "password",
    [
        *(" ", "  lead and trail  ", "pässwörd ☃ 密码", 'quo"te\\back', "tab\there", "bell\x07", "q" * 500, "e\u0301"),
        *("%n%s", "#", "{}", "\u202e", "\udce9"),
    ],
)
async def test_a_password_goes_through_unchanged(pam: Pam, tmp_path: Path, password: str) -> None:
    copy = tmp_path / "copy"
    pam.stack(script(tmp_path, f"exec cat >{copy}", "expose_authtok"), f"account required {module('pam_permit.so')}")
    _, end = await talk(pam.login(), "root", [password])
    assert end == Accepted("root")
    assert copy.read_bytes().rstrip(b"\0") == password.encode("utf-8", "surrogateescape")


async def test_a_wrong_password_and_an_unknown_user_are_told_alike(pam: Pam) -> None:
    wrong = await refused(pam.login(), answers=["wrong"])
    unknown = await refused(pam.login(), "nobody-has-this-name")
    assert wrong.reason is Reason.WRONG
    assert wrong == unknown
    assert wrong.counts


async def test_the_words_of_the_modules_are_told_and_harmless(pam: Pam) -> None:
    pam.stack(f"auth required {CHATTY} num_lines=2 info error", f"auth required {pam.matrix('verbose')}")
    heard, end = await talk(pam.login(), "root", ["wrong"])
    told = [message for message in heard if isinstance(message, Told)]
    assert {message.is_error for message in told[:-1]} == {False, True}
    assert told[-1].is_error
    assert all(message.text.isprintable() for message in told)
    assert isinstance(end, Refused)
    assert end.problem.hint == told[-1].text


async def test_a_prompt_that_shows_what_is_typed_and_prompts_beyond_the_first(pam: Pam, tmp_path: Path) -> None:
    codes = tmp_path / "codes"
    codes.write_text(f"root:123456:{SERVICE}\n")
    pam.stack(
        f"auth required {pam.matrix()}",
        f"auth required {module('pam_matrix.so')} passdb={codes} echo",
        f"account required {pam.matrix()}",
    )
    heard, end = await talk(pam.login(), "root", [RIGHT, "123456"])
    assert [message.hidden for message in heard if isinstance(message, Asked)] == [True, False]
    assert end == Accepted("root")
    assert (await refused(pam.login(), answers=[RIGHT, "1"])).reason is Reason.WRONG


async def test_who_is_no_administrator_hears_it_after_the_password_and_not_before(pam: Pam) -> None:
    pam.users(**{OTHER: RIGHT})
    assert (await refused(pam.login(["sudo"]), OTHER, ["wrong"])).reason is Reason.WRONG
    end = await refused(pam.login(["sudo", "wheel"]), OTHER)
    assert end.reason is Reason.NOT_ADMINISTRATOR
    assert "sudo, wheel" in end.problem.message
    group = pwd.getpwnam(OTHER).pw_name  # Each of the system's users has a group of its own name.
    _, accepted = await talk(pam.login([group]), OTHER, [RIGHT])
    assert accepted == Accepted(OTHER)


async def test_an_account_that_may_not_is_told_in_the_words_of_pam(pam: Pam) -> None:
    pam.users(service="another-service", root=RIGHT)
    end = await refused(pam.login())
    assert end.reason is Reason.ACCOUNT
    pam.users(root=RIGHT)
    for result, word in (("acct_expired", "acct_expired"), ("perm_denied", "perm_denied"), ("auth_err", "auth_err")):
        pam.stack(f"auth required {pam.matrix()}", f"account required {DEBUG} acct={result}")
        end = await refused(pam.login())
        assert end.reason is Reason.ACCOUNT
        assert word in end.problem.message


def expired(pam: Pam) -> None:
    pam.stack(
        f"auth required {pam.matrix()}",
        f"account required {DEBUG} acct=new_authtok_reqd",
        f"password required {pam.matrix('verbose')}",
    )


async def test_an_expired_password_is_changed_on_the_way(pam: Pam) -> None:
    expired(pam)
    heard, end = await talk(pam.login(), "root", [RIGHT, RIGHT, NEW, NEW])
    asked = [message for message in heard if isinstance(message, Asked)]
    assert [message.stage for message in asked] == [Stage.AUTHENTICATE, *[Stage.CHANGE] * 3]
    assert end == Accepted("root", password_changed=True)
    assert pam.password_of("root") == NEW


async def test_a_new_password_that_is_not_taken_leaves_the_old_one(pam: Pam) -> None:
    expired(pam)
    end = await refused(pam.login(), answers=[RIGHT, RIGHT, NEW, "another"])
    assert end.reason is Reason.NOT_CHANGED
    assert pam.password_of("root") == RIGHT


async def test_a_missing_service_is_not_replaced_by_another_one(pam: Pam) -> None:
    (pam.services / SERVICE).unlink()
    (pam.services / "other").write_text(f"auth required {module('pam_permit.so')}\n")
    end = await refused(pam.login(), answers=[])
    assert end.reason is Reason.UNUSABLE
    assert end.problem.code is ErrorCode.NOT_SUPPORTED
    assert "install" in end.problem.hint
    assert "Q leaves" in end.problem.hint
    assert not end.counts


@pytest.mark.parametrize(
    "line", ["auth required /no/such/module.so", "auth required", f"auth required {DEBUG} auth=system_err"]
)
async def test_a_module_that_fails_makes_pam_unusable(pam: Pam, line: str) -> None:
    pam.stack(line)
    end = await refused(pam.login(), answers=[])
    assert end.reason in (Reason.UNUSABLE, Reason.ACCOUNT)
    pam.stack(f"auth required {DEBUG} auth=authinfo_unavail")
    assert (await refused(pam.login(), answers=[])).reason is Reason.UNUSABLE


async def test_a_process_that_dies_is_told(pam: Pam, tmp_path: Path) -> None:
    pam.stack(script(tmp_path, "kill -KILL $PPID"))
    end = await refused(pam.login(), answers=[])
    assert end.reason is Reason.UNUSABLE
    assert "crashed" in end.problem.message


async def test_pam_is_found_without_any_program_to_look_for_it(pam: Pam) -> None:
    environment = {**pam.environment, "PATH": "/nonexistent"}
    login = PamLogin("tty1", (), environment=environment, folders=[str(pam.services)])
    assert await talk(login, "root", [RIGHT]) == ([Asked("Password:", True, Stage.AUTHENTICATE)], Accepted("root"))


async def test_no_pam_and_no_binding_are_told(pam: Pam) -> None:
    for what, word in (("library", "no PAM"), ("binding", "pamela is missing")):
        fake = f"import json; input(); print(json.dumps(dict(kind='end', missing='{what}')))"
        login = PamLogin("tty1", (), command=["python3", "-c", fake], folders=[str(pam.services)])
        assert word in (await refused(login, answers=[])).problem.message
    login = PamLogin("tty1", (), command=["/no/such/python"], folders=[str(pam.services)])
    assert "could not be started" in (await refused(login, answers=[])).problem.message


@pytest.mark.parametrize("output", ["no json", "[]", "{}", "ENDLESS", '{"kind": "ask"}', '{"kind": "end"}'])
async def test_garbage_is_the_end(pam: Pam, output: str) -> None:
    body = "yes | tr -d '\\n'" if output == "ENDLESS" else "printf '%s\\n' \"$0\"; exec cat >/dev/null"
    login = PamLogin("tty1", (), command=["sh", "-c", f"read x; {body}", output], folders=[str(pam.services)])
    assert (await refused(login, answers=[])).reason is Reason.UNUSABLE


async def test_a_module_that_never_stops_talking_is_cut_off(pam: Pam) -> None:
    pam.stack(f"auth required {CHATTY} num_lines=5000 info")
    heard, end = await talk(pam.login(), "root", [])
    assert isinstance(end, Refused)
    assert len(heard) <= 200


def is_alive(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


async def written(path: Path) -> int:
    def text() -> str:
        return path.read_text().strip() if path.exists() else ""

    while not text():  # noqa: ASYNC110 - another process writes it
        await asyncio.sleep(0.005)
    return int(text())


async def test_a_module_that_hangs_ends_with_the_dialogue_and_so_does_what_it_started(pam: Pam, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    pam.stack(script(tmp_path, f"trap '' TERM HUP INT; echo $$ >{note}; while :; do sleep 600; done"))
    async with pam.login().begin("root") as conversation:
        assert isinstance(conversation, Running)
        waiting = asyncio.ensure_future(anext(aiter(conversation)))
        started = await written(note)
        child = conversation.pid
        assert is_alive(child)
        waiting.cancel()
        with suppress(asyncio.CancelledError):
            await waiting
    assert not is_alive(child)
    while is_alive(started):  # noqa: ASYNC110 - init reaps it, some time
        await asyncio.sleep(0.005)


async def test_a_module_that_hangs_and_a_person_who_is_gone_are_waited_for_a_while_only(
    pam: Pam, tmp_path: Path
) -> None:
    assert (await asyncio.wait_for(unanswered(pam), 10)).reason is Reason.NO_ANSWER
    pam.stack(script(tmp_path, "exec sleep 600"))
    end = await refused(pam.login(module_within=0.3), answers=[])
    assert end.reason is Reason.UNUSABLE
    assert "0.3 s" in end.problem.message


async def unanswered(pam: Pam) -> Refused:
    async with pam.login(answer_within=0.05).begin("root") as conversation:
        last = [message async for message in conversation][-1]
    assert isinstance(last, Refused)
    return last


async def test_nothing_secret_is_in_the_arguments_or_the_environment(pam: Pam) -> None:
    if os.geteuid() != 0:
        pytest.skip("the process cannot be dumped, so only root may look into its environment")
    pam.stack(f"auth required {pam.matrix()}", f"auth required {pam.matrix()}", f"account required {pam.matrix()}")
    async with pam.login().begin("s3cretuser") as conversation:
        assert isinstance(conversation, Running)
        async for message in conversation:
            if isinstance(message, Asked):
                place = Path("/proc") / str(conversation.pid)
                seen = (place / "cmdline").read_bytes() + (place / "environ").read_bytes()
                assert b"PAM_WRAPPER" in seen
                assert RIGHT.encode() not in seen
                assert b"s3cretuser" not in seen
                assert "Max core file size        0 " in (place / "limits").read_text()
                # Nobody but root reads its memory.
                assert (place / "environ").stat().st_uid == 0
                await conversation.answer(Secret(RIGHT))
