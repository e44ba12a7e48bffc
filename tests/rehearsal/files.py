"""A file with chains to rehearse."""

FILE = """
[front lan]
listen = udp://127.0.0.1:5300
allow = 127.0.0.0/8 192.0.2.0/24
chain = home

[front dot]
listen = tls://127.0.0.1:8853
chain = guests
certificate = a.crt
key = a.key
self-signed = localhost

[chain home]
path = special kids cache both

[chain guests]
path = special empty out

[stage special]
also = lan

[stage kids]
kind = types
refuse = ANY TXT
match = client:192.0.2.0/24

[stage empty]
kind = types
empty = AAAA
match = !sni:full.example

[upstream both]
kind = failover
over = out other

[upstream out]
address = tls://9.9.9.9
name = dns.quad9.net

[upstream other]
address = udp://192.168.1.1
"""
