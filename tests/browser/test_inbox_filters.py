"""Filters, order and search of the inbox: all of it in the address, what was found marked, Back as one left it."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, CATEGORIES, GLEB, VERA, now
from tests.browser.fake_desk import FakeDesk
from tests.browser.views import wait_until
from tests.support.browser import DESKTOP, browser_marks, picture
from tests.support.everybody import CONTRASTS, sideways

pytestmark = browser_marks


@pytest.fixture
def desk() -> FakeDesk:
    desk = FakeDesk(ANNA)
    for number, (subject, status, priority, category, tags) in enumerate(
        (
            ("No parcel", "open", "urgent", CATEGORIES[0], ["vip"]),
            ("Refund", "pending", "normal", CATEGORIES[1], []),
            ("Address", "open", "low", CATEGORIES[0], ["vip", "late"]),
            ("Receipt", "resolved", "high", CATEGORIES[1], []),
        )
    ):
        ticket = desk.open_ticket(
            subject, GLEB, status=status, assignee=ANNA, priority=priority, category=category, tags=tags
        )
        desk.write(ticket, VERA, f"It is about my {subject.lower()}, and it is late", minutes_ago=number + 1)
    return desk


def expect_subjects(page: Page, wanted: list[str]) -> None:
    expect(page.locator(".row-subject")).to_have_text(wanted)


def test_filters_are_set_in_a_sheet_and_stand_in_the_address(open_app: OpenApp, desk: FakeDesk) -> None:
    page = open_app(desk)
    expect_subjects(page, ["No parcel", "Refund", "Address"])
    page.click("[data-action=filter]")
    page.check("dialog :text('Open')")
    page.check("dialog :text('Resolved')")
    page.check("dialog :text('Delivery')")
    page.fill("#filter-tag", "VIP")
    assert page.evaluate(CONTRASTS) == []
    picture(page, "filters")
    page.click("dialog [type=submit]")
    expect_subjects(page, ["No parcel", "Address"])
    assert "status=open%2Cresolved" in page.url
    assert "tag=vip" in page.url
    expect(page.locator("[data-action=filter]")).to_be_focused()
    expect(page.locator("[data-action=filter] .badge")).to_have_text("3")
    page.reload()
    expect_subjects(page, ["No parcel", "Address"])
    page.click("[data-action=filter]")
    expect(page.locator("dialog :checked:not(option)")).to_have_count(3)
    page.click("dialog [data-action=clear]")
    expect_subjects(page, ["No parcel", "Refund", "Address"])


def test_a_filtered_list_follows_what_happens(open_app: OpenApp, desk: FakeDesk) -> None:
    page = open_app(desk, "?tab=all&priority=urgent,high")
    expect_subjects(page, ["No parcel", "Receipt"])
    wait_until(page, lambda: desk.sockets)
    refund = next(ticket for ticket in desk.tickets.values() if ticket["subject"] == "Refund")
    desk.change(refund, priority="high")
    expect_subjects(page, ["Refund", "No parcel", "Receipt"])
    desk.change(refund, priority="normal")
    expect_subjects(page, ["No parcel", "Receipt"])


def test_the_most_urgent_come_first(open_app: OpenApp, desk: FakeDesk) -> None:
    page = open_app(desk, "?tab=all")
    page.click("[data-action=filter]")
    page.select_option("#filter-order", "priority")
    page.click("dialog [type=submit]")
    expect_subjects(page, ["No parcel", "Receipt", "Refund", "Address"])
    assert "order=priority" in page.url


def test_who_waits_longest_comes_first_and_who_has_an_answer_leaves(open_app: OpenApp, desk: FakeDesk) -> None:
    parcel, refund, address, _receipt = desk.tickets.values()
    for ticket, minutes in ((address, 5), (parcel, 90), (refund, 30)):
        ticket["waiting_since"] = now(minutes)
    page = open_app(desk)
    page.click("[data-action=filter]")
    gap = """document.querySelector("[for=filter-order]").getBoundingClientRect().top -
             document.querySelector("#filter-tag").getBoundingClientRect().bottom"""
    page.select_option("#filter-order", "waiting")
    assert page.evaluate(gap) >= 15
    page.locator("#filter-order").scroll_into_view_if_needed()
    picture(page, "filters-waiting")
    page.click("dialog [type=submit]")
    expect_subjects(page, ["No parcel", "Refund", "Address"])
    wait_until(page, lambda: desk.sockets)
    desk.change(parcel, waiting_since=None)
    expect_subjects(page, ["Refund", "Address"])
    desk.change(parcel, waiting_since=now(1))
    expect_subjects(page, ["Refund", "Address", "No parcel"])


def test_nothing_fits_and_the_way_out(open_app: OpenApp, desk: FakeDesk) -> None:
    page = open_app(desk, "?tag=nobody")
    expect(page.locator(".empty")).to_contain_text("Nothing fits these filters.")
    page.click("[data-action=clear]")
    expect_subjects(page, ["No parcel", "Refund", "Address"])
    assert "tag" not in page.url


def test_a_search_marks_what_it_found_and_back_leads_to_it(open_app: OpenApp, desk: FakeDesk) -> None:
    page = open_app(desk, "?tab=all")
    page.click("[data-action=search]")
    field = page.locator("input[type=search]")
    expect(field).to_be_focused()
    field.press_sequentially("refund", delay=10)
    expect_subjects(page, ["Refund"])
    expect(page.locator(".row-preview mark")).to_have_text("refund")
    wait_until(page, lambda: "q=refund" in page.url)
    picture(page, "search")
    page.click(".row")
    page.wait_for_selector(".composer")
    page.evaluate("telegram.back()")
    expect_subjects(page, ["Refund"])
    expect(page.locator(".row")).to_be_focused()
    page.reload()
    expect(field).to_have_value("refund")
    expect_subjects(page, ["Refund"])
    field.press("Escape")
    expect(page.locator(".row")).to_have_count(4)
    expect(page.locator("[data-action=search]")).to_be_focused()
    expect(field).to_be_hidden()


def test_letters_that_follow_each_other_ask_once(open_app: OpenApp, desk: FakeDesk) -> None:
    page = open_app(desk)
    page.wait_for_selector(".row")
    asked = len(desk.calls("GET", "tickets/"))
    page.click("[data-action=search]")
    page.locator("input[type=search]").press_sequentially("parcel", delay=5)
    expect_subjects(page, ["No parcel"])
    assert len(desk.calls("GET", "tickets/")) == asked + 1


def test_filters_set_beside_a_ticket_stay_on_the_way_back(open_app: OpenApp, desk: FakeDesk) -> None:
    page = open_app(desk, "?tab=all", viewport=DESKTOP)
    page.locator(".row").first.click()
    page.wait_for_selector(".message")
    page.click("[data-action=filter]")
    page.check("dialog input[value=urgent]")
    page.click("dialog [type=submit]")
    expect(page.locator("#inbox-list .row")).to_have_count(1)
    page.evaluate("telegram.back()")
    expect(page.locator(".nothing-chosen")).to_be_visible()
    expect(page.locator("#inbox-list .row")).to_have_count(1)
    assert page.evaluate("location.pathname + location.search") == "/app/?tab=all&priority=urgent"
    page.click("[data-tab=mine]")
    page.go_forward()
    wait_until(page, lambda: page.evaluate("location.search") == "?tab=mine&priority=urgent")


def test_a_narrow_screen_and_large_text_hold_it(open_app: OpenApp, desk: FakeDesk) -> None:
    desk.language = "ru"
    page = open_app(desk, "?tab=all&q=late", viewport={"width": 320, "height": 700})
    page.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
    page.wait_for_selector(".row")
    assert sideways(page) == []
    page.click("[data-action=filter]")
    page.wait_for_selector("dialog")
    assert page.evaluate("document.querySelector('dialog').scrollWidth <= innerWidth")
    picture(page, "filters-narrow")


def test_back_from_a_ticket_finds_filters_search_place_and_row(open_app: OpenApp, desk: FakeDesk) -> None:
    for number in range(40):
        ticket = desk.open_ticket(
            f"Parcel {number}", GLEB, status="open", assignee=ANNA, priority="high", category=CATEGORIES[0]
        )
        desk.write(ticket, VERA, "Where is it?", minutes_ago=number + 10)
    page = open_app(desk, "?tab=all")
    page.click("[data-action=filter]")
    page.check("dialog input[value=open]")
    page.check("dialog input[value=high]")
    page.check("dialog :text('Delivery')")
    page.click("dialog [type=submit]")
    page.click("[data-action=search]")
    page.locator("input.search").press_sequentially("parcel", delay=5)
    wait_until(page, lambda: "q=parcel" in page.url)
    expect(page.locator(".row-subject").first).to_have_text("Parcel 0")
    query = f"?tab=all&status=open&priority=high&category={CATEGORIES[0]['id']}&q=parcel"
    assert page.evaluate("location.search") == query
    place = "document.querySelector('#inbox-list').scrollTop"
    page.evaluate(f"{place} = 1500")
    row = page.locator(".row", has_text="Parcel 20")
    row.click()
    page.wait_for_selector(".composer")
    before = page.evaluate(place)
    page.evaluate("telegram.back()")
    expect(row).to_be_focused()
    assert [page.evaluate(place), page.evaluate("location.search")] == [before, query]
    expect(page.locator("[data-action=filter] .badge")).to_have_text("3")
    stands_at = row.bounding_box()
    page.reload()
    expect(page.locator("input.search")).to_have_value("parcel")
    expect(page.locator(".row-subject").first).to_have_text("Parcel 0")
    expect(page.locator("[data-action=filter] .badge")).to_have_text("3")
    page.evaluate(f"{place} = {before}")
    expect(row).to_be_in_viewport()
    assert row.bounding_box() == stands_at
