"""Makes C{twistd dotchain} and its reactor known; imports nothing but names of what does the work."""

from twisted.application.reactors import Reactor
from twisted.application.service import ServiceMaker

dotchain = ServiceMaker("dotchain", "dotchain.tap", "DNS over TLS as a chain of resolvers", "dotchain")
reactor = Reactor("dotchain", "dotchain.daemon.reactor", "epoll with little else, dotchain's default")
