"""What the wizard remembers: whole or not at all, never a secret; and whether it comes at all."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quantix_tui.cluster.errors import QuantixError
from quantix_tui.cluster.secret import Secret
from quantix_tui.cluster.token import RegistrationToken
from quantix_tui.setup.answers import AdministratorAnswers, Answers, ClusterAnswers, NameAnswers
from quantix_tui.setup.first_boot import COMPLETED, STATE, is_first_boot, is_set_up
from quantix_tui.setup.state import (
    CORRUPT,
    OTHER_VERSION,
    SetupState,
    complete,
    forget,
    from_bytes,
    is_as_kept,
    load,
    save,
    to_bytes,
)
from quantix_tui.setup.steps import StepName, answered
from tests.setup.strategies import ANSWERS

SECRET = "c0rrect-h0rse"
SECRETS = Answers(
    administrator=AdministratorAnswers(password=Secret(SECRET), password_hash=Secret(f"$6${SECRET}")),
    name=NameAnswers(hostname="n1"),
    cluster=ClusterAnswers(address="vdc", token=RegistrationToken(SECRET)),
)

NAMED = Answers(name=NameAnswers(hostname="n1"))


@settings(deadline=None)
@given(ANSWERS, st.text(max_size=40), st.sets(st.sampled_from(StepName)))
def test_it_comes_back_as_it_was(answers: Answers, page: str, done: set[StepName]) -> None:
    state = SetupState(answers, page)
    for name in sorted(done):
        state = state.with_done(name, answers)
    found = from_bytes(to_bytes(state))
    assert found.notice == ""
    assert (found.state.answers, found.state.page, dict(found.state.done)) == (answers, page, dict(state.done))


def test_it_is_private_and_has_no_secret(tmp_path: Path) -> None:
    folder = tmp_path / "lib" / "quantix-tui"
    state = SetupState(SECRETS, "cluster").with_done(StepName.NAME, NameAnswers(hostname="n1"))
    save(str(folder), state)
    assert (folder / STATE).stat().st_mode & 0o777 == 0o600
    assert SECRET not in (folder / STATE).read_text()
    found = load(str(folder))
    assert found.state.page == "cluster"
    assert found.state.applied() == {StepName.NAME}
    assert os.listdir(folder) == [STATE]


@settings(deadline=None)
@given(ANSWERS, st.text(max_size=30))
def test_no_secret_is_ever_kept(answers: Answers, secret: str) -> None:
    marked = f"<secret>{secret}"
    given_secrets = answers.model_copy(
        update={
            "administrator": AdministratorAnswers(password=Secret(marked), password_hash=Secret(marked)),
            "cluster": ClusterAnswers(address="vdc", token=RegistrationToken(marked)),
        }
    )
    state = SetupState(given_secrets)
    for name, section in answered(given_secrets):
        state = state.with_done(name, section)
    assert b"<secret>" not in to_bytes(state)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_content_is_taken_up_or_told(data: bytes) -> None:
    assert from_bytes(data).notice == CORRUPT


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_a_file_cut_short_is_told(cut: int) -> None:
    data = to_bytes(SetupState(SECRETS, "name"))
    short = data[: cut % (len(data) - 1)]
    assert from_bytes(short).notice == (CORRUPT if short.strip() != data.strip() else "")


@pytest.mark.parametrize(
    ("change", "notice"),
    [
        ({"version": 2}, OTHER_VERSION),
        ({"version": None}, OTHER_VERSION),
        ({"done": []}, CORRUPT),
        ({"done": {"nothing": ""}}, CORRUPT),
        ({"answers": {"name": {"hostname": 5}}}, CORRUPT),
        ({"answers": {"other": {}}}, CORRUPT),
    ],
)
def test_what_does_not_fit_is_told(change: dict[str, object], notice: str) -> None:
    body = json.loads(to_bytes(SetupState()))
    assert from_bytes(json.dumps({**body, **change}).encode()).notice == notice


def test_nothing_is_no_news_and_a_folder_in_its_place_is(tmp_path: Path) -> None:
    assert load(str(tmp_path)).notice == ""
    (tmp_path / STATE).mkdir()
    assert load(str(tmp_path)).notice == CORRUPT


def test_a_save_that_was_cut_short_hinders_nothing(tmp_path: Path) -> None:
    (tmp_path / ".wizard.json.new").write_text("half")
    save(str(tmp_path), SetupState(page="time"))
    assert load(str(tmp_path)).state.page == "time"


def test_a_state_that_cannot_be_kept_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(QuantixError) as caught:
        save(str(tmp_path / "file"), SetupState())
    assert "cannot be kept in" in caught.value.problem.message


def test_whether_the_wizard_comes(tmp_path: Path) -> None:
    state, config = str(tmp_path / "state"), tmp_path / "config.yaml"
    assert is_first_boot(state, str(config))
    config.write_text("# control_plane:\n#   address: https://vdc\nnode:\n  address: 1\ncontrol_plane:\n  # none yet\n")
    assert is_first_boot(state, str(config))
    config.write_text("control_plane:\n  address: https://vdc.example.com:8443\n")
    assert not is_first_boot(state, str(config))
    # In the middle of it: the page of the cluster saved the address already.
    save(state, SetupState(page="review"))
    assert is_first_boot(state, str(config))
    complete(state)
    assert not is_first_boot(state, str(config))
    assert os.listdir(state) == [COMPLETED]
    config.unlink()
    # Whoever begins anew and answers nothing leaves a node that is set up.
    forget(state)
    forget(state)
    assert not is_first_boot(state, str(config))
    assert is_set_up(state)
    save(state, SetupState(page="administrator"))
    assert is_first_boot(state, str(config))
    assert not is_set_up(state)
    complete(state)
    assert is_set_up(state)
    assert os.listdir(state) == [COMPLETED]
    (tmp_path / "node-credential").touch()
    assert not is_first_boot(str(tmp_path / "other"), str(tmp_path / "none.yaml"))


def test_what_cannot_be_read_was_not_kept_by_somebody_else(tmp_path: Path) -> None:
    state = SetupState(NAMED, "name")
    save(str(tmp_path), state)
    assert is_as_kept(str(tmp_path), state)
    assert not is_as_kept(str(tmp_path), SetupState(NAMED, "time"))
    (tmp_path / STATE).unlink()
    assert not is_as_kept(str(tmp_path), state)
    (tmp_path / STATE).mkdir()
    assert is_as_kept(str(tmp_path), state)
