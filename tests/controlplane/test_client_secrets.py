"""No token and no credential in any error, traceback or log."""

import json
import logging
import os
import traceback

import pytest

from quantix_tui.cluster.errors import ErrorCode, QuantixError
from quantix_tui.controlplane.wire import MemoryInfo, NodeDescription
from tests.controlplane.calling import CREDENTIAL, JSON_HEAD, NODE, SECRET, TOKEN, plain, problem
from tests.controlplane.conftest import IMPATIENT
from tests.controlplane.servers import (
    answering,
    closing,
    full_backlog,
    http,
    serving,
    silent,
    unused_port,
)

# --- Secrets ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "way", ["refused", "silent", "closed", "cut", "html", "redirect", "error", "shape", "unrouted"]
)
async def test_no_secret_in_any_error(way: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    behaviours = {
        "silent": silent,
        "closed": closing,
        "cut": answering(JSON_HEAD + b"Content-Length: 10\r\n\r\n{"),
        "html": answering(http(b"<p>", kind="text/html")),
        "redirect": answering(http(b"", status="302 Found", Location="/")),
        "error": answering(http(b'{"code":"internal","message":"no"}', status="500 Oops")),
        "shape": answering(http(b'{"id":7,"nodeCredential":"qnc_nobody-may-see-this"}')),
    }
    if way in behaviours:
        async with serving(behaviours[way]) as server:
            error = await _error(server.port)
    elif way == "refused":
        error = await _error(unused_port())
    else:
        with full_backlog() as port:
            error = await _error(port)
    seen = _everything_of(error) + caplog.text
    for secret in (SECRET, CREDENTIAL.reveal()):
        assert secret not in seen


async def _error(port: int) -> QuantixError:
    async with plain(port, timeouts=IMPATIENT) as client:
        with pytest.raises(QuantixError) as caught:
            await client.register(NODE, TOKEN)
    return caught.value


def _everything_of(error: BaseException) -> str:
    """What any crash report could make of it: the text, the chain, and the variables of its frames."""
    assert error.__cause__ is None
    assert error.__context__ is None
    texts = [str(error), repr(error), repr(vars(error))]
    step = error.__traceback__
    while step is not None:
        if os.sep + "quantix_tui" + os.sep in step.tb_frame.f_code.co_filename:
            texts += [repr(value) for value in step.tb_frame.f_locals.values()]
        step = step.tb_next
    texts += traceback.format_exception(error)
    return "\n".join(texts)


async def test_a_server_that_repeats_the_token_does_not_bring_it_on_the_screen() -> None:
    body = {"code": "unauthenticated", "message": "x" * 140 + f" token {SECRET} is not known"}
    answer = http(json.dumps(body).encode(), status="401 Unauthorized")
    async with serving(answering(answer)) as server, plain(server.port) as client:
        met = await problem(client.check_registration("n", TOKEN))
    assert met.code is ErrorCode.INVALID_TOKEN
    assert "token ****" in met.message
    assert "QUANTIX" not in met.message


async def test_a_credential_that_no_request_could_carry_is_refused() -> None:
    answer = http(json.dumps({"id": "n-1", "nodeCredential": "two words\r\nX: y"}).encode())
    async with serving(answering(answer)) as server, plain(server.port) as client:
        met = await problem(client.register(NODE, TOKEN))
    assert met.reason == "bad_answer"


def test_the_description_s_zero_values_are_left_out() -> None:
    assert NodeDescription(hostname="n", memory_info=MemoryInfo(total_bytes=1)).to_wire() == {
        "hostname": "n",
        "memoryInfo": {"totalBytes": 1},
    }
