"""The identity check: is the presented chain vouched for, and if not, exactly why not."""

import ssl
from dataclasses import dataclass
from datetime import datetime

from quantix_tui.cluster.address import ControlPlaneAddress
from quantix_tui.cluster.errors import Problem, QuantixError
from quantix_tui.cluster.trust import CertificateFacts, Fingerprint, Trust
from quantix_tui.controlplane.client import ControlPlaneClient
from quantix_tui.controlplane.identity import (
    about_dates,
    certificate_problem,
    nothing_vouches,
    read_certificate,
    unknown_ca,
)
from quantix_tui.controlplane.network import Endpoint
from quantix_tui.controlplane.route import Route
from quantix_tui.controlplane.tls import (
    Presented,
    anchor_context,
    dates_ignored,
    fingerprint,
    local_context,
    pin_mismatch,
    pinned_context,
)


@dataclass(frozen=True, slots=True)
class Verified:
    """The identity is proven; ``context`` proves it again on every further connection."""

    context: ssl.SSLContext
    vouched_by: str


@dataclass(frozen=True, slots=True)
class Unverified:
    """The identity is not proven. ``certificate`` is set when pinning it would prove it."""

    problem: Problem
    certificate: CertificateFacts | None = None


@dataclass(frozen=True, slots=True)
class Verification:
    """One control plane at one network address, and what it presented there."""

    route: Route
    endpoint: Endpoint
    presented: Presented

    @property
    def address(self) -> ControlPlaneAddress:
        return self.route.address

    async def run(self, trust: Trust) -> Verified | Unverified:
        """Verify against ``trust``. Raises :class:`QuantixError` when it does not come to a verdict."""
        if trust.pin is not None and self.presented.index_of(trust.pin) is None:
            return await self._offer_other_pin(trust.pin)
        if trust.pin is not None:
            context = pinned_context(self.presented, trust.pin, self.address.authority)
        else:
            context = await local_context(trust)
        error = await self._handshake(context)
        if error is None:
            return Verified(context, self._vouched_by(trust))
        if not nothing_vouches(error):
            return await self._refused(error, context)
        if trust.pin is None:
            return await self._offer_pin(trust)
        # It was among the presented certificates, but the chain does not lead to it.
        return await self._offer_other_pin(trust.pin)

    async def _handshake(self, context: ssl.SSLContext) -> ssl.SSLCertVerificationError | None:
        try:
            await self.route.shake_hands(self.endpoint, context)
        except ssl.SSLCertVerificationError as error:
            return error
        return None

    async def _offer_pin(self, trust: Trust) -> Unverified:
        """Nobody trusted vouches for it: what to compare, unless pinning would not be enough."""
        whom = f"the {trust.describe()} does not vouch for it" if trust.names_ca else "no public CA vouches for it"
        match await self._pinnable():
            case CertificateFacts() as facts:
                return Unverified(unknown_ca(self.address, whom, facts), facts)
            case Unverified() as refused:
                return refused
        return Unverified(unknown_ca(self.address, whom))

    async def _offer_other_pin(self, pin: Fingerprint) -> Unverified:
        """The pinned certificate is gone: what is there in its place, to compare; nothing is taken for it."""
        found = await self._pinnable()
        facts = found if isinstance(found, CertificateFacts) else None
        own = facts.fingerprint if facts else fingerprint(self.presented.chain[0])
        return Unverified(pin_mismatch(self.address.authority, pin, own), facts)

    async def _pinnable(self) -> CertificateFacts | Unverified | None:
        """The certificate that would prove the identity if it were pinned, or what would still stand against it.

        That is the CA at the end of the presented chain, or else the server's own certificate.
        """
        chain = self.presented.chain
        for place in dict.fromkeys((len(chain) - 1, 0)):
            context = anchor_context(self.presented, place)
            error = await self._handshake(context)
            if error is None:
                return read_certificate(chain[place]).facts
            if not nothing_vouches(error):
                return await self._refused(error, context)
        return None

    async def _refused(self, error: ssl.SSLCertVerificationError, context: ssl.SSLContext) -> Unverified:
        server_time = await self._server_time(context) if about_dates(error) else None
        return Unverified(certificate_problem(self.address, error, self.presented.chain, server_time))

    async def _server_time(self, context: ssl.SSLContext) -> datetime | None:
        """The control plane's clock, to tell an expired certificate from a wrong clock; None when it does not say."""
        client = ControlPlaneClient(
            self.address,
            Trust(),
            timeouts=self.route.timeouts,
            proxy=self.route.proxy,
            connect_to=self.endpoint.ip,
            context=dates_ignored(context),
        )
        async with client:
            try:
                return (await client.health()).server_time
            except QuantixError:
                return None  # the message says then that it is not known

    def _vouched_by(self, trust: Trust) -> str:
        own = read_certificate(self.presented.chain[0]).facts
        if trust.pin is None:
            return f"CA file, {own.issuer}" if trust.names_ca else f"public CA {own.issuer}"
        place = self.presented.index_of(trust.pin)
        if not place:
            return f"pinned certificate {own.subject}"
        return f"pinned CA {read_certificate(self.presented.chain[place]).facts.subject}"
