"""Two tickets of one customer become one: who looks at the one is led to the other, with what they had begun."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, BORIS, GLEB, VERA, now, told_of_change
from tests.browser.fake_desk import FakeDesk
from tests.browser.test_late_parts import BACK_ONLINE, Losing
from tests.browser.test_message_menu import menu
from tests.browser.views import hold_requests, open_ticket_page, texts, wait_until, write
from tests.support.browser import DESKTOP, PIXEL, browser_marks, picture
from tests.support.everybody import CONTRASTS, sideways

pytestmark = browser_marks
FIELD = ".composer textarea"
MERGE = r"tickets/[\w-]+/merge/"


def two_tickets(desk: FakeDesk) -> tuple[dict[str, Any], dict[str, Any]]:
    pair = desk.open_ticket("No parcel", status="open"), desk.open_ticket("Where is it", status="open")
    for ticket in pair:
        desk.write(ticket, VERA, f"About {ticket['subject']}", minutes_ago=5)
    return pair


def merge_into_first(page: Page) -> None:
    """Of the tickets that are offered, and sure of it."""
    page.locator("dialog .choice").first.click()
    page.get_by_role("button", name="Merge for good").click()


@pytest.mark.parametrize("viewport", [None, DESKTOP], ids=["phone", "desktop"])
def test_an_agent_merges_a_ticket_and_goes_on_in_the_other(open_app: OpenApp, viewport: dict[str, int] | None) -> None:
    desk = FakeDesk(ANNA)
    source, target = two_tickets(desk)
    desk.open_ticket("Somebody else's", GLEB, status="open")
    desk.open_ticket("Done long ago", status="closed")
    page = open_ticket_page(open_app, desk, source, **({"viewport": viewport} if viewport else {}))
    page.fill(".composer textarea", "I have asked the")
    if viewport is None:
        page.click("[data-action=card]")
    page.click(".side-card [data-action=merge]")
    choices = page.locator("dialog .choice")
    expect(choices).to_have_text([f"#{target['number']} Where is it"])
    assert page.evaluate(CONTRASTS) == []
    picture(page, "merge")
    seen = source["sequence"]
    choices.first.click()
    sure = page.get_by_role("dialog", name=f"Merge #{source['number']} into #{target['number']}?")
    expect(sure.locator("li")).to_have_text(
        [
            f"#{source['number']} “No parcel” is closed for good. Its messages stay there to be read.",
            f"With Vera Ivanova it goes on in #{target['number']} “Where is it”.",
            "This cannot be undone.",
        ]
    )
    expect(sure.get_by_role("button", name="Cancel")).to_be_focused()
    assert page.evaluate(CONTRASTS) == []
    assert sideways(page) == []
    picture(page, "merge-sure")
    sure.get_by_role("button", name="Merge for good").click()
    expect(page.locator("h1").last).to_have_text("Where is it")
    (asked,) = desk.calls("POST", MERGE)
    assert asked == {"into": target["id"], "expected_sequence": seen}
    expect(page.locator(".toast")).to_have_text(f"Merged into #{target['number']}")
    expect(page.locator(".composer textarea")).to_have_value("I have asked the")
    desk.write(target, VERA, "It still lies there", reply_to=desk.messages[source["id"]][0]["id"])
    quote = page.locator(".quote:not([hidden])")
    expect(quote).to_contain_text("About No parcel")
    assert len(desk.calls("GET", r"messages/[\w-]+/")) == 1
    quote.click()
    go_on = page.locator(".closed-foot [data-ref=mergedInto]")
    expect(go_on).to_have_text(f"Go on in #{target['number']}")
    end = page.locator(".staff-tools .merged-end")
    expect(end).to_have_text(f"Closed, merged into #{target['number']}")
    expect(page.locator("[data-action=status]:visible")).to_have_count(0)
    page.keyboard.press("Control+k")
    page.fill("dialog input", "merge")
    expect(page.locator("dialog .saved-hint")).to_have_text("Nothing of that name.")
    page.keyboard.press("Escape")
    assert texts(page) == ["About No parcel"]
    assert page.evaluate(CONTRASTS) == []
    assert sideways(page) == []
    picture(page, "merged")
    go_on.click()
    expect(page.locator(".composer textarea")).to_have_value("I have asked the")
    page.click(f"text=#{source['number']} was merged into this")
    end.locator("a").click()
    expect(page.locator("h1").last).to_have_text("Where is it")


def test_who_is_not_sure_merges_nothing(open_app: OpenApp) -> None:
    desk = FakeDesk(ANNA)
    source, _target = two_tickets(desk)
    page = open_ticket_page(open_app, desk, source, viewport=DESKTOP)
    page.click(".side-card [data-action=merge]")
    page.locator("dialog .choice").first.click()
    expect(page.get_by_role("button", name="Merge for good")).to_be_visible()
    page.keyboard.press("Enter")  # the focus stands on Cancel
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert desk.calls("POST", MERGE) == []
    assert source["status"] == "open"


@pytest.mark.parametrize(
    ("code", "field", "told"),
    [
        ("ticket_closed", "status", "#102: Boris Lvov set it to “Closed” 3 seconds ago."),
        ("ticket_merged", "merged_into", "#102: Boris Lvov merged it into #104 3 seconds ago."),
        ("stale", "status", "#101: Boris Lvov set it to “Closed” 3 seconds ago."),
    ],
)
def test_a_refusal_names_who_was_faster(open_app: OpenApp, code: str, field: str, told: str) -> None:
    desk = FakeDesk(ANNA)
    source, target = two_tickets(desk)
    page = open_ticket_page(open_app, desk, source, viewport=DESKTOP, expected=("409",))
    value = {"id": "x", "number": 104} if field == "merged_into" else "closed"
    data = {**told_of_change(source, "", field, value, BORIS), "changed_at": now(3.2 / 60)}
    desk.fail("POST", MERGE, 409, code=code, message="No.", data=data)
    page.click(".side-card [data-action=merge]")
    merge_into_first(page)
    expect(page.locator(".toast")).to_have_text(re.compile(re.escape(told).replace("3", "[3-9]")))
    assert [target["status"], source["status"]] == ["open", "open"]
    expect(page.locator("h1").last).to_have_text("No parcel")


@pytest.mark.parametrize(("action", "path"), [("merge", "tickets/\\?customer"), ("assign", "users/\\?role")])
def test_who_has_gone_on_meanwhile_is_asked_nothing(open_app: OpenApp, action: str, path: str) -> None:
    desk = FakeDesk(ANNA)
    source, _target = two_tickets(desk)
    page = open_ticket_page(open_app, desk, source, viewport=DESKTOP)
    page.get_by_role("tab", name="All").click()
    held = hold_requests(page, re.compile(path))
    page.click(f".side-card [data-action={action}]")
    wait_until(page, lambda: held)
    page.locator(".row", has_text="Where is it").click()
    expect(page.locator("h1").last).to_have_text("Where is it")
    with page.expect_response(re.compile(path)):
        held[0].fallback()
    page.wait_for_selector(".composer")
    page.evaluate("new Promise((resume) => requestAnimationFrame(() => setTimeout(resume)))")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_all_commands_offer_to_merge_the_ticket_that_is_shown(open_app: OpenApp) -> None:
    desk = FakeDesk(ANNA)
    source, target = two_tickets(desk)
    page = open_ticket_page(open_app, desk, source)
    page.keyboard.press("Control+k")
    page.fill("dialog input", "merge")
    expect(page.locator("dialog .saved-reply > span").first).to_have_text("Merge into…")
    page.keyboard.press("Enter")
    expect(page.locator("dialog .choice")).to_have_text([f"#{target['number']} Where is it"])


def test_what_a_customer_writes_meanwhile_goes_into_the_other(open_app: OpenApp) -> None:
    desk = FakeDesk(VERA)
    source, target = two_tickets(desk)
    page = open_ticket_page(open_app, desk, source, expected=("409",))

    def merge_first(route: Route) -> None:
        if route.request.method == "POST" and not source.get("merged_into"):
            desk.merge(source, target, silent=True)
        route.fallback()

    page.route(re.compile(r"/messages/$"), merge_first)
    write(page, "Are you there?")
    expect(page.locator(".closed-foot")).to_contain_text("What you were writing goes there too.")
    assert texts(page) == ["About No parcel"]
    wait_until(page, lambda: len(desk.messages[target["id"]]) == 2)
    assert [message["text"] for message in desk.messages[target["id"]]] == ["About Where is it", "Are you there?"]
    expect(page.locator(".composer")).to_have_count(0)
    expect(page.locator(".rating")).to_have_count(0)
    page.click(".closed-foot [data-ref=mergedInto]")
    expect(page.locator(".message .text").last).to_have_text("Are you there?")
    expect(page.locator("[data-ref=merged] a")).to_have_text(f"#{source['number']} was merged into this")


def test_an_answer_that_was_on_its_way_is_taken_along_as_a_draft(open_app: OpenApp) -> None:
    desk = FakeDesk(ANNA)
    source, target = two_tickets(desk)
    page = open_ticket_page(open_app, desk, source, expected=("409",))

    def merge_first(route: Route) -> None:
        if route.request.method == "POST" and not source.get("merged_into"):
            desk.merge(source, target, silent=True)
        route.fallback()

    page.route(re.compile(r"/messages/$"), merge_first)
    page.set_input_files(".composer input[type=file]", {"name": "way.png", "mimeType": "image/png", "buffer": PIXEL})
    write(page, "It comes tomorrow")
    foot, failure = page.locator(".closed-foot"), page.locator(".failure")
    expect(foot.locator("a")).to_have_text(f"Go on in #{target['number']}")
    expect(failure).to_contain_text("Not sent, because the ticket was merged. The button below takes it along.")
    expect(failure.get_by_role("button", name="Copy")).to_be_visible()
    expect(failure.get_by_role("button", name="Retry")).to_be_hidden()
    expect(failure.get_by_role("button", name="Edit")).to_be_hidden()
    picture(page, "merged-refused")
    foot.locator("a").click()
    expect(page.locator("h1").last).to_have_text("Where is it")
    expect(page.locator(FIELD)).to_have_value("It comes tomorrow")
    expect(page.locator(".composer .picked-file")).to_have_count(1)
    assert [message["text"] for message in desk.messages[target["id"]]] == ["About Where is it"]
    page.click(".composer .send")
    wait_until(page, lambda: len(desk.messages[target["id"]]) == 2)
    sent = desk.messages[target["id"]][-1]
    assert (sent["text"], len(sent["attachments"])) == ("It comes tomorrow", 1)
    page.click(f"text=#{source['number']} was merged into this")
    expect(foot).to_be_visible()
    expect(failure).to_have_count(0)


def test_the_way_to_a_merged_ticket_stays_where_the_conversation_is_low(open_app: OpenApp) -> None:
    desk = FakeDesk(ANNA)
    source, target = two_tickets(desk)
    desk.merge(source, target)
    page = open_ticket_page(open_app, desk, target, viewport={"width": 360, "height": 340})
    expect(page.locator(".assignee")).to_be_hidden()
    expect(page.locator("[data-ref=merged] a")).to_be_in_viewport()


def test_a_text_that_went_along_is_sent_once(open_app: OpenApp) -> None:
    desk = FakeDesk(ANNA)
    source, target = two_tickets(desk)
    page = open_ticket_page(open_app, desk, source, viewport=DESKTOP)
    page.fill(".composer textarea", "I have asked the carrier")
    page.click(".side-card [data-action=merge]")
    merge_into_first(page)
    expect(page.locator("h1").last).to_have_text("Where is it")
    text = page.locator(".composer textarea")
    expect(text).to_have_value("I have asked the carrier")
    text.press("Enter")
    wait_until(page, lambda: len(desk.messages[target["id"]]) == 2)
    for _visit in range(2):
        page.click(f"text=#{source['number']} was merged into this")
        page.click(".closed-foot [data-ref=mergedInto]")
        expect(page.locator("h1").last).to_have_text("Where is it")
        expect(text).to_have_value("")


def test_a_text_of_a_ticket_that_is_merged_by_another_goes_along_once(open_app: OpenApp) -> None:
    desk = FakeDesk(VERA)
    source, target = two_tickets(desk)
    page = open_ticket_page(open_app, desk, source)
    page.fill(".composer textarea", "One more thing")
    desk.merge(source, target)
    page.click(".closed-foot [data-ref=mergedInto]")
    text = page.locator(".composer textarea")
    expect(text).to_have_value("One more thing")
    page.click(".composer .send")
    wait_until(page, lambda: len(desk.messages[target["id"]]) == 2)
    page.click(f"text=#{source['number']} was merged into this")
    page.click(".closed-foot [data-ref=mergedInto]")
    expect(page.locator("h1").last).to_have_text("Where is it")
    expect(text).to_have_value("")


@pytest.mark.parametrize("reader", [VERA, ANNA], ids=["customer", "agent"])
def test_a_merged_ticket_never_offers_a_new_one(open_app: OpenApp, reader: dict[str, Any]) -> None:
    desk = FakeDesk(reader)
    source, target = two_tickets(desk)
    page = open_ticket_page(open_app, desk, source)
    held = hold_requests(page, "**/screens/merged*.js")
    desk.merge(source, target)
    wait_until(page, lambda: held)
    expect(page.locator(".composer")).to_have_count(0)
    assert page.locator(".closed-foot").count() == 0
    held[0].fallback()
    foot = page.locator(".closed-foot")
    expect(foot.locator("a")).to_have_text(f"Go on in #{target['number']}")
    expect(foot).not_to_contain_text("closed")


@pytest.mark.parametrize("reader", [VERA, ANNA], ids=["customer", "agent"])
def test_where_the_way_to_the_other_does_not_arrive_it_is_said_and_asked_for_again(
    open_app: OpenApp, reader: dict[str, Any]
) -> None:
    desk = FakeDesk(reader)
    source, target = two_tickets(desk)
    desk.merge(source, target)
    static = Losing("screens/merged.js", times=1_000)
    page = open_app(desk, f"tickets/{source['number']}", static=static, expected=("ERR_FAILED",))
    foot = page.locator(".closed-foot")
    expect(foot).to_have_text("This ticket was merged into another one. What you were writing goes there too.")
    expect(foot.locator("a")).to_have_count(0)
    picture(page, "merged-without-way")
    static.times = 0
    wait_until(page, lambda: page.evaluate(BACK_ONLINE) or static.asked[True])
    expect(foot.locator("a")).to_have_text(f"Go on in #{target['number']}")
    foot.locator("a").click()
    expect(page.locator("h1").last).to_have_text("Where is it")


def test_what_is_begun_in_a_merged_ticket_stands_behind_what_is_begun_where_it_goes_on(open_app: OpenApp) -> None:
    desk = FakeDesk(VERA)
    source, target = two_tickets(desk)
    desk.write(source, VERA, "It has not come")
    page = open_app(desk)
    text, files = page.locator(".composer textarea"), page.locator(".composer .picked-file")
    for ticket, words in ((target, "Begun there"), (source, "One more thing")):
        page.click(f"a[href='/app/tickets/{ticket['number']}']")
        expect(page.locator("h1").last).to_have_text(ticket["subject"])
        photo = {"name": f"{ticket['number']}.png", "mimeType": "image/png", "buffer": PIXEL}
        page.set_input_files(".composer input[type=file]", photo)  # type: ignore[arg-type]
        expect(files).to_have_count(1)
        text.fill(words)
        if ticket is source:
            menu(page, "It has not come", "Edit")
            text.fill("It came broken")
        else:
            page.evaluate("telegram.back()")
    desk.merge(source, target)
    page.click(".closed-foot [data-ref=mergedInto]")
    expect(page.locator("h1").last).to_have_text(target["subject"])
    expect(text).to_have_value("Begun there\n\nOne more thing\n\nIt came broken")
    expect(files).to_have_count(2)


def test_the_words_of_a_changed_note_stay_among_staff(open_app: OpenApp) -> None:
    desk = FakeDesk(ANNA)
    source, target = two_tickets(desk)
    desk.write(source, ANNA, "They lie every time", internal=True)
    page = open_ticket_page(open_app, desk, source, viewport=DESKTOP)
    menu(page, "They lie every time", "Edit")
    expect(page.locator(FIELD)).to_have_value("They lie every time")
    page.fill(FIELD, "They lie every single time")
    desk.merge(source, target)
    page.click(".closed-foot [data-ref=mergedInto]")
    expect(page.locator("h1").last).to_have_text(target["subject"])
    expect(page.locator(FIELD)).to_have_value("They lie every single time")
    expect(page.locator(".composer.is-note")).to_be_visible()


def test_the_words_of_a_deleted_note_stay_among_staff(open_app: OpenApp) -> None:
    desk = FakeDesk(ANNA)
    ticket = desk.open_ticket("No parcel", status="open", assignee=ANNA)
    note = desk.write(ticket, ANNA, "They lie every time", internal=True)
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP)
    menu(page, "They lie every time", "Edit")
    expect(page.locator(FIELD)).to_have_value("They lie every time")
    page.fill(FIELD, "They lie every single time")
    desk.answer("DELETE", f"messages/{note['id']}/", {}, None)
    expect(page.locator(".composer.is-editing")).to_have_count(0)
    expect(page.locator(FIELD)).to_have_value("They lie every single time")
    expect(page.locator(".composer.is-note")).to_be_visible()


def test_who_has_gone_on_to_the_other_ticket_finds_there_what_comes_along(open_app: OpenApp) -> None:
    desk = FakeDesk(ANNA)
    source, target = two_tickets(desk)
    for one in (source, target):
        one["assignee"] = ANNA
    page = open_ticket_page(open_app, desk, source, viewport=DESKTOP)
    page.fill(FIELD, "I have asked the")
    page.click(".side-card [data-action=merge]")
    held = hold_requests(page, re.compile(MERGE))
    merge_into_first(page)
    wait_until(page, lambda: held)
    page.locator(".row", has_text="Where is it").first.click()
    expect(page.locator("h1").last).to_have_text(target["subject"])
    held[0].fallback()
    expect(page.locator(FIELD)).to_have_value("I have asked the")
    page.locator(FIELD).press_sequentially(" bank")
    expect(page.locator(FIELD)).to_have_value("I have asked the bank")
