"""What a screen owes to everybody: names, references, headings, contrast, room for a finger, and to fit the window.

The rules are those of ARIA, of HTML itself and of WCAG 2.2.
"""

from typing import Any

from playwright.sync_api import Page, expect

from tests.support.browser import picture

NARROW = {"width": 360, "height": 740}
# Telegram's own palettes
DARK = {
    "bg_color": "#17212b",
    "text_color": "#f5f5f5",
    "hint_color": "#708499",
    "link_color": "#6ab3f3",
    "button_color": "#5288c1",
    "button_text_color": "#ffffff",
    "secondary_bg_color": "#232e3c",
    "accent_text_color": "#6ab2f2",
    "section_bg_color": "#17212b",
    "destructive_text_color": "#ec3942",
}
LIGHT = {
    **DARK,
    "bg_color": "#ffffff",
    "text_color": "#000000",
    "hint_color": "#999999",
    "link_color": "#2481cc",
    "button_color": "#2481cc",
    "secondary_bg_color": "#f0f0f0",
    "accent_text_color": "#2481cc",
    "section_bg_color": "#ffffff",
    "destructive_text_color": "#e53935",
}
THEMES = {"light": LIGHT, "dark": DARK}

# What a screen reader would stumble over in what can be seen; the rules are those of ARIA and of HTML itself.
STUMBLES = """() => {
  const root = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body;
  const seen = (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest("[inert]");
  const all = [...root.querySelectorAll("*")].filter(seen);
  const is = (element, selector) => element.matches(selector);
  const found = [];
  const wrong = (why, elements) => found.push(...elements.map((one) => `${why}: ${one.outerHTML.slice(0, 100)}`));
  const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
  wrong("an id twice", all.filter(({ id }) => id && ids.indexOf(id) !== ids.lastIndexOf(id)));
  const references = ["aria-labelledby", "aria-describedby", "aria-controls", "aria-activedescendant", "for"];
  wrong("refers to nothing", all.filter((element) => references.some((name) =>
    (element.getAttribute(name) ?? "").split(" ").some((id) => id && !ids.includes(id)))));
  wrong("no text for a picture", all.filter((element) => is(element, "img:not([alt])")));
  const pressed = "button, a[href], input, select, textarea, [tabindex='0']";
  wrong("hidden and yet reached", all.filter((element) => is(element, pressed) &&
    element.closest("[aria-hidden=true]")));
  wrong("one within another", all.filter((element) => is(element, "button, a[href]") &&
    element.parentElement.closest("button, a[href]")));
  wrong("takes the order of keys over", all.filter(({ tabIndex }) => tabIndex > 0));
  const parents = { tab: "[role=tablist]", option: "[role=listbox]", radio: "[role=radiogroup]" };
  wrong("outside of its group", all.filter((element) => parents[element.getAttribute("role")] &&
    !element.parentElement.closest(parents[element.getAttribute("role")])));
  wrong("without a name", all.filter((element) =>
    is(element, "dialog, [role=dialog], [role=tablist], [role=listbox], [role=img], [role=radiogroup], fieldset") &&
    !element.ariaLabel && !element.hasAttribute("aria-labelledby") && !element.querySelector("legend")));
  const levels = all.filter((element) => is(element, "h1, h2, h3, h4")).map(({ tagName }) => Number(tagName[1]));
  if (root === document.body && !levels.includes(1)) found.push("no heading of the first level");
  if (levels.some((level, place) => place && level > levels[place - 1] + 1)) found.push(`skips a level: ${levels}`);
  if (!document.documentElement.lang || !document.title) found.push("no language, or no title");
  return found;
}"""

# The least contrast of every text on the screen, or in the sheet over it, against what lies behind it
# (WCAG 2.2, 1.4.3), worst first.
CONTRASTS = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const parse = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1];
  const behind = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) layers.push(parse(getComputedStyle(at).backgroundColor));
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255, 1]);
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.slice(0, 3).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const seen = (element) =>
    element.checkVisibility({ visibilityProperty: true }) && !element.closest(".visually-hidden");
  const found = [];
  const root = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document.querySelector(".app");
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.trim();
    const style = getComputedStyle(element);
    if (!text || !seen(element)) continue;
    const back = behind(element);
    const front = over(parse(style.color), back);
    const [one, two] = [light(front), light(back)].sort((a, b) => b - a);
    found.push([Math.round(((one + 0.05) / (two + 0.05)) * 100) / 100, text.slice(0, 30), element.className]);
  }
  return found.filter(([ratio]) => ratio < 4.5).sort((a, b) => a[0] - b[0]);
}"""

# What can be pressed without a name, or with less room than a finger needs: 44 pixels each way. An input counts with
# its label, and what lies around a small sign and presses it counts too.
PRESSED = """() => {
  const root = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document;
  const takes = (element) => {
    element.scrollIntoView({ block: "center" });
    const { left, top, width, height } = element.getBoundingClientRect();
    const [x, y] = [left + width / 2, top + height / 2];
    const at = (dx, dy) => element.contains(document.elementFromPoint(x + dx, y + dy));
    return (width >= 44 || (at(-21, 0) && at(21, 0))) && (height >= 44 || (at(0, -21) && at(0, 21)));
  };
  return [...root.querySelectorAll("button, a, input, textarea, select")]
    .filter((element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest(".text, [inert]"))
    .filter((element) => {
      const label = element.labels?.[0];
      const pictures = [...element.querySelectorAll("img")].map(({ alt }) => alt).join("");
      const named = [element.ariaLabel, label?.textContent, element.textContent, pictures].some((name) => name?.trim());
      return !named || ![element, label].some((one) => one && takes(one));
    }).map((element) => `${element.offsetWidth} × ${element.offsetHeight} ${element.outerHTML.slice(0, 120)}`);
}"""


def sideways(page: Page, within: str = ".app") -> list[str]:
    """Whatever is wider than the window."""
    found: list[str] = page.evaluate(
        """(within) => [...document.querySelectorAll(`${within} *`)].filter((element) => {
          const { left, right, width } = element.getBoundingClientRect();
          return width > 1 && element.checkVisibility({ visibilityProperty: true }) &&
            !element.closest(".tabs, .visually-hidden, .row-preview *, svg") && (right > innerWidth + 1 || left < -1);
        }).map((element) => element.className || element.tagName)""",
        within,
    )
    return found


def ready(page: Page, selector: str) -> None:
    expect(page.locator(selector).first).to_be_visible()


def problems_of(page: Page, name: str) -> list[Any]:
    """What is wrong with the screen as it is, or with the sheet over it; a picture of it under the name."""
    picture(page, name)
    within = "dialog[open]" if page.locator("dialog[open]").count() else ".app"
    found = [*(page.evaluate(check) for check in (STUMBLES, PRESSED, CONTRASTS)), sideways(page, within)]
    return found if any(found) else []


def in_theme(page: Page, look: str) -> None:
    """The page in Telegram's light or dark palette, and the system's."""
    page.emulate_media(color_scheme=look, reduced_motion="reduce")  # type: ignore[arg-type]
    page.evaluate("(colours) => window.telegram.setTheme(colours)", THEMES[look])
