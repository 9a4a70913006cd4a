"""The definitions shipped with Shuzhi and the strict reader of them.

An office writes its ledgers, indicators and reports as YAML; this package turns them into the shapes of
`shuzhi.core.definitions` or says, with file and line, everything that is wrong with them. It knows no
ledger by name, no database and no page.
"""
