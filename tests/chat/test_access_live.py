"""What one may no longer see ends at once."""

import asyncio

import pytest

from accounts.models import Role, Team, User
from accounts.services.people import set_active, set_role, set_team
from accounts.services.sessions import sign_out, sign_out_everywhere
from chat import bridge
from chat.hub import Hub
from chat.sockets import CloseCode
from tests.chat.conftest import Connect
from tests.support.desk import a_reply_by, a_ticket_of, acting
from tickets.models import Category, Ticket
from tickets.services.assignment import assign_ticket
from tickets.services.labelling import TicketChanges, update_ticket


def do(service: object, actor: User, **arguments: object) -> object:
    return service(actor=acting(actor), **arguments)  # type: ignore[operator]


async def test_signing_out_closes_the_sockets_of_that_sign_in_only(hub: Hub, connect: Connect, vera: User) -> None:
    first, second = await connect(vera), await connect(vera)
    await bridge.run(sign_out, user_id=vera.pk, family=first.family)
    assert await first.wait_closed() == CloseCode.SIGNED_OUT
    await bridge.run(sign_out, user_id=vera.pk, family=first.family)
    assert second.code is None
    await bridge.run(sign_out_everywhere, user_id=vera.pk)
    assert await second.wait_closed() == CloseCode.SIGNED_OUT
    assert len(hub.registry) == 0


async def test_a_ban_closes_the_sockets(hub: Hub, connect: Connect, vera: User, adam: User) -> None:
    client = await connect(vera)
    await bridge.run(do, set_active, adam, user_id=vera.pk, is_active=False)
    assert await client.wait_closed() == CloseCode.SIGNED_OUT


async def test_another_role_closes_the_sockets_so_that_the_client_comes_again(
    hub: Hub, connect: Connect, vera: User, anna: User, adam: User
) -> None:
    ticket = await bridge.run(a_ticket_of, vera)
    client = await connect(anna)
    await client.subscribe(ticket.pk)
    await bridge.run(do, set_role, adam, user_id=anna.pk, role=Role.CUSTOMER)
    assert await client.wait_closed() == CloseCode.ACCESS_CHANGED
    again = await connect(anna)
    assert (await again.subscribe(ticket.pk))["code"] == "not_found"


async def test_another_team_closes_the_sockets_so_that_lists_are_read_again(
    hub: Hub, connect: Connect, anna: User, adam: User, billing: Team
) -> None:
    client = await connect(anna)
    await bridge.run(do, set_team, adam, user_id=anna.pk, team_id=billing.pk)
    assert await client.wait_closed() == CloseCode.ACCESS_CHANGED


async def test_a_new_name_closes_nothing_and_is_used_from_then_on(
    hub: Hub, connect: Connect, vera: User, anna: User
) -> None:
    from accounts.services.people import remember_telegram_person
    from accounts.telegram_profile import TelegramProfile

    ticket = await bridge.run(a_ticket_of, vera)
    hers, his = await connect(vera), await connect(anna)
    await hers.subscribe(ticket.pk)
    await his.subscribe(ticket.pk)
    await bridge.run(remember_telegram_person, TelegramProfile(telegram_id=501, first_name="Veronika"))
    await hub.access.check_person(vera.pk)
    await hers.send("typing", ticket=ticket.pk)
    assert (await his.wait_for("message_typing"))["data"]["user"]["name"] == "Veronika"
    assert hers.code is None


async def test_everything_is_found_by_the_heartbeat_where_no_nudge_came(
    connect: Connect, vera: User, anna: User, boris: User, adam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.heartbeat.HEARTBEAT_SECONDS", 0.3)
    monkeypatch.setattr("chat.broadcasting.publish", lambda *_kind, **_ids: None)
    banned, demoted, signed_out, stays = [await connect(user) for user in (vera, anna, boris, adam)]
    await bridge.run(do, set_active, adam, user_id=vera.pk, is_active=False)
    await bridge.run(do, set_role, adam, user_id=anna.pk, role=Role.CUSTOMER)
    await bridge.run(sign_out_everywhere, user_id=boris.pk)
    assert await banned.wait_closed() == CloseCode.SIGNED_OUT
    assert await demoted.wait_closed() == CloseCode.ACCESS_CHANGED
    assert await signed_out.wait_closed() == CloseCode.SIGNED_OUT
    assert stays.code is None


@pytest.fixture
def shipping(db: None) -> Team:
    return Team.objects.create(name="Shipping")


@pytest.fixture
def parcels(shipping: Team) -> Category:
    return Category.objects.create(name_ru="Посылки", name_en="Parcels", team=shipping)


def team_of(user: User, team: Team) -> None:
    User.objects.filter(pk=user.pk).update(team=team)


async def test_a_ticket_that_moves_to_another_team_leaves_the_sight_of_the_first(
    hub: Hub, connect: Connect, vera: User, anna: User, boris: User, mila: User, billing: Team, parcels: Category
) -> None:
    ticket = await bridge.run(a_ticket_of, vera)
    unrelated = await bridge.run(a_ticket_of, vera)
    await bridge.run(team_of, anna, billing)
    await bridge.run(team_of, boris, billing)
    reader, lister, manager = await connect(anna), await connect(boris), await connect(mila)
    for client in (reader, manager):
        await client.subscribe(ticket.pk)
    await reader.subscribe(unrelated.pk)
    changes = TicketChanges(category_id=parcels.pk)
    await bridge.run(do, update_ticket, mila, ticket=ticket.pk, changes=changes)
    for client in (reader, lister):  # with the thread open, and with the list only
        assert (await client.wait_for("inbox_removed"))["ticket"] == str(ticket.pk)
        assert client.of("ticket_updated") == []
    await manager.wait_for("ticket_updated")
    before = len(reader.take())
    await bridge.run(a_reply_by, vera, ticket, "for the other team")
    await manager.wait_for("message_new")
    await bridge.run(a_reply_by, vera, unrelated, "for everybody")
    await reader.wait_for("message_new", ticket=str(unrelated.pk))
    # thread and list both say that it is gone
    later = [frame for frame in reader.take()[before:] if frame["type"] != "inbox_removed"]
    assert str(ticket.pk) not in str(later)
    assert len(lister.of("inbox_removed")) == 1
    assert (await reader.subscribe(ticket.pk))["code"] == "not_found"


async def test_a_ticket_that_is_taken_from_an_agent_of_another_team_leaves_their_sight(
    hub: Hub, connect: Connect, vera: User, anna: User, mila: User, billing: Team, parcels: Category
) -> None:
    def ticket_of_shipping() -> Ticket:
        ticket = a_ticket_of(vera, category_id=parcels.pk)
        team_of(anna, billing)
        Ticket.objects.filter(pk=ticket.pk).update(assignee=anna)
        return ticket

    ticket = await bridge.run(ticket_of_shipping)
    client = await connect(anna)
    assert (await client.subscribe(ticket.pk))["type"] == "resumed"
    await bridge.run(do, assign_ticket, mila, ticket=ticket.pk, assignee_id=None)
    await client.wait_for("inbox_removed")
    assert client.of("ticket_assigned") == []


async def test_a_ticket_never_seen_is_not_betrayed_when_it_moves(
    hub: Hub, connect: Connect, vera: User, anna: User, boris: User, mila: User, billing: Team, parcels: Category
) -> None:
    ticket = await bridge.run(a_ticket_of, vera, category_id=parcels.pk)
    await bridge.run(team_of, anna, billing)
    stranger, manager = await connect(anna), await connect(mila)
    await manager.subscribe(ticket.pk)
    await bridge.run(do, assign_ticket, mila, ticket=ticket.pk, assignee_id=boris.pk)
    await bridge.run(do, assign_ticket, mila, ticket=ticket.pk, assignee_id=None)
    await manager.wait_for("ticket_assigned", sequence=5)
    await asyncio.sleep(0.1)
    assert str(ticket.pk) not in str(stranger.take())
