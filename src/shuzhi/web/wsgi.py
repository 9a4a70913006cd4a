"""What an application server runs: ``gunicorn shuzhi.web.wsgi``; `shuzhi serve` does it with the right numbers."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shuzhi.settings")
application = get_wsgi_application()
