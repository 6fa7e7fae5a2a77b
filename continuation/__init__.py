"""What a cut-off answer still lacks, and how to ask for it.

Usable alone: it imports `ndjson` and nothing of the packages above. Names are loaded when they are
first used.
"""
