"""Background work of the pages themselves: the demonstration county of the first-run wizard, and sessions that ran out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from shuzhi.apps.jobs.registry import JobContext, hourly, job
from shuzhi.apps.office import definitions
from shuzhi.apps.people import signing_in
from shuzhi.apps.people.models import Account
from shuzhi.apps.people.set_up import share_password
from shuzhi.core.definitions import Text

DEMONSTRATION = "office.demonstration"

hourly(signing_in.clean)


def folder() -> Path:
    """Where the demonstration's workbooks are written."""
    return Path(settings.OFFICE_FILES) / "demonstration"


@job(
    DEMONSTRATION,
    Text("准备示范数据", "preparing the demonstration"),
    stages={
        "write": Text("写出台账", "writing the ledgers"),
        "import": Text("导入、审核、过账", "importing, approving, posting"),
        "close": Text("结账", "closing the books"),
    },
)
def demonstrate(context: JobContext) -> Mapping[str, Any]:
    """Import every workbook of the demonstration county and close its past years."""
    from shuzhi.demo import county
    from shuzhi.demo.office import close_year, import_workbooks, open_to_all

    defs = definitions()
    context.progress(0, 0, "write")
    files = county.write_workbooks(folder(), defs.catalogue, defs.units)
    import_workbooks(files, lambda done, total: context.progress(done, total, "import"))
    context.progress(0, len(county.YEARS), "close")
    for done, each in enumerate(county.YEARS, 1):
        close_year(each)
        context.progress(done, len(county.YEARS), "close")
    open_to_all()  # more accounts, and the books of the years since
    share_password(Account.objects.get(name=context.actor.name))
    return {"workbooks": len(files)}
