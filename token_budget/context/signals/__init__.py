"""The signals of the ranking: small functions that each say how likely something is wanted.

A signal gives a figure above 0 to the files (by path) or chunks that it speaks for; what it does
not name it knows nothing of. Figures of different signals are not comparable: see ``features``.
"""
