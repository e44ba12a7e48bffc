"""Certificates, folders and logs, as the tests with other daemons have them."""

from __future__ import annotations

from ...interop.conftest import credentials, folder, pytest_runtest_makereport

__all__ = ["credentials", "folder", "pytest_runtest_makereport"]
