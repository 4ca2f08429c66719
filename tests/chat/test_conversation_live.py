"""What clients see while people write."""

from accounts.models import User
from chat import bridge
from chat.hub import Hub
from tests.chat.conftest import Connect
from tests.support.desk import a_note_by, a_reply_by, a_ticket_of


async def test_both_sides_get_a_reply_once_and_in_their_own_numbering(
    hub: Hub, connect: Connect, vera: User, anna: User
) -> None:
    ticket = await bridge.run(a_ticket_of, vera)
    hers, his = await connect(vera), await connect(anna)
    assert (await hers.subscribe(ticket.pk))["sequence"] == 2
    assert (await his.subscribe(ticket.pk))["data"] == {"events": []}
    await bridge.run(a_note_by, anna, ticket)
    message = await bridge.run(a_reply_by, anna, ticket)
    for client, sequence in ((hers, 3), (his, 4)):
        frame = await client.wait_for("message_new", sequence=sequence)
        assert (frame["data"]["id"], frame["data"]["sequence"]) == (str(message.pk), sequence)
        await client.wait_for("ticket_status_changed", sequence=sequence + 1)
    assert len(hers.of("message_new")) == 1
    assert len(his.of("message_new")) == 2
