"""Notifications reach all sockets of the person they are for, and nobody else's."""

from accounts.models import User
from chat import bridge
from chat.hub import Hub
from tests.chat.conftest import Connect
from tests.support.desk import a_reply_by, a_ticket_of, acting
from tickets.events.delivery import run_due_deliveries
from tickets.services.assignment import assign_ticket


async def test_an_agent_is_told_on_every_screen_that_their_customer_has_written(
    hub: Hub, connect: Connect, vera: User, anna: User, boris: User
) -> None:
    ticket = await bridge.run(a_ticket_of, vera)
    await bridge.run(lambda: assign_ticket(actor=acting(anna), ticket=ticket.pk, assignee_id=anna.pk))
    await bridge.run(run_due_deliveries, "notifications")
    phone, desktop, other = await connect(anna), await connect(anna), await connect(boris)
    await bridge.run(a_reply_by, vera, ticket, "Hello?")
    await bridge.run(run_due_deliveries, "notifications")
    for client in (phone, desktop):
        told = await client.wait_for("notification")
        assert told["data"]["ticket"]["number"] == ticket.number
        assert told["data"]["read_at"] is None
        assert len(client.of("notification")) == 1
    assert other.of("notification") == []
