"""TLS: who we are, whom we talk to, and what proves it.

The only package that imports OpenSSL, or the standard library's C{ssl} for contexts.
"""
