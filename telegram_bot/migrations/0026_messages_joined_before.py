from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Max, Min

_AT_ONCE = 5000  # calls, by their ids
_FILL = """
UPDATE telegram_bot_messagelink AS link
SET joined = call.params -> '@messages'
FROM telegram_bot_outgoingcall AS call
WHERE call.id BETWEEN %s AND %s AND call.state = 'sent' AND call.queue < 0
  AND call.params ? '@messages' AND NOT call.params ? '@message'
  AND link.bot_id = call.bot_id AND link.chat_id = call.queue
  AND link.telegram_message_id = (call.result ->> 'message_id')::bigint
  AND link.direction = 'out' AND link.message IS NULL AND link.joined IS NULL
"""


def fill_from_outbox(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What a message in the staff's group joins stands in the call that sent it, for the 30 days that it is kept.

    Older ones stay as they were: an answer to them belongs to the ticket only.
    """
    connection = schema_editor.connection
    calls = apps.get_model("telegram_bot", "OutgoingCall").objects.using(connection.alias)
    ends = calls.aggregate(first=Min("id"), last=Max("id"))
    if ends["first"] is None:
        return
    with connection.cursor() as cursor:
        for first in range(ends["first"], ends["last"] + 1, _AT_ONCE):
            cursor.execute(_FILL, [first, first + _AT_ONCE - 1])


class Migration(migrations.Migration):
    # each step is a transaction of its own, beside the traffic; done twice it changes nothing
    atomic = False

    dependencies = [("telegram_bot", "0025_calls_that_can_wait")]

    operations = [migrations.RunPython(fill_from_outbox, migrations.RunPython.noop, elidable=True)]
