"""Long work in the background: imports, large approvals, reports, checks, backups. Progress survives a reload of the page.

An app declares a kind of work in its own ``jobs.py`` with `registry.job`; a page starts it with `actions.start`; a worker beside the server
(`worker.run_forever`) does it. Files that people uploaded to be worked on are kept here too (`uploads`). Decision 0020 says why this is
no library.
"""
