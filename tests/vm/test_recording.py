from tests.vm.recording import differences, replay, sent_bytes


def written(text: bytes, result: str | None = None, thread: str = "") -> str:
    coded = "".join(f"\\x{byte:02x}" for byte in text)
    return f'{thread}write(1, "{coded}", {len(text)}) = {result or len(text)}\n'


def test_the_bytes_of_all_calls_follow_each_other() -> None:
    assert sent_bytes(written(b"\x1b[1mhel") + written(b"lo\n", thread="712  ")) == b"\x1b[1mhello\n"


def test_what_the_kernel_did_not_take_was_not_sent() -> None:
    record = written(b"abc", "2") + written(b"xyz", "-1 EAGAIN (Resource temporarily unavailable)") + written(b"c")
    assert sent_bytes(record) == b"abc"


def test_a_call_that_another_thread_cut_in_two() -> None:
    record = (
        '71 write(1, "\\x61\\x62", 2 <unfinished ...>\n'
        + written(b"c", thread="72 ")
        + "71 <... write resumed>)             = 2\n"
    )
    assert sent_bytes(record) == b"cab"


def test_other_lines_of_the_record_are_no_output() -> None:
    assert sent_bytes("71 --- SIGWINCH {si_signo=SIGWINCH} ---\n71 +++ exited with 0 +++\n") == b""


def test_the_replay_shows_what_was_meant() -> None:
    assert tuple(replay("ab\x1b[2;2H│".encode(), 3, 2).display) == ("ab ", " │ ")


def test_sequences_of_the_linux_console_print_nothing() -> None:
    assert tuple(replay(b"\x1b]P0a1B2c3\x1b]R\x1b[?1c\x1b[9;0]\x1b[14]ok", 4, 1).display) == ("ok  ",)


def test_taking_the_margins_away_moves_the_cursor_home() -> None:
    assert tuple(replay(b"ab\r\nc\x1b[rX", 2, 2).display) == ("Xb", "c ")


def test_a_row_that_shows_something_else_is_told() -> None:
    assert differences(("ok  ", "one"), ("ok", "two")) == ["row 2: meant 'one', shows 'two'"]
