"""The login dialogue: right, wrong, slower, asked for more, broken off; nothing of a password stays anywhere."""

from pathlib import Path

import pytest
from textual.actions import SkipAction
from textual.events import Paste

from quantix_tui.console.access import owned_line
from quantix_tui.console.login_words import label_of, user_problem
from quantix_tui.console.widgets.secret_field import SecretField
from quantix_tui.host.login import words
from quantix_tui.host.login.messages import Accepted, Asked, Stage, Told
from quantix_tui.host.login.pace import Pace, pause_after
from quantix_tui.host.ways_in import PasswordState
from tests.console.screen import Hands, opened
from tests.console.scripted import STANDALONE, ScriptedGateway
from tests.console.scripted_login import AGAIN, EXPIRED, NEW, PASSWORD, RIGHT, WRONG, Machine, ScriptedLogin

LINE = owned_line("tty1")
SECRET = "correct horse"


async def try_password(hands: Hands, password: str = SECRET) -> None:
    await hands.type(password)
    await hands.press("enter")


async def open_login(hands: Hands, key: str = "u") -> None:
    await hands.until("locked")
    await hands.press(key)
    await hands.until("For an administrator")


def test_each_failure_makes_it_slower_and_never_shuts_it() -> None:
    assert [pause_after(count) for count in range(9)] == [0, 1, 2, 4, 8, 16, 30, 30, 30]
    assert pause_after(10_000) == 30
    pace = Pace().failed(100.0).failed(200.0)
    assert pace.waits(200.0) == 2
    assert pace.waits(201.5) == 0.5
    assert pace.waits(900.0) == 0


async def test_the_login_then_does_what_was_asked_for() -> None:
    login = ScriptedLogin()
    async with opened(ScriptedGateway(STANDALONE), access=LINE, login=login) as hands:
        await open_login(hands, "j")
        assert hands.focused() == "password"
        await try_password(hands)
        await hands.until("Control plane")
        assert hands.app.guard.access.user == "root"
    assert login.users == ["root"]
    assert login.answers == [SECRET]
    assert login.ended == 1


async def test_another_user_and_the_name_that_pam_gives_him() -> None:
    login = ScriptedLogin((PASSWORD, Accepted("ada")), RIGHT)
    async with opened(ScriptedGateway(STANDALONE), access=LINE, login=login) as hands:
        await open_login(hands)
        await hands.press("up", "backspace", "backspace", "backspace", "backspace")
        await hands.type("ADA")
        await hands.press("enter")
        await try_password(hands)
        await hands.until("ada, locks in")
        await hands.press("k")
        await open_login(hands)
        assert "[ada " in hands.text  # The last one who was here.
        assert hands.focused() == "password"
    assert login.users == ["ADA"]


async def test_the_only_one_with_a_password_is_proposed() -> None:
    machine = Machine(root=PasswordState.LOCKED, ada=PasswordState.SET)
    async with opened(ScriptedGateway(STANDALONE), access=LINE, machine=machine) as hands:
        await open_login(hands)
        assert "[ada " in hands.text


async def test_a_wrong_password_says_so_and_the_next_try_waits() -> None:
    login = ScriptedLogin((PASSWORD, WRONG), (PASSWORD, WRONG), RIGHT)
    async with opened(ScriptedGateway(STANDALONE), access=LINE, login=login) as hands:
        await open_login(hands)
        await try_password(hands, "wrong")
        await hands.until("The user name or the password is wrong. Nothing was changed.")
        await hands.until("The next try can begin in 1 s.")
        assert hands.focused() == "password"
        await try_password(hands, "wrong")
        assert len(login.users) == 1
        hands.wait(1.01)
        await hands.press("enter")
        await hands.until("can begin in 2 s.")
        # Closed and opened again it waits all the same, and so does another user.
        await hands.press("escape")
        await open_login(hands)
        await hands.until("can begin in 2 s.")
        hands.wait(2.01)
        await try_password(hands)
        await hands.until("root, locks in")
        # Whoever got in begins anew.
        await hands.press("k")
        await open_login(hands)
        assert "next try" not in hands.text


async def test_what_was_typed_is_gone_from_the_fields() -> None:
    login = ScriptedLogin((PASSWORD, WRONG))
    login.checking.clear()
    async with opened(ScriptedGateway(STANDALONE), access=LINE, login=login) as hands:
        await open_login(hands)
        await try_password(hands)
        await hands.until("Checking the password")
        field = hands.app.screen.query_one("#password", SecretField)
        assert field.value == ""
        login.checking.set()
        await hands.until("is wrong")
        assert field.value == ""
        assert SECRET not in hands.text


async def test_escape_stops_the_check_and_counts_as_a_try() -> None:
    login = ScriptedLogin((PASSWORD, WRONG))
    login.checking.clear()
    async with opened(ScriptedGateway(STANDALONE), access=LINE, login=login) as hands:
        await open_login(hands)
        await try_password(hands)
        await hands.until("Checking")
        await hands.press("escape")
        await hands.until("Stopped. Nobody is logged in")
        await hands.until("can begin in 1 s.")
        assert login.ended == 1
        await hands.press("escape")
        await hands.until("THIS NODE")
        assert hands.app.guard.access.locked


async def test_an_expired_password_is_changed() -> None:
    hint = Told("You must change your password now.", True)
    login = ScriptedLogin((PASSWORD, hint, NEW, AGAIN, Accepted("root", password_changed=True)))
    async with opened(ScriptedGateway(STANDALONE), access=LINE, login=login) as hands:
        await open_login(hands)
        await try_password(hands)
        text = await hands.until("New password")
        assert "has expired" in text
        assert "You must change your password now." in text
        assert hands.focused() == "answer"
        await hands.type("a new horse")
        assert "a new horse" not in hands.text
        await hands.press("enter")
        await hands.until("Retype new password:")
        await try_password(hands, "a new horse")
        await hands.until("root, locks in")
    assert login.answers == [SECRET, "a new horse", "a new horse"]


async def test_a_code_that_may_be_seen_and_going_back_in_the_middle() -> None:
    code = Asked("One-time code", False, Stage.AUTHENTICATE)
    login = ScriptedLogin((PASSWORD, code, Accepted("root")))
    async with opened(ScriptedGateway(STANDALONE), access=LINE, login=login) as hands:
        await open_login(hands)
        await try_password(hands)
        await hands.until("One-time code")
        await hands.type("123456")
        assert "123456" in hands.text
        await hands.press("escape")
        await hands.until("Stopped.")
        assert login.ended == 1
        assert "123456" not in hands.text
        hands.wait(60)
        await try_password(hands)
        await hands.until("One-time code")
        await try_password(hands, "123456")
        await hands.until("root, locks in")


async def test_the_words_of_a_refused_account_and_of_a_pam_that_does_not_work() -> None:
    broken = words.unusable("A module of PAM failed.")
    async with opened(
        ScriptedGateway(STANDALONE), access=LINE, login=ScriptedLogin((PASSWORD, EXPIRED), (broken,))
    ) as hands:
        await open_login(hands)
        await try_password(hands)
        await hands.until("User account has expired.")
        assert hands.focused() == "user"
        hands.wait(60)
        await hands.press("enter")
        await try_password(hands)
        await hands.until("A module of PAM failed.")
        assert "login prompt" in hands.words
        assert "next try" not in hands.text
        await hands.press("escape")
        await hands.until("THIS NODE")


def reports_in(folder: Path) -> list[str]:
    return [report.read_text() for report in folder.glob("quantix-tui-crash-*")]


async def test_a_fault_of_our_own_is_told_and_lets_nobody_in(tmp_path: Path) -> None:
    class Broken(ScriptedLogin):
        def begin(self, user: str) -> object:  # type: ignore[override] # what a fault looks like
            raise ValueError(SECRET)

    async with opened(ScriptedGateway(STANDALONE), access=LINE, login=Broken()) as hands:
        await open_login(hands)
        await try_password(hands)
        await hands.until("fault of its own")
        assert SECRET not in hands.text
        await hands.press("escape")
        await hands.until("THIS NODE")
        assert hands.app.guard.access.locked
    assert [SECRET in report for report in reports_in(tmp_path)] == [False]


async def test_on_the_smallest_screen_one_sees_what_matters_now() -> None:
    login = ScriptedLogin((PASSWORD, WRONG), (PASSWORD, NEW, Accepted("root", password_changed=True)))
    login.checking.clear()
    async with opened(ScriptedGateway(STANDALONE), access=LINE, login=login, size=(40, 12)) as hands:
        await hands.press("u")
        await hands.until("Password       [")
        await try_password(hands)
        await hands.until("Checking the password")
        login.checking.set()
        await hands.until("Type the password again.")
        hands.wait(60)
        await try_password(hands)
        await hands.until("New password   [")


async def test_an_empty_password_is_asked_for() -> None:
    login = ScriptedLogin()
    async with opened(ScriptedGateway(STANDALONE), access=LINE, login=login) as hands:
        await open_login(hands)
        await hands.press("enter")
        await hands.until("Type the password.")
    assert login.users == []


async def test_a_user_without_a_password_is_nobody() -> None:
    login = ScriptedLogin((Accepted("root"),))
    machine = Machine(root=PasswordState.EMPTY, ada=PasswordState.SET)
    async with opened(ScriptedGateway(STANDALONE), access=LINE, login=login, machine=machine) as hands:
        await open_login(hands)
        await hands.press("up", *["backspace"] * 3)
        await hands.type("root")
        await hands.press("enter")
        await try_password(hands)
        await hands.until("root has no password yet")
        assert hands.app.guard.access.locked
    assert login.users == []


@pytest.mark.parametrize(
    ("pasted", "taken"), [("  spaces  ", "  spaces  "), ("tab\there", "tab\there"), ("with its end\n", "with its end")]
)
async def test_a_paste_stays_as_it_is(pasted: str, taken: str) -> None:
    login = ScriptedLogin()
    async with opened(ScriptedGateway(STANDALONE), access=LINE, login=login) as hands:
        await open_login(hands)
        hands.app.screen.query_one("#password").post_message(Paste(pasted))
        await hands.press("enter")
        await hands.until("root, locks in")
    assert login.answers == [taken]


@pytest.mark.parametrize(
    ("pasted", "told"),
    [("two\nlines", "one line"), ("n\0ul", "NUL"), ("x" * 600, "511 bytes"), ("x" * 9000, "one line")],
)
async def test_what_no_password_can_be_is_told(pasted: str, told: str) -> None:
    login = ScriptedLogin()
    async with opened(ScriptedGateway(STANDALONE), access=LINE, login=login) as hands:
        await open_login(hands)
        hands.app.screen.query_one("#password").post_message(Paste(pasted))
        await hands.press(*(["enter"] if told != "one line" else []))
        await hands.until(told)
    assert login.users == []


async def test_nothing_of_it_can_be_copied() -> None:
    async with opened(ScriptedGateway(STANDALONE), access=LINE) as hands:
        await open_login(hands)
        await hands.type("correct-horse-battery-AAAA")
        field = hands.app.screen.query_one("#password", SecretField)
        field.select_all()
        # The key is then free for what it does everywhere: to quit.
        with pytest.raises(SkipAction):
            field.action_copy()
        field.action_cut()
        assert hands.app.clipboard == ""
        await hands.press("tab")
        # Not even its last group, which a token shows.
        assert "AAAA" not in hands.text
        assert "*" * 26 in hands.text


async def test_a_dialogue_that_nobody_uses_closes() -> None:
    async with opened(ScriptedGateway(STANDALONE), access=LINE) as hands:
        await open_login(hands)
        await hands.type("half a pass")
        hands.wait(119)
        await hands.until("***")
        hands.wait(2)
        await hands.until("THIS NODE")


async def test_what_is_on_top_stays_until_it_is_closed_and_then_the_login_is_done() -> None:
    login = ScriptedLogin()
    login.checking.clear()
    async with opened(ScriptedGateway(STANDALONE), access=LINE, login=login) as hands:
        await open_login(hands, "j")
        await try_password(hands)
        await hands.until("Checking")
        await hands.press("f1")
        await hands.until("this page")
        login.checking.set()
        while not login.ended:
            await hands.pilot.pause(0.001)
        assert "this page" in hands.text
        assert hands.app.guard.access.locked
        await hands.press("escape")
        await hands.until("Control plane")


async def test_a_change_of_the_password_that_is_broken_off_may_have_happened() -> None:
    login = ScriptedLogin((PASSWORD, NEW, Accepted("root", password_changed=True)))
    async with opened(ScriptedGateway(STANDALONE), access=LINE, login=login) as hands:
        await open_login(hands)
        await try_password(hands)
        await hands.until("New password")
        login.checking.clear()
        await try_password(hands, "a new horse")
        await hands.until("Changing the password")
        await hands.press("escape")
        await hands.until("Whether the new password was set is not known")


@pytest.mark.parametrize("name", ["", " ", "a\tb", "x" * 65, "a:b", "\u202eroot"])
def test_what_is_no_user_name(name: str) -> None:
    assert user_problem(name)


@pytest.mark.parametrize("name", ["root", "ada.lovelace", "DOM\\ada", "ada@example.com", "jürgen"])
def test_what_may_be_one(name: str) -> None:
    assert not user_problem(name)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("New password: ", ("New password", "Enter goes on")),
        ("Retype new password: ", ("Answer", "Retype new password:")),
        ("", ("Answer", "Enter goes on")),
    ],
)
def test_the_question_of_pam_is_beside_the_field_or_under_it(text: str, expected: tuple[str, str]) -> None:
    assert label_of(Asked(text, True, Stage.CHANGE)) == expected
