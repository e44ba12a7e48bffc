"""Files that systemd gives to the unit alone."""

from __future__ import annotations

import os
from pathlib import Path
from unittest.mock import patch

from twisted.trial.unittest import SynchronousTestCase

from dotchain.credentials import located
from dotchain.options import Value, path

GIVEN = {"CREDENTIALS_DIRECTORY": "/run/credentials/dotchain.service"}


class LocatedTests(SynchronousTestCase):
    """L{located}."""

    def test_name(self) -> None:
        """A credential is in systemd's folder, wherever the INI file is; any other path stays as it is."""
        self.assertEqual(located("credential://dns.key", GIVEN), "/run/credentials/dotchain.service/dns.key")
        self.assertEqual(located("tls/dns.key", GIVEN), "tls/dns.key")

    def test_key(self) -> None:
        """Every key that takes a file takes one."""
        with patch.dict(os.environ, GIVEN):
            found = path(Value.at("credential://dns.key", Path("/etc/dotchain"), 1))
        self.assertEqual(found, Path("/run/credentials/dotchain.service/dns.key"))

    def test_refused(self) -> None:
        """A way out of the folder is none; without a folder the error says what sets it."""
        for text in ("credential://", "credential://../x", "credential://a/b", "credential://.."):
            self.assertRaises(ValueError, located, text, GIVEN)
        error = self.assertRaises(ValueError, located, "credential://dns.key", {})
        self.assertIn("LoadCredential=dns.key:/path/of/the/file", str(error))
        self.assertIn("is empty", str(self.assertRaises(ValueError, path, Value.at("", Path("/etc"), 1))))
