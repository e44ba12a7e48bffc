"""What these tests share with those of interoperability."""

from __future__ import annotations

from ..interop.conftest import credentials, folder, pytest_runtest_makereport

__all__ = ["credentials", "folder", "pytest_runtest_makereport"]
