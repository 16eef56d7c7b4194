"""Where the kernel prints decides how it is kept quiet."""

import pytest

from quantix_tui.host.messages import only_on_virtual_consoles


@pytest.mark.parametrize(
    ("consoles", "alone"),
    [
        ("tty0                 -WU (EC  p  )    4:7\n", True),
        ("tty0 -WU (EC p ) 4:7\ntty1 -WU (E p ) 4:1\n", True),
        ("ttyS0                -W- (EC  p a)    4:64\ntty0                 -WU (E   p  )    4:1\n", False),
        ("tty0 -WU (EC p ) 4:7\nnetcon0 -W- (E p )\n", False),
        ("hvc0 -W- (EC p ) 229:0\n", False),
        ("", False),
    ],
)
def test_the_level_is_lowered_only_where_nobody_else_loses_a_log(consoles: str, alone: bool) -> None:
    assert only_on_virtual_consoles(consoles) is alone
