"""Rows of lists, for those whose lists may hold them."""

import asyncio

from accounts.models import Team, User
from chat import bridge
from chat.hub import Hub
from tests.chat.conftest import Connect
from tests.support.desk import a_note_by, a_reply_by, a_ticket_of
from tickets.models import Category
from tickets.representations.audiences import Audience
from tickets.representations.tickets import represent_ticket


async def test_a_new_ticket_comes_to_its_customer_and_to_staff_as_rest_would_show_it(
    hub: Hub, connect: Connect, vera: User, gleb: User, anna: User
) -> None:
    hers, strangers, agents = await connect(vera), await connect(gleb), await connect(anna)
    ticket = await bridge.run(a_ticket_of, vera)
    for client, audience in ((hers, Audience.CUSTOMER), (agents, Audience.STAFF)):
        frame = await client.wait_for("inbox_updated", sequence=2)
        picture = await bridge.run(represent_ticket, ticket.pk, audience)
        assert {**frame["data"], "created_at": "", "updated_at": ""}.keys() == picture.keys()
        assert (frame["ticket"], frame["data"]["number"]) == (str(ticket.pk), picture["number"])
        assert frame["data"]["last_message"]["text"] == "The printer is on fire"
    assert strangers.of("inbox_updated") == []


async def test_a_team_hears_of_its_tickets_and_of_nobodys(
    hub: Hub, connect: Connect, vera: User, anna: User, boris: User, mila: User, billing: Team
) -> None:
    def arrange() -> Category:
        User.objects.filter(pk=anna.pk).update(team=billing)
        User.objects.filter(pk=boris.pk).update(team=Team.objects.create(name="Shipping"))
        return Category.objects.create(name_ru="Счета", name_en="Bills", team=billing)

    bills = await bridge.run(arrange)
    own, other, manager = await connect(anna), await connect(boris), await connect(mila)
    of_billing = await bridge.run(a_ticket_of, vera, category_id=bills.pk)
    of_nobody = await bridge.run(a_ticket_of, vera)
    for client in (own, manager):
        await client.wait_for("inbox_updated", ticket=str(of_billing.pk))
    for client in (own, other, manager):
        await client.wait_for("inbox_updated", ticket=str(of_nobody.pk))
    assert str(of_billing.pk) not in str(other.take())


async def test_a_customers_row_changes_only_with_what_is_public(
    hub: Hub, connect: Connect, vera: User, anna: User
) -> None:
    ticket = await bridge.run(a_ticket_of, vera)
    hers, his = await connect(vera), await connect(anna)
    before = len(hers.take())
    await bridge.run(a_note_by, anna, ticket)
    await his.wait_for("inbox_updated", sequence=3)
    await asyncio.sleep(0.05)
    # that she has read her own words may reach her tabs as late as this
    own = {"id": str(vera.pk), "name": "Vera", "role": "customer"}
    told = [frame for frame in hers.take()[before:] if frame["type"] != "user_online"]
    assert [frame["type"] for frame in told if frame["data"].get("user") != own] == []
    await bridge.run(a_reply_by, anna, ticket)
    row = await hers.wait_for("inbox_updated", since=before, sequence=4)
    assert row["data"]["last_message"]["text"] == "We are on it"


async def test_two_tabs_of_one_person_both_hear(hub: Hub, connect: Connect, vera: User, anna: User) -> None:
    first = await connect(anna)
    ticket = await bridge.run(a_ticket_of, vera)
    await first.wait_for("inbox_updated", sequence=2)
    second = await connect(anna)
    await bridge.run(a_reply_by, vera, ticket)
    for client in (first, second):
        await client.wait_for("inbox_updated", sequence=3)
