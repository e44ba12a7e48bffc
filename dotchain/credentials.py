"""Files that systemd gives to the unit alone, by LoadCredential= (systemd.exec(5), CREDENTIALS)."""

from __future__ import annotations

import os
from collections.abc import Mapping

SCHEME = "credential://"


def located(text: str, environ: Mapping[str, str] = os.environ) -> str:
    """
    The path of a file, also of one that is written as C{credential://NAME}.

    @raise ValueError: where there is none, where that is no name, or there is no folder of credentials.
    """
    if not text:
        raise ValueError("is empty; name a file, or leave the key out")
    if not text.startswith(SCHEME):
        return text
    name = text.removeprefix(SCHEME)
    if not name or "/" in name or name in (".", ".."):
        raise ValueError(f"{text!r}: the name of a credential, as LoadCredential= gives it, stands behind //")
    if folder := environ.get("CREDENTIALS_DIRECTORY"):
        return os.path.join(folder, name)  # noqa: PTH118 - what is expected is a text
    raise ValueError(
        f"{text!r}: there is no CREDENTIALS_DIRECTORY, which systemd sets where the unit has "
        f"LoadCredential={name}:/path/of/the/file; elsewhere set it to a folder with such a file"
    )
