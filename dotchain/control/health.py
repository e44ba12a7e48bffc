"""C{health}: whether every front takes queries."""

from __future__ import annotations

from typing import Any

from ..fronts.front import Front
from .running import Running

SERVES = "serves"
"""What is told of a front that takes queries on all its addresses."""
DRAINS = "takes no more queries"
"""What is told of one that answers what was asked before, as its daemon is about to end."""


def health(running: Running) -> dict[str, Any]:
    """
    The state of each front: L{SERVES}, or what is amiss; C{serving} where all serve; C{reload-failures}, what
    L{Reloads<dotchain.control.reloads.Reloads>} knows of them: all the same it serves.

    Where there are several workers, a front serves that does so on all of them; another one stands in for
    those that have ended and not yet begun anew.
    """
    states = {section.name: state(thing) for section, thing in running.tree.fronts}
    serving = all(each == SERVES for each in states.values())
    return {"serving": serving, "fronts": states, "reload-failures": running.reloads.failures}


def state(front: Front) -> str:
    """L{SERVES}, or why it does not."""
    if not front.running:
        return DRAINS if front.ports else "does not listen"
    missing = [
        str(address)
        for address, port in zip(front.listen, front.ports, strict=True)
        if not port.readerRestart.reading
    ]
    return f"does not listen on {' '.join(missing)}" if missing else SERVES


def together(parent: Running, found: list[dict[str, Any] | None]) -> dict[str, Any]:
    """
    The same of several workers.

    @param parent: the parent as the commands see it, who knows how reloads went.
    @param found: what each that serves has told; None of one that has not answered in time.
    """
    states: dict[str, str] = {}
    for each in found:
        for name, state in (each or {"fronts": {}})["fronts"].items():
            states[name] = state if states.get(name, SERVES) == SERVES else states[name]
    answered = [each for each in found if each is not None]
    serving = bool(found) and len(answered) == len(found) and all(each["serving"] for each in answered)
    return {
        "serving": serving,
        "fronts": states,
        "reload-failures": parent.reloads.failures,
        "workers": {"serving": len(found), "answer": len(answered)},
    }
