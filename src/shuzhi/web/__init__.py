"""The office in a browser: pages for clerks, secretaries, township offices and inspectors, and the API.

Pages are declared as `Page` values in each area's ``pages.py``: address, who may do what, the view, the help. Views are thin: they call
the apps' actions and queries and hand the template one dataclass. Nothing here knows SQL or decides about money, rights or figures.
"""
