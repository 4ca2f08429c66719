from django.urls import path

from accounts.api.people import MeView, UsersView, UserView
from accounts.api.sessions import (
    AdminLinkView,
    BrowserLinkView,
    LogoutEverywhereView,
    LogoutView,
    RefreshView,
    SocketTicketView,
)

urlpatterns = [
    path("auth/refresh/", RefreshView.as_view(), name="auth-refresh"),
    path("auth/logout/", LogoutView.as_view(), name="auth-logout"),
    path("auth/logout-everywhere/", LogoutEverywhereView.as_view(), name="auth-logout-everywhere"),
    path("auth/socket-ticket/", SocketTicketView.as_view(), name="auth-socket-ticket"),
    path("auth/admin-link/", AdminLinkView.as_view(), name="auth-admin-link"),
    path("auth/browser-link/", BrowserLinkView.as_view(), name="auth-browser-link"),
    path("me/", MeView.as_view(), name="me"),
    path("users/", UsersView.as_view(), name="users"),
    path("users/<uuid:user_id>/", UserView.as_view(), name="user"),
]
