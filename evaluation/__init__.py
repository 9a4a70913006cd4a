"""How well drafts are checked: drafts with known figures and planted errors, and what the checker makes of them.

Written apart from the detectors: the sentences come from how offices write, not from what the grammar reads. See
docs/reference/evaluation.md.
"""
