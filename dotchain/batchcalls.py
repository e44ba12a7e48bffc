"""The system calls that take many datagrams at once, through cffi."""

from __future__ import annotations

import sys
from typing import Any, Final

import cffi

BATCH: Final = 64
"""Datagrams of one call, at the most."""

ffi: Final[Any] = cffi.FFI()
ffi.cdef(
    """
    struct iovec { void *iov_base; size_t iov_len; };
    struct msghdr {
        void *msg_name; unsigned int msg_namelen;
        struct iovec *msg_iov; size_t msg_iovlen;
        void *msg_control; size_t msg_controllen;
        int msg_flags;
    };
    struct mmsghdr { struct msghdr msg_hdr; unsigned int msg_len; };
    int recvmmsg(int, struct mmsghdr *, unsigned int, int, void *);
    int sendmmsg(int, struct mmsghdr *, unsigned int, int);
    """
)


libc: Final[Any] = ffi.dlopen(None) if sys.platform.startswith("linux") else None
"""Where the calls are: opened once, as cffi keeps something of each time, even of what is gone."""


def available() -> bool:
    """Whether the platform has both calls, in the 64-bit layout that is declared here."""
    if not sys.platform.startswith("linux") or ffi.sizeof("void *") != 8:
        return False
    return hasattr(libc, "recvmmsg") and hasattr(libc, "sendmmsg")


def addressOf(data: Any) -> int:
    """Where in memory C data stands."""
    return int(ffi.cast("uintptr_t", data))
