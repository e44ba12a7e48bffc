"""What a process gives up before it serves strangers: to be looked into, and ever to have more rights."""

from __future__ import annotations

import ctypes
import os
import resource
import sys

from twisted.logger import Logger

# linux/prctl.h
_SET_DUMPABLE = 4
_SET_NO_NEW_PRIVS = 38

_log = Logger("dotchain")


def confine(dumpable: bool) -> None:
    """
    Let no program that this process starts have more rights than itself (PR_SET_NO_NEW_PRIVS), and the
    private keys in its memory stay there: it leaves no core, and nobody but root may debug it
    (PR_SET_DUMPABLE).

    To be called as the user who serves: with another one, and with another program, that is as it was. And
    again after a reload: who may look into it can change, and the others stay given up.

    @param dumpable: whether it may be dumped and debugged, keys and all.
    """
    if not dumpable:
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    if sys.platform == "linux":
        _set(_SET_NO_NEW_PRIVS, 1)
        _set(_SET_DUMPABLE, int(dumpable))


def _set(option: int, value: int) -> None:
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    if prctl(option, *(ctypes.c_ulong(each) for each in (value, 0, 0, 0))):
        _log.warn("prctl {option}: {error}", option=option, error=os.strerror(ctypes.get_errno()))
