from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeskConfig(AppConfig):
    """The process: commands, checks, and the Celery application that `shared_task` binds to."""

    name = "config"
    verbose_name = _("Help desk")

    def ready(self) -> None:
        import config.celery
        import config.checks  # noqa: F401
