"""The keys that machines with the same secret have, one for each purpose."""

from __future__ import annotations

from hashlib import blake2b

from .signature import Signature
from .values import VERSION

FLUSHES, NAMES, VALUES = b"flushes", b"names", b"values"


class Keys:
    """
    Makes them of the secret, and makes them anew where that is another one.

    With another prefix, or of another version, they are others: so machines that must not share don't
    even find each other's values.
    """

    def __init__(self, secret: bytes, prefix: bytes) -> None:
        """@param prefix: what the keys of all values begin with."""
        self._secret = secret
        self._prefix = prefix
        self._signatures: dict[bytes, Signature] = {}

    def of(self, purpose: bytes) -> Signature:
        """
        The signature of a purpose, the same object each time, which follows the secret.

        It tells nothing of the secret, nor of those of other purposes.
        """
        found = self._signatures.get(purpose)
        if found is None:
            found = self._signatures[purpose] = Signature(self._derived(purpose))
        return found

    def take(self, secret: bytes) -> None:
        """The secret has changed."""
        self._secret = secret
        for purpose, signature in self._signatures.items():
            signature.rekey(self._derived(purpose))

    def _derived(self, purpose: bytes) -> bytes:
        words = b"%b of version %d, %b" % (purpose, VERSION, self._prefix)
        return blake2b(words, key=blake2b(self._secret).digest(), digest_size=32).digest()
