"""Makes C{twistd dotchain} known; imports nothing but the name of what does the work."""

from twisted.application.service import ServiceMaker

dotchain = ServiceMaker("dotchain", "dotchain.tap", "DNS over TLS as a chain of resolvers", "dotchain")
