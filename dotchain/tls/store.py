"""Where a server's keys and certificates are kept, and where the system keeps its CAs."""

from __future__ import annotations

import contextlib
import os
import ssl
from functools import partial
from pathlib import Path
from typing import BinaryIO, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from .certificates import UNREADABLE, pemBlocks, quietly, readCertificates, readKey
from .errors import TLSFileError
from .issue import Issued

# For an OpenSSL that was built elsewhere and looks in the wrong places.
_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/usr/local/share/certs/ca-root-nss.crt",
)


class Trust(NamedTuple):
    """
    Where trusted CA certificates are.

    @ivar file: a PEM file of them, or None.
    @ivar folder: a folder of them, hashed as OpenSSL wants it, or None.
    """

    file: str | None
    folder: str | None

    def __str__(self) -> str:
        return self.file or self.folder or "no CA store"

    def certificates(self) -> list[x509.Certificate]:
        """Every CA certificate in there; damaged ones are left out."""
        files = [Path(self.file)] if self.file else sorted(Path(self.folder or os.devnull).glob("*.0"))
        found = []
        for octets in map(Path.read_bytes, files):
            for label, block in pemBlocks(octets):
                if label == "CERTIFICATE":
                    with contextlib.suppress(*UNREADABLE):
                        made = quietly(partial(x509.load_pem_x509_certificate, block))
                        # Names are decoded when they are asked for.
                        _ = made.subject, made.issuer
                        found.append(made)
        return found


def systemTrust() -> Trust | None:
    """
    The system's CA store, or None where it has none with a certificate in it.

    SSL_CERT_FILE and SSL_CERT_DIR move it, as with every program that uses OpenSSL.
    """
    paths = ssl.get_default_verify_paths()
    moved = paths.openssl_cafile_env in os.environ or paths.openssl_capath_env in os.environ
    for file in (paths.cafile, *(() if moved else _BUNDLES)):
        if file and _holdsCertificates(Path(file)):
            return Trust(file, None)
    if paths.capath and any(Path(paths.capath).glob("*.0")):
        return Trust(None, paths.capath)
    return None


def _holdsCertificates(file: Path) -> bool:
    try:
        return b"-----BEGIN " in file.read_bytes()
    except OSError:
        return False


def save(issued: Issued, certificate: Path, key: Path, force: bool = False) -> None:
    """
    Write a key, which only its owner may read, and its certificate chain.

    @param force: take the place of files that are there.
    @raise TLSFileError: where a file is there already, or can't be written.
    """
    for path in (certificate, key):
        if not force and os.path.lexists(path):
            raise TLSFileError(path, "is there already; --force takes its place")
    _write(key, issued.keyPem, 0o600, force)
    _write(certificate, issued.certificatePem, 0o644, force)


def _write(path: Path, octets: bytes, mode: int, force: bool) -> None:
    """Never through a link, and never readable for others, not even for a moment."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}") if force else path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _create(fresh, mode) as file:
            file.write(octets)
        if force:
            fresh.replace(path)
    except OSError as error:
        raise TLSFileError(path, f"can't be written: {error.strerror}") from None


def _create(path: Path, mode: int) -> BinaryIO:
    try:
        return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb")
    except FileExistsError:
        raise TLSFileError(path, "is there already; --force takes its place") from None


def load(certificate: Path, key: Path) -> Issued:
    """
    A key and its certificate chain, as L{save} wrote them.

    @raise TLSFileError: where one can't be used, or they don't belong together.
    """
    chain = readCertificates(certificate)
    found = readKey(key)
    if found.public_key() != chain[0].public_key():
        raise TLSFileError(key, f"is not the key of the first certificate in {certificate}")
    if not isinstance(found, (ec.EllipticCurvePrivateKey, rsa.RSAPrivateKey)):
        raise TLSFileError(key, "is neither an EC nor an RSA key")
    return Issued(found, tuple(chain))
