"""Who may do what, written down once more than in the program: the expectation that tests/web/test_rights.py holds every page to.

Each area has a module here with two tables:

``RIGHTS``: (page name, method) → the roles that may, as words: ``"clerk reviewer leader inspector auditor"``; ``ANYONE`` for people who
are not signed in, ``SIGNED_IN`` for every account whatever its post; a persona's name for what is that account's own. The test takes every persona of `tests.support.office.PERSONAS`: one
whose post covers the first village (甲村, code FIRST) and whose role is named must get an answer below 400 (or 422 for a form that is
not filled in); every other one 403 or 404 – and personas of the other town always, except on ANYONE and SIGNED_IN pages.

``SAMPLES``: page name → function(office) → the parts of its address beside ``unit``, for something that lives in the first village:
``"record": lambda office: {"record": office.submit("tea", FIRST, by="村会计", …)}``; or a tuple (parts, posted data) where the
method needs data. A page without a sample takes only ``unit`` or nothing.
A function of two arguments is given the persona, too, and makes something of the persona's own.
"""

ANYONE, SIGNED_IN = "anyone", "signed in"
