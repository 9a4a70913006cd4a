"""What every worker throws away about once an hour."""

from shuzhi.apps.jobs import uploads, worker
from shuzhi.apps.jobs.registry import hourly

hourly(worker.clean)
hourly(uploads.clean)
