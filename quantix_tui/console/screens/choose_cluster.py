"""A cluster is named and checked, to be joined later: for the wizard, which applies everything at its end."""

from typing import ClassVar

from quantix_tui.cluster.join import JoinRequest
from quantix_tui.console.lines import Role
from quantix_tui.console.screens.cluster_form import ClusterForm
from quantix_tui.console.tale import Paragraph, short_address
from quantix_tui.console.widgets.choices import Choice


class ChooseClusterScreen(ClusterForm[JoinRequest]):
    """Dismissed with what was checked."""

    TITLE: ClassVar[str] = "Choose a cluster"

    def offer(self, request: JoinRequest) -> None:
        place = short_address(str(request.address))
        self._outcome.tell(
            [
                Paragraph("All checks passed. Nothing is saved yet.", Role.GOOD),
                Paragraph(f"This node will join {place} when the wizard makes its changes; they are shown before."),
            ]
        )
        self._choices.offer((Choice("use", "Take this cluster"), Choice("cancel", "Cancel")))
        self.set_focus(self._choices)

    def take(self, key: str, request: JoinRequest) -> None:
        self.dismiss(request)
