"""Reading deliverables as people write them: which paths a text asks for, and what is to happen.

`parse` has the entry points; `resolve` asks the workspace; the others are the steps between a text
and its targets.
"""
