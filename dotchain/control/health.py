"""C{health}: whether every front takes queries."""

from __future__ import annotations

from typing import Any

from ..fronts.front import Front
from .running import Running

SERVES = "serves"
"""What is told of a front that takes queries on all its addresses."""


def health(running: Running) -> dict[str, Any]:
    """
    The state of each front: L{SERVES}, or what is amiss; C{serving} where all serve.

    Where there are several workers, a front serves that does so on all of them; another one stands in for
    those that have ended and not yet begun anew.
    """
    states = {section.name: state(thing) for section, thing in running.tree.fronts}
    return {"serving": all(each == SERVES for each in states.values()), "fronts": states}


def state(front: Front) -> str:
    """L{SERVES}, or why it does not."""
    if not front.running:
        return "takes no more queries" if front.ports else "does not listen"
    missing = [
        str(address)
        for address, port in zip(front.listen, front.ports, strict=True)
        if not port.readerRestart.reading
    ]
    return f"does not listen on {' '.join(missing)}" if missing else SERVES


def together(found: list[dict[str, Any] | None]) -> dict[str, Any]:
    """
    The same of several workers.

    @param found: what each that serves has told; None of one that has not answered in time.
    """
    states: dict[str, str] = {}
    for each in found:
        for name, state in (each or {"fronts": {}})["fronts"].items():
            states[name] = state if states.get(name, SERVES) == SERVES else states[name]
    answered = [each for each in found if each is not None]
    serving = bool(found) and len(answered) == len(found) and all(each["serving"] for each in answered)
    return {"serving": serving, "fronts": states, "workers": {"serving": len(found), "answer": len(answered)}}
