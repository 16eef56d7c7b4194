"""The OpenAPI document describes what the API does: schemathesis asks for what it promises, and for what it forbids."""

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.openapi import from_asgi
from schemathesis.specs.openapi.checks import positive_data_acceptance

from quantix_tui.cluster.address import parse_address
from quantix_tui.cluster.errors import ErrorCode, QuantixError
from tests.node.api.support import ADMIN_TOKEN, app_for
from tests.node.support import Node

NOBODY = "https://127.0.0.1:1"
"""Where nothing listens: a join that gets so far ends at once."""
ADDRESSES = ("control_plane_address", "controlPlaneAddress", "control_plane_url", "controlPlaneUrl")


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return from_asgi("/openapi.json", app_for(_node(tmp_path_factory.mktemp("node"))), headers={"Host": "127.0.0.1"})


def _node(folder: Path) -> Node:
    """Not started: requests come with an event loop each, and nothing may live on between them."""
    return Node(folder)


schema = schemathesis.pytest.from_fixture("document")


@schema.auth()
class AdminAuth:
    """Every call as the administrator, but where schemathesis tries what happens without."""

    def get(self, case: schemathesis.Case[Any], context: schemathesis.AuthContext) -> str:
        return ADMIN_TOKEN

    def set(self, case: schemathesis.Case[Any], data: str, context: schemathesis.AuthContext) -> None:
        case.headers["Authorization"] = f"Bearer {data}"


@schema.parametrize()
@settings(
    max_examples=12,
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
def test_every_call_keeps_its_word(case: schemathesis.Case[Any]) -> None:
    _stay_on_this_machine(case.body)
    # What makes an address or a token right is more than a schema can say.
    excluded: list[schemathesis.CheckFunction] = [positive_data_acceptance] if isinstance(case.body, dict) else []
    case.call_and_validate(headers={"Host": "127.0.0.1"}, excluded_checks=excluded)


def _stay_on_this_machine(body: Any) -> None:
    if not isinstance(body, dict):
        return
    for key in ADDRESSES:
        if isinstance(body.get(key), str) and _is_address(body[key]):
            body[key] = NOBODY


def _is_address(text: str) -> bool:
    try:
        parse_address(text)
    except QuantixError:
        return False
    return True


def test_every_error_of_the_taxonomy_has_a_status() -> None:
    from quantix_tui.cluster.errors import Problem
    from quantix_tui.node.api.errors import http_status

    assert all(400 <= http_status(Problem(code, "x.")) < 600 for code in ErrorCode)
