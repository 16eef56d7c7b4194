"""What is taken of found answers, for any that may be there already."""

from hypothesis import given, settings
from hypothesis import strategies as st

from quantix_tui.cluster.secret import Secret
from quantix_tui.cluster.token import RegistrationToken
from quantix_tui.setup.answers import AdministratorAnswers, Answers, ClusterAnswers, NameAnswers
from quantix_tui.setup.prefill import Origin, filled, is_begun, origin
from quantix_tui.setup.state import SetupState
from quantix_tui.setup.steps import StepName, answered

HASH = Secret("$6$aaaaaaaaaaaaaaaa$" + "b" * 86)
FOUND = Answers(
    administrator=AdministratorAnswers(password_hash=HASH),
    name=NameAnswers(hostname="node7"),
    cluster=ClusterAnswers(address="vdc.example.com", token=RegistrationToken("QUANTIX-ABCD-EFGH-LXWJ")),
)
NONE: frozenset[StepName] = frozenset()
steps = st.sets(st.sampled_from(list(StepName)))
mine = st.builds(
    Answers,
    administrator=st.sampled_from([None, AdministratorAnswers(), AdministratorAnswers(user="ann")]),
    name=st.sampled_from([None, NameAnswers(hostname="mine"), NameAnswers(hostname="node7")]),
    cluster=st.sampled_from([None, ClusterAnswers(), ClusterAnswers(address="https://vdc.example.com:8443")]),
)


@settings(deadline=None)
@given(mine, steps, steps)
def test_what_was_answered_stays_and_what_is_free_is_taken(
    answers: Answers, free: set[StepName], applied: set[StepName]
) -> None:
    after = filled(answers, FOUND, free, applied)
    for name in StepName:
        before, now = getattr(answers, name.value), getattr(after, name.value)
        if before is not None:
            assert now.model_dump() == before.model_dump()
        elif name in free and getattr(FOUND, name.value) is not None:
            assert origin(after, FOUND, name) is Origin.FOUND
        else:
            assert now is None
    assert filled(after, FOUND, free, applied) == after


def test_secrets_of_the_same_answers_are_taken_and_of_others_not() -> None:
    kept = Answers(administrator=AdministratorAnswers(), cluster=ClusterAnswers(address="https://vdc.example.com:8443"))
    after = filled(kept, FOUND, NONE, NONE)
    assert after.administrator is not None
    assert after.administrator.password_hash == HASH
    assert after.cluster is not None
    assert after.cluster.token is not None
    assert filled(kept, FOUND, NONE, {StepName.ADMINISTRATOR, StepName.CLUSTER}) == kept
    other = Answers(
        administrator=AdministratorAnswers(user="ann"), cluster=ClusterAnswers(address="https://other:8443")
    )
    assert filled(other, FOUND, NONE, NONE) == other
    typed = Answers(administrator=AdministratorAnswers(password=Secret("correct horse")))
    assert filled(typed, FOUND, set(StepName), NONE).administrator == typed.administrator
    assert origin(typed, FOUND, StepName.ADMINISTRATOR) is Origin.OTHER
    assert origin(typed, FOUND, StepName.TIME) is Origin.NONE


def test_a_wizard_that_a_person_has_begun_is_known_from_a_run_of_the_same_answers() -> None:
    whole = filled(Answers(), FOUND, set(StepName), NONE)
    assert not is_begun(SetupState(), FOUND)
    assert not is_begun(SetupState(page="welcome"), FOUND)
    assert is_begun(SetupState(page="name"), FOUND)
    assert is_begun(SetupState(Answers(name=NameAnswers(hostname="node7")), "welcome"), FOUND)
    assert not is_begun(SetupState(whole, "apply"), FOUND)
    assert is_begun(SetupState(whole.model_copy(update={"name": NameAnswers(hostname="mine")}), "apply"), FOUND)
    assert list(answered(whole))
