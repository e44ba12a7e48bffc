"""What OpenSSL can do and Python's ssl module can't ask it for: groups, and the suites of TLS 1.3.

OpenSSL gives what its configuration calls C{system_default} to every context that is made from then on
(config(5), C{CONF_modules_load}). So such a configuration stands while one context is made, and no longer.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterable
from functools import cache
from typing import Any

import cffi

# Those that clients of DNS over TLS have; others are known to OpenSSL under their own names.
_KNOWN_GROUPS = (
    *("X25519MLKEM768", "SecP256r1MLKEM768", "SecP384r1MLKEM1024"),
    *("x25519", "secp256r1", "secp384r1", "secp521r1", "x448"),
    *("ffdhe2048", "ffdhe3072"),
)
_SUITES = (
    *("TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256"),
    *("TLS_AES_128_CCM_SHA256", "TLS_AES_128_CCM_8_SHA256"),
)

_NAME = re.compile(r"[A-Za-z0-9_-]+")
_SET_GROUPS_LIST = 92
# CONF_MFLAGS_IGNORE_ERRORS and CONF_MFLAGS_IGNORE_MISSING_FILE.
_LENIENT = 0x1 | 0x10

# By this a context shows that it has met the configuration; it is then taken back.
_MARK = ssl.TLSVersion.TLSv1_2
_TEXT = "openssl_conf=o\n[o]\nssl_conf=s\n[s]\nsystem_default=d\n[d]\n"
_NEUTRAL = "Options=SessionTicket\n"

ffi: Any = cffi.FFI()
ffi.cdef(
    """
    typedef struct conf_st CONF;
    typedef struct bio_st BIO;
    typedef struct ssl_ctx_st SSL_CTX;
    typedef struct ssl_method_st SSL_METHOD;
    const char *OpenSSL_version(int);
    CONF *NCONF_new(void *);
    void NCONF_free(CONF *);
    int NCONF_load_bio(CONF *, BIO *, long *);
    BIO *BIO_new_mem_buf(const void *, int);
    int BIO_free(BIO *);
    int CONF_modules_load(const CONF *, const char *, unsigned long);
    int CONF_modules_load_file(const char *, const char *, unsigned long);
    void ERR_clear_error(void);
    const SSL_METHOD *TLS_server_method(void);
    SSL_CTX *SSL_CTX_new(const SSL_METHOD *);
    void SSL_CTX_free(SSL_CTX *);
    long SSL_CTX_ctrl(SSL_CTX *, int, long, void *);
    int SSL_CTX_set_ciphersuites(SSL_CTX *, const char *);
    """
)


class Unsettable(ValueError):
    """This Python's OpenSSL can't be told."""


@cache
def _libraries() -> tuple[Any, Any]:
    """
    The libcrypto and the libssl that Python's ssl module uses.

    @raise Unsettable: where they are not at hand.
    """
    major = ssl.OPENSSL_VERSION_INFO[0]
    try:
        crypto, tls = (ffi.dlopen(f"lib{name}.so.{major}") for name in ("crypto", "ssl"))
    except OSError:
        raise Unsettable(f"can't be set with this Python: its {ssl.OPENSSL_VERSION} is built in") from None
    if ffi.string(crypto.OpenSSL_version(0)).decode() != ssl.OPENSSL_VERSION:
        raise Unsettable(f"can't be set with this Python: its {ssl.OPENSSL_VERSION} is not the system's")
    return crypto, tls


def groupsThere() -> list[str]:
    """The groups among those that clients know that this OpenSSL has, best known names."""
    return [each for each in _KNOWN_GROUPS if hasGroup(each)]


def hasGroup(name: str) -> bool:
    """
    Whether OpenSSL has a group of that name.

    @raise Unsettable: where it can't be told.
    """
    return _NAME.fullmatch(name) is not None and _takes(
        lambda tls, made: tls.SSL_CTX_ctrl(made, _SET_GROUPS_LIST, 0, ffi.from_buffer(name.encode() + b"\0"))
    )


def suitesThere() -> list[str]:
    """The suites of TLS 1.3 that this OpenSSL has."""
    return [each for each in _SUITES if _hasSuite(each)]


def _hasSuite(name: str) -> bool:
    return _takes(lambda tls, made: tls.SSL_CTX_set_ciphersuites(made, name.encode()))


def _takes(ask: Any) -> bool:
    crypto, tls = _libraries()
    made = tls.SSL_CTX_new(tls.TLS_server_method())
    try:
        return bool(ask(tls, made) == 1)
    finally:
        tls.SSL_CTX_free(made)
        crypto.ERR_clear_error()


def contextWith(protocol: int, groups: Iterable[str], suites: Iterable[str]) -> ssl.SSLContext:
    """
    A context with these groups and these suites of TLS 1.3; where there are none, with OpenSSL's own.

    @raise Unsettable: where this Python's OpenSSL can't be told.
    """
    wanted = {"Groups": ":".join(groups), "Ciphersuites": ":".join(suites)}
    told = "".join(f"{key}={value}\n" for key, value in wanted.items() if value)
    if not told:
        return ssl.SSLContext(protocol)
    _configure(f"{told}MaxProtocol=TLSv1.2\n")
    try:
        made = ssl.SSLContext(protocol)
    finally:
        _configure(_NEUTRAL)
        crypto, _ = _libraries()
        crypto.CONF_modules_load_file(ffi.NULL, ffi.NULL, _LENIENT)
        crypto.ERR_clear_error()
    if made.maximum_version != _MARK:
        raise Unsettable(f"can't be set with this Python: its {ssl.OPENSSL_VERSION} does not take it")
    made.maximum_version = ssl.TLSVersion.MAXIMUM_SUPPORTED
    return made


def _configure(text: str) -> None:
    """Have every context from now on be made so."""
    crypto, _ = _libraries()
    octets = (_TEXT + text).encode()
    source, configuration = crypto.BIO_new_mem_buf(octets, len(octets)), crypto.NCONF_new(ffi.NULL)
    try:
        if crypto.NCONF_load_bio(configuration, source, ffi.NULL) > 0:
            crypto.CONF_modules_load(configuration, ffi.NULL, 0)
    finally:
        crypto.NCONF_free(configuration)
        crypto.BIO_free(source)
        crypto.ERR_clear_error()
