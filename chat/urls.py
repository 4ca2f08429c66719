"""The pages of the Mini App. Every address answers the same shell: what it shows is decided in the browser."""

from django.urls import path

from chat.views import shell

app_name = "chat"
urlpatterns = [
    path("", shell, {"screen": "list"}, name="tickets"),
    path("new", shell, {"screen": "new"}, name="new_ticket"),
    path("me", shell, {"screen": "me"}, name="me"),
    path("notifications", shell, {"screen": "notifications"}, name="notifications"),
    path("tickets/<int:number>", shell, {"screen": "ticket"}, name="ticket"),
]
