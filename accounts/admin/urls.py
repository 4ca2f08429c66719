"""Pages of the admin that need no sign-in. Included before the admin's own addresses, which catch everything."""

from django.urls import path

from accounts.admin.entering import EntryView, InvitationView

urlpatterns = [
    path("enter/", EntryView.as_view(), name="admin-entry"),
    path("invitation/", InvitationView.as_view(), name="admin-invitation"),
]
