"""Statements signed and verified by sigstore, where it is installed: `pip install 'srcread[sign]'`.

A signer is handed the very bytes of a statement, and returns a Sigstore bundle in which they are
the payload of a DSSE envelope; a verifier gives them back. Who signed is an identity of an OpenID
issuer: that of a job where one is at hand, else a person's, for whom a browser opens. Signing, and
looking up the keys to verify with, need the network.
"""

from __future__ import annotations

import sys
from typing import Any, Protocol

from srcread.errors import SrcreadError

_ABSENT = "Signatures need sigstore: pip install 'srcread[sign]'."


class Signer(Protocol):
    """Signs statements."""

    def sign(self, statement: bytes) -> str:
        """Return a Sigstore bundle over these bytes, as JSON.

        Raises:
            SrcreadError: they cannot be signed here.
        """


class Verifier(Protocol):
    """Verifies that a bundle was signed by who is expected."""

    def verify(self, bundle: str) -> bytes:
        """Return the statement of a Sigstore bundle, given as JSON, once its signature is good.

        Raises:
            SrcreadError: its signature is not that of who is expected, or cannot be verified.
        """


class SigstoreSigner:
    """Signs with sigstore's public instance, as whoever its identity token is of."""

    def __init__(self) -> None:
        self._signer: Any = None

    def sign(self, statement: bytes) -> str:
        """Return a bundle; the first one asks for an identity, which further ones share."""
        try:
            from sigstore.dsse import Statement
            from sigstore.errors import Error
            from sigstore.oidc import IssuerError
        except ImportError:
            raise SrcreadError(_ABSENT) from None
        try:
            self._signer = self._signer or _signer()
            bundle: str = self._signer.sign_dsse(Statement(statement)).to_json()
        except (Error, IssuerError, OSError) as error:
            raise SrcreadError(f"sigstore cannot sign: {error}") from None
        return bundle


class SigstoreVerifier:
    """Verifies with sigstore's public instance that an identity of this issuer has signed."""

    def __init__(self, identity: str, issuer: str) -> None:
        self._identity, self._issuer = identity, issuer

    def verify(self, bundle: str) -> bytes:
        """Verify a bundle's signature, certificate and entry in the log."""
        try:
            from sigstore.errors import Error
            from sigstore.models import Bundle
            from sigstore.verify import Verifier as Verifying
            from sigstore.verify import policy
        except ImportError:
            raise SrcreadError(_ABSENT) from None
        expected = policy.Identity(identity=self._identity, issuer=self._issuer)
        try:
            found = Verifying.production().verify_dsse(Bundle.from_json(bundle), expected)
        except (Error, OSError, ValueError) as error:
            raise SrcreadError(f"sigstore cannot verify: {error}") from None
        payload: bytes = found[1]
        return payload


def _signer() -> Any:
    from sigstore.models import ClientTrustConfig
    from sigstore.oidc import IdentityToken, Issuer, detect_credential
    from sigstore.sign import SigningContext

    raw = detect_credential()
    if not raw and not sys.stdin.isatty():
        raise SrcreadError(
            "There is no identity to sign with: sign on a terminal, where a browser asks for one, "
            "or in a job that has an OpenID token."
        )
    trust = ClientTrustConfig.production()
    issuer = Issuer(trust.signing_config.get_oidc_url())
    token = IdentityToken(raw) if raw else issuer.identity_token()
    with SigningContext.from_trust_config(trust).signer(token) as signer:
        return signer
