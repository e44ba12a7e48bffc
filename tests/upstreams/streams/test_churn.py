"""An upstream over TCP, whatever becomes of its connections."""

from __future__ import annotations

from ...churn import often
from ..upstreamchurn import UpstreamChurn

StreamChurnTests = UpstreamChurn.TestCase
StreamChurnTests.settings = often(60)
