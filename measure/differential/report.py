"""What came of a run, in words."""

from __future__ import annotations

from collections import Counter

from .exchange import Exchange, Reply
from .run import Tally

_EXAMPLES = 2
_LONG = 300


def told(tally: Tally) -> str:
    """All figures, and of each kind of unexplained difference two examples."""
    lines = [f"{tally.exchanges:8} comparisons", f"{tally.equal:8} without a difference"]
    lines += [f"{count:8} {title}" for title, count in tally.rules.most_common()]
    lines.append(f"{len(tally.faults):8} UNEXPLAINED")
    kinds: Counter[str] = Counter()
    for exchange, fields in tally.faults:
        kind = f"{exchange.path.name}: {', '.join(fields)} {exchange.case.fault}"
        kinds[kind] += 1
        if kinds[kind] <= _EXAMPLES:
            lines += ["", kind, *_shown(exchange, fields)]
    lines += ["", *(f"{count:8} {kind}" for kind, count in kinds.most_common())] if kinds else []
    return "\n".join(lines) + "\n"


def _shown(exchange: Exchange, fields: list[str]) -> list[str]:
    lines = [f"  query   {_short(exchange.case.wire.hex())}"]
    for name in fields:
        for label, reply in (("direct ", exchange.direct), ("through", exchange.through)):
            lines.append(f"  {label} {name}: {_value(reply, name)}")
    return lines


def _value(reply: Reply | None, name: str) -> str:
    if reply is None:
        return "no reply"
    return _short(str(reply.fields.get(name, reply.wire.hex())))


def _short(text: str) -> str:
    return text if len(text) <= _LONG else f"{text[:_LONG]}... ({len(text)})"
