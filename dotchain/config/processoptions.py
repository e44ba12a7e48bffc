"""The keys of sections as such, whatever their kind."""

from __future__ import annotations

from ..contract.terms import CONTRACT
from ..options import REQUIRED, Option, Options, atLeast, flag, items, octets, one, processes, seconds, some
from ..share import Share
from ..web.webaddress import webAddresses
from . import ini, place

DAEMON: Options = {
    "include": Option(
        items, "", "more files, read as if they stood here: names and patterns such as conf.d/*.ini"
    ),
    "workers": Option(processes, "1", "processes that share the addresses listened on; auto: one a CPU"),
    "drain": Option(seconds, "5s", "how long queries in flight are waited for at the end"),
    "open-files": Option(
        atLeast("64"),
        None,
        "the limit of open files; by default as high as the system allows",
        automatic=True,
    ),
    "max-in-flight": Option(
        some, "50000", "queries in flight of all fronts together; over it SERVFAIL", Share.part
    ),
    "max-backlog": Option(
        atLeast("1M", octets),
        "256M",
        "octets that all connections together make us hold; over it the greediest is closed",
        Share.part,
    ),
    "dumpable": Option(
        flag, "no", "the process's own user may debug it, and it may leave a core, private keys and all"
    ),
    "log": Option(one("text", "json"), "text", "text, or one JSON object a line"),
    "watch": Option(
        flag, "yes", "certificates, keys, lists and zones are read anew by themselves where they change"
    ),
    "control": Option(
        place.named,
        None,
        "path of the control socket, or none; default: in a folder of this user's in /run",
        automatic=True,
    ),
    "control-group": Option(place.group, None, "a group that may use it besides the daemon's user and root"),
    "web": Option(
        webAddresses,
        None,
        "addresses of the web site, such as http://127.0.0.1:8053 or unix:PATH; it asks nobody who he is",
    ),
}
"""The keys of C{[dotchain]}."""

CHAIN: Options = {
    "path": Option(
        items, REQUIRED, "the stages in the order that a query meets them, last an upstream or a chain"
    ),
}

FRONT: Options = {
    "chain": Option(str, REQUIRED, "the chain that answers"),
}
"""The key that every front has besides those of its class."""

STAGE: Options = {"kind": Option(str, None, "the kind of stage; by default the section's name"), **CONTRACT}
UPSTREAM: Options = {"kind": Option(str, ini.UPSTREAM, "the kind of upstream")}
