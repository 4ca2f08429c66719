from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class DeskConfig(AppConfig):
    """The process: commands, checks, and the Celery application that `shared_task` binds to."""

    name = "config"
    verbose_name = _("Help desk")

    def ready(self) -> None:
        import config.celery
        import config.checks  # noqa: F401
        from config import database_timeouts, sentry

        sentry.start()
        first = apps.get_app_config("accounts")  # any app with models: Django sends the signals for those only
        pre_migrate.connect(database_timeouts.lift_for_migrations, sender=first)
        post_migrate.connect(database_timeouts.set_on_role, sender=first)
