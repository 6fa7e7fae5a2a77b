"""A server on loopback that speaks the Messages API, the authors of its answers, and faults.

Benchmarks and tests talk to it with the real SDK: no network, no key, no mock.
"""
