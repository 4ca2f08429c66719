from django.contrib.admin.apps import AdminConfig


class BackOfficeConfig(AdminConfig):
    """Django's admin as the desk's back office. (In `config.apps` it would hide the process's own configuration.)"""

    default_site = "config.admin_site.DeskAdminSite"

    def ready(self) -> None:
        super().ready()
        from django.contrib import admin
        from django.contrib.auth.models import Group

        from accounts.admin.entering import ThrottledLoginForm

        admin.site.login_form = ThrottledLoginForm
        admin.site.unregister(Group)  # what one may do follows from one's role
