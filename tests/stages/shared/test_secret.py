"""Tests of secrets."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.options import OptionError, Value
from dotchain.stages.shared.secret import secret

from ...folders import folder


class SecretTests(SynchronousTestCase):
    """What stands in the INI file."""

    def test_text(self) -> None:
        """A text is the secret."""
        made = secret(Value("correct horse battery"))
        self.assertEqual((made, made.file), (b"correct horse battery", None))

    def test_file(self) -> None:
        """Where the path of a file stands, or the name of one that is there, it is what the file says."""
        place = folder(self)
        (place / "shared.key").write_bytes(b"0123456789abcdef\n")
        for text in ("shared.key", "./shared.key", str(place / "shared.key")):
            made = secret(Value.at(text, place, 1))
            self.assertEqual((made, made.file), (b"0123456789abcdef", place / "shared.key"))

    def test_missing(self) -> None:
        """A path where nothing is, and a file with nothing in it, are refused."""
        place = folder(self)
        (place / "empty").write_bytes(b"\n")
        for text, why in (("keys/not-there", "must have no slash"), ("empty", "is empty")):
            error = self.assertRaises(OptionError, secret(Value.at(text, place, 1)).check, "secret")
            self.assertEqual(error.key, "secret")
            self.assertIn(why, str(error))
        self.assertRaises(ValueError, secret, Value(""))

    def test_anyText(self) -> None:
        """A text may be of any length, and have quotes in it."""
        for text in ("a" * 5000, '"x', "%"):
            made = secret(Value(text))
            made.check("secret")
            self.assertEqual(made, text.encode())

    def test_unseen(self) -> None:
        """Nothing prints it."""
        made = secret(Value("correct horse battery"))
        self.assertNotIn("horse", f"{made!r} {made} {[made]}")

    def test_again(self) -> None:
        """A file is read anew where it can be; a text stays."""
        file = folder(self) / "key"
        file.write_bytes(b"old")
        made = secret(Value(str(file)))
        file.write_bytes(b"new")
        self.assertEqual(made.again(), b"new")
        file.unlink()
        self.assertRaises(ValueError, made.again)
        text = secret(Value("text"))
        self.assertIs(text.again(), text)
