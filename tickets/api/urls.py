from django.urls import path

from tickets.api.cards import CardView, PersonNotesView, PersonNoteView
from tickets.api.categories import CategoriesView, CategoryView
from tickets.api.changes import ChangesView
from tickets.api.files import CopyView, FilesView, FileView, ThumbnailView
from tickets.api.messages import EventsView, HistoryView, MessagesView, MessageView, ReactView, RetryView
from tickets.api.notifications import NotificationsView, ReadNotificationsView
from tickets.api.saved_replies import SavedRepliesView, SavedReplyView
from tickets.api.session import BrowserSignInView, TelegramSignInView
from tickets.api.tickets import (
    AssignView,
    CountsView,
    MergeView,
    RateView,
    ReadView,
    SnoozeView,
    StatusView,
    TicketsView,
    TicketView,
)

urlpatterns = [
    path("auth/telegram/", TelegramSignInView.as_view(), name="auth-telegram"),
    path("auth/browser/", BrowserSignInView.as_view(), name="auth-browser"),
    path("categories/", CategoriesView.as_view(), name="categories"),
    path("categories/<uuid:category_id>/", CategoryView.as_view(), name="category"),
    path("tickets/", TicketsView.as_view(), name="tickets"),
    path("tickets/counts/", CountsView.as_view(), name="ticket-counts"),
    path("tickets/<str:reference>/", TicketView.as_view(), name="ticket"),
    path("tickets/<str:reference>/assign/", AssignView.as_view(), name="ticket-assign"),
    path("tickets/<str:reference>/status/", StatusView.as_view(), name="ticket-status"),
    path("tickets/<str:reference>/snooze/", SnoozeView.as_view(), name="ticket-snooze"),
    path("tickets/<str:reference>/merge/", MergeView.as_view(), name="ticket-merge"),
    path("tickets/<str:reference>/rate/", RateView.as_view(), name="ticket-rate"),
    path("tickets/<str:reference>/read/", ReadView.as_view(), name="ticket-read"),
    path("tickets/<str:reference>/messages/", MessagesView.as_view(), name="messages"),
    path("tickets/<str:reference>/events/", EventsView.as_view(), name="ticket-events"),
    path("tickets/<str:reference>/changes/", ChangesView.as_view(), name="ticket-changes"),
    path("messages/<uuid:message_id>/", MessageView.as_view(), name="message"),
    path("messages/<uuid:message_id>/retry/", RetryView.as_view(), name="message-retry"),
    path("messages/<uuid:message_id>/react/", ReactView.as_view(), name="message-react"),
    path("messages/<uuid:message_id>/history/", HistoryView.as_view(), name="message-history"),
    path("files/", FilesView.as_view(), name="files"),
    path("files/<uuid:attachment_id>/", FileView.as_view(), name="file"),
    path("files/<uuid:attachment_id>/copy/", CopyView.as_view(), name="file-copy"),
    path("files/<uuid:attachment_id>/thumbnail/", ThumbnailView.as_view(), name="file-thumbnail"),
    path("users/<uuid:user_id>/card/", CardView.as_view(), name="user-card"),
    path("users/<uuid:user_id>/notes/", PersonNotesView.as_view(), name="user-notes"),
    path("users/<uuid:user_id>/notes/<uuid:note_id>/", PersonNoteView.as_view(), name="user-note"),
    path("saved-replies/", SavedRepliesView.as_view(), name="saved-replies"),
    path("saved-replies/<uuid:reply_id>/", SavedReplyView.as_view(), name="saved-reply"),
    path("notifications/", NotificationsView.as_view(), name="notifications"),
    path("notifications/read/", ReadNotificationsView.as_view(), name="notifications-read"),
]
