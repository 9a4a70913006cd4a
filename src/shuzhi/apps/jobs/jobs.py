"""What every worker does when it starts and about once an hour: throw away what is over, and let the database look at itself."""

from shuzhi.apps import storage
from shuzhi.apps.jobs import uploads, worker
from shuzhi.apps.jobs.registry import hourly

hourly(worker.clean)
hourly(uploads.clean)
hourly(storage.refresh_statistics)
