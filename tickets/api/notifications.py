"""What one person should know."""

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.authentication import actor_of
from accounts.api.documentation import documented
from accounts.pagination import build_page, decode_cursor
from accounts.transactions import run_unit
from tickets.api import inputs, outputs
from tickets.notifications.inbox import count_unread, mark_notifications_read, page_of_notifications


class NotificationsView(APIView):
    @documented(
        {200: outputs.NotificationPage},
        errors=(401,),
        parameters=[inputs.NotificationQuery],
        operation_id="notifications_list",
    )
    def get(self, request: Request) -> Response:
        """The newest first."""
        actor = actor_of(request)
        query = inputs.NotificationQuery(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        cursor, limit = query.validated_data.get("cursor"), query.validated_data["limit"]
        after = decode_cursor(cursor, length=2) if cursor else None
        pictures = page_of_notifications(actor, after=after, limit=limit)
        following = (pictures[-1]["created_at"], pictures[-1]["id"]) if len(pictures) == limit else None
        return Response(build_page(request, pictures, next_position=following) | {"unread": count_unread(actor)})


class ReadNotificationsView(APIView):
    @documented(
        {200: outputs.UnreadOutput},
        errors=(401, 415),
        request=inputs.ReadNotificationsInput,
        operation_id="notifications_read",
    )
    def post(self, request: Request) -> Response:
        """Mark some, or all, as read. What is not one's own is passed over."""
        actor = actor_of(request)
        body = inputs.ReadNotificationsInput(data=request.data)
        body.is_valid(raise_exception=True)
        run_unit(lambda: mark_notifications_read(actor=actor, ids=body.validated_data["ids"]))
        return Response({"unread": count_unread(actor)})
