"""The pages of the Mini App. Every address answers the same shell: what it shows is decided in the browser."""

from django.urls import path

from chat.views import shell

app_name = "chat"
urlpatterns = [
    path("", shell, {"pane": "list"}, name="tickets"),
    path("new", shell, {"pane": "detail"}, name="new_ticket"),
    path("me", shell, {"pane": "detail"}, name="me"),
    path("notifications", shell, {"pane": "detail"}, name="notifications"),
    path("tickets/<int:number>", shell, {"pane": "detail"}, name="ticket"),
]
