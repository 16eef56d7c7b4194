"""The join form's fields: what is typed and pasted, what is answered meanwhile."""

from textual.events import Paste
from textual.widgets import Input

from tests.console.screen import matches_golden, opened
from tests.console.scripted import ScriptedGateway
from tests.console.test_join import TOKEN, fill, refused_token


async def test_the_normal_form_and_the_kind_of_token_stand_under_the_fields() -> None:
    async with opened(ScriptedGateway()) as hands:
        await fill(hands, "VDC.Quantix.local", token="")
        hands.app.post_message(Paste(TOKEN))
        text = await hands.until("3 groups of 4")
        assert "will use https://vdc.quantix.local:8443" in text
        assert "registration token, 3 groups of 4" in text


async def test_the_token_is_masked_until_ctrl_t() -> None:
    async with opened(ScriptedGateway()) as hands:
        await fill(hands)
        assert "[*******-****-****-****" in hands.text
        await hands.press("shift+tab")
        assert "[*******-****-****-LXWJ" in hands.text
        assert TOKEN not in hands.text
        await hands.press("ctrl+t")
        assert TOKEN in hands.text
        await hands.press("ctrl+t")
        assert TOKEN not in hands.text


async def test_errors_come_when_a_field_was_left_not_before() -> None:
    async with opened(ScriptedGateway()) as hands:
        await hands.press("j")
        await hands.type("ftp://vdc")
        assert "not reached over ftp" not in hands.text
        await hands.press("tab")
        assert "not reached over ftp://" in hands.text
        await hands.type("QUANTIX 1")
        await hands.press("enter")
        assert hands.focused() == "address"


async def test_enter_on_the_address_goes_on_to_the_empty_token() -> None:
    async with opened(ScriptedGateway()) as hands:
        await hands.press("j")
        await hands.type("vdc")
        await hands.press("enter")
        assert hands.focused() == "token"


async def test_a_wrong_token_shape_says_why_and_what_to_do() -> None:
    async with opened(ScriptedGateway()) as hands:
        await fill(hands, token="two words")
        await hands.press("enter")
        text = await hands.until("space or line break inside")
        assert "Copy it again from the vDC" in text
        assert hands.focused() == "token"


async def test_a_ca_file_of_ones_own() -> None:
    gateway = ScriptedGateway()
    async with opened(gateway) as hands:
        await hands.press("j", "ctrl+o")
        await hands.type("ca.pem")
        await hands.press("shift+tab")
        assert "does not begin with /" in hands.text
        await hands.press("tab", "home")
        await hands.type("/etc/")
        await hands.press("shift+tab", "shift+tab")
        await hands.type("vdc")
        await hands.press("tab")
        await hands.type(TOKEN)
        await hands.press("enter")
        await hands.until("All checks passed")
        matches_golden("join_ca_file", hands.text)
        assert gateway.requests[-1].trust.ca_file == "/etc/ca.pem"


async def test_a_token_in_the_address_field_is_refused_and_never_looked_up() -> None:
    gateway = ScriptedGateway()
    async with opened(gateway) as hands:
        await fill(hands, address=TOKEN)
        await hands.press("enter")
        text = await hands.until("This looks like a registration token")
        assert "will use" not in text
    assert gateway.requests == []


async def test_a_new_token_typed_after_a_refusal_replaces_the_refused_one() -> None:
    gateway = ScriptedGateway()
    gateway.checks = refused_token()
    async with opened(gateway) as hands:
        await fill(hands)
        await hands.press("enter")
        await hands.until("Nothing was saved")
        await hands.type("QUANTIX-NEW1-NEW2-NEW3")
        assert hands.app.screen.query_one("#token", Input).value == "QUANTIX-NEW1-NEW2-NEW3"


async def test_the_normal_form_comes_while_one_is_still_in_the_field() -> None:
    async with opened(ScriptedGateway()) as hands:
        await hands.until("CLUSTER")
        await hands.press("j")
        await hands.type("VDC.Quantix.local")
        assert "will use" not in hands.text
        await hands.until("will use https://vdc.quantix.local:8443")
        await hands.type("/")
        await hands.type("api")
        await hands.settle()
        assert "has a path" not in hands.text  # Half an address is not a wrong one.


async def test_what_an_empty_form_said_goes_with_the_first_key() -> None:
    async with opened(ScriptedGateway()) as hands:
        await hands.until("CLUSTER")
        await hands.press("j", "tab", "enter")
        await hands.until("No address was given.")
        await hands.type("v")
        assert "No address was given. Type" not in hands.words
        assert hands.text.count("No address was given.") <= 1


async def test_an_address_and_a_token_out_of_one_mail_fill_both_fields() -> None:
    async with opened(ScriptedGateway()) as hands:
        await hands.until("CLUSTER")
        await hands.press("j")
        hands.app.post_message(Paste(f"vdc.example.com\n\n  {TOKEN}\n"))
        text = await hands.until("What was pasted had two lines")
        assert "3 groups of 4" in text
        assert "will use https://vdc.example.com:8443" in text
        assert TOKEN not in text
        await hands.type("x")
        assert "had two lines" not in hands.text


async def test_a_paste_that_is_far_too_long_is_not_dropped_without_a_word() -> None:
    async with opened(ScriptedGateway()) as hands:
        await hands.until("CLUSTER")
        await hands.press("j", "tab")
        hands.app.post_message(Paste("x" * 20_000))
        text = await hands.until("This is longer than 8192 characters")
        assert "xxxx" not in text


async def test_the_key_under_the_token_says_what_it_does_now() -> None:
    async with opened(ScriptedGateway()) as hands:
        await fill(hands)
        await hands.until("Ctrl-T shows it")
        await hands.press("ctrl+t")
        await hands.until("Ctrl-T hides it")
