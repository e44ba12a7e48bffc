"""
Bugs that users of other DNS-over-TLS forwarders met in the field, each as a test against dotchain.

The cases are named A1 to A27; each test's docstring begins with its cases. L{cases} says
which of them are shown in other folders.
"""
