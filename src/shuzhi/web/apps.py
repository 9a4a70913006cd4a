"""The web application to Django."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """No models: tables belong to the apps."""

    name = "shuzhi.web"
    label = "web"
