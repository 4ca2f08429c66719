"""The Mini App's modules keep to rules without which Django's hashing of imports fails silently, and stay small."""

import gzip
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from chat.templatetags.miniapp import module_closure
from tests.support.collected import collected_static

ROOT = Path(settings.BASE_DIR)
MODULES = ROOT / "static" / "miniapp"
LAYERS = ("core", "data", "ui", "screens", "")  # "": the entries beside the folders
ENTRIES = ("customer", "agent")
KB = 1024

IMPORT = re.compile(r'^import \{ [\w, ]+ \} from "(\.{1,2}/[\w./-]+\.js)";$')
DYNAMIC = re.compile(r'\bimport\("(\.{1,2}/[\w./-]+\.js)"\)')
ANY_IMPORT = re.compile(r"^\s*(?:import|export)\b.*\bfrom\b|^\s*import\s*['\"(]|\bimport\(", re.MULTILINE)


def sources() -> dict[str, str]:
    """The modules by their path under static/miniapp, with each import on one line."""
    return {
        str(file.relative_to(MODULES)): re.sub(
            r"import \{[^}]*\}", lambda match: " ".join(match[0].split()).replace(",}", " }").replace(", }", " }"), text
        )
        for file in sorted(MODULES.rglob("*.js"))
        if (text := file.read_text(encoding="utf-8"))
    }


def imports_of(name: str, text: str, pattern: re.Pattern[str]) -> list[str]:
    found = (match[1] for line in text.splitlines() for match in pattern.finditer(line))
    return [str((MODULES / name).parent.joinpath(path).resolve().relative_to(MODULES)) for path in found]


def layer_of(name: str) -> int:
    return LAYERS.index(name.partition("/")[0] if "/" in name else "")


def test_every_import_has_the_one_form_that_is_rewritten() -> None:
    wrong = []
    for name, text in sources().items():
        header = True
        for line in text.splitlines():
            is_import = bool(ANY_IMPORT.search(line))
            if is_import and IMPORT.match(line):
                wrong += [] if header else [f"{name}: {line} comes after other statements"]
            elif is_import and not DYNAMIC.search(line):
                wrong.append(f"{name}: {line}")
            elif line and not line.startswith(("//", "/*", " *")):
                header = False
    assert wrong == []


def test_no_module_re_exports_or_exports_a_default() -> None:
    pattern = re.compile(r"^export (?:default|\*|\{)", re.MULTILINE)
    assert [name for name, text in sources().items() if pattern.search(text)] == []


def test_imports_go_downwards_only() -> None:
    wrong = [
        f"{name} -> {target}"
        for name, text in sources().items()
        for target in imports_of(name, text, IMPORT)
        if layer_of(target) > layer_of(name)
    ]
    assert wrong == []


def test_no_two_modules_import_each_other() -> None:
    graph = {name: imports_of(name, text, IMPORT) + imports_of(name, text, DYNAMIC) for name, text in sources().items()}
    done: set[str] = set()

    def walk(name: str, above: tuple[str, ...]) -> None:
        assert name not in above, " -> ".join((*above, name))
        if name not in done:
            for target in graph[name]:
                walk(target, (*above, name))
            done.add(name)

    for name in graph:
        walk(name, ())


def test_data_modules_know_no_page_and_views_make_no_requests() -> None:
    forbidden = {
        "data": re.compile(r"document\.(?!visibilityState|addEventListener|createElement\(\"canvas)|core/dom\.js"),
        "ui": re.compile(r"\bfetch\(|XMLHttpRequest|WebSocket|/data/"),
        "screens": re.compile(r"\bfetch\(|XMLHttpRequest|WebSocket"),
    }
    wrong = [
        f"{name}: {match[0]}"
        for name, text in sources().items()
        for layer, pattern in forbidden.items()
        if name.startswith(f"{layer}/")
        for match in pattern.finditer(text)
    ]
    assert wrong == []


def test_text_never_becomes_markup() -> None:
    pattern = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|setAttribute\(\"style\"|\beval\(")
    assert [name for name, text in sources().items() if pattern.search(text)] == []


def test_only_one_module_knows_telegrams_object() -> None:
    assert [name for name, text in sources().items() if "window.Telegram" in text] == ["core/telegram.js"]


def test_templates_hold_no_inline_style_script_or_handler() -> None:
    pattern = re.compile(r"\sstyle=|<style|\son\w+=|javascript:|<script>")
    templates = sorted((ROOT / "templates" / "miniapp").glob("*.html"))
    assert templates
    assert [file.name for file in templates if pattern.search(file.read_text(encoding="utf-8"))] == []


def test_no_id_stands_twice_in_the_shell() -> None:
    markup = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "templates" / "miniapp").glob("*.html"))
    ids = Counter(re.findall(r'\sid="([^"{]+)"', markup))
    assert ids["tpl-inbox"]
    assert [name for name, times in ids.items() if times > 1] == []


def test_every_template_and_text_that_a_module_asks_for_exists() -> None:
    from chat.texts import client_texts

    markup = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "templates" / "miniapp").glob("*.html"))
    texts = client_texts()
    missing = []
    for name, text in sources().items():
        clones = re.findall(r'\bclone\("([\w-]+)"\)', text)
        missing += [f"{name}: tpl-{key}" for key in clones if f'"tpl-{key}"' not in markup]
        missing += [f"{name}: {key}" for key in re.findall(r'\bt\("(\w+)"', text) if key not in texts]
    assert missing == []


def test_texts_that_depend_on_a_number_are_translated() -> None:
    from chat.texts import client_texts

    with translation.override("ru"):
        plurals = {key: text for key, text in client_texts().items() if isinstance(text, dict)}
    assert plurals
    english = {
        key for key, text in plurals.items() if re.search(r"[A-Za-z]", re.sub(r"\{\w+\}", "", "".join(text.values())))
    }
    assert english == set()


def test_modules_stay_short() -> None:
    long = {name: lines for name, text in sources().items() if (lines := len(text.splitlines())) > 300}
    assert long == {}


@pytest.mark.parametrize("entry", ENTRIES)
def test_the_first_screen_and_a_conversation_need_few_modules(entry: str) -> None:
    everything = module_closure(("boot", entry, "screens/chat"))
    assert len(module_closure(("boot", entry))) <= 17  # of 24 at most
    assert len(everything) <= 30  # what matters is their size, below


# --- what collectstatic makes of them ---


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The Mini App's files as production serves them."""
    with collected_static(tmp_path_factory.mktemp("static")) as folder:
        yield folder / "miniapp"


HASHED = re.compile(r"\.[0-9a-f]{12}\.\w+$")


def hashed_modules(collected: Path) -> dict[str, Path]:
    """Each hashed module by the path of its source."""
    return {
        re.sub(r"\.[0-9a-f]{12}\.js$", ".js", str(file.relative_to(collected))): file
        for file in collected.rglob("*.js")
        if HASHED.search(file.name)
    }


def test_every_collected_import_leads_to_a_hashed_file(collected: Path) -> None:
    modules = hashed_modules(collected)
    assert set(modules) == set(sources())
    specifier = re.compile(r"""(?:from\s*|import\s*\(?\s*)["'](\.[^"']+)["']""")
    for name, file in modules.items():
        found = specifier.findall(file.read_text(encoding="utf-8"))
        assert len(found) == len(imports_of(name, sources()[name], IMPORT)) + len(
            imports_of(name, sources()[name], DYNAMIC)
        ), name
        for path in found:
            assert HASHED.search(path), f"{name} imports {path}"
            assert (file.parent / path).resolve().exists(), f"{name} imports {path}"


# Calls that came after the oldest engine that docs/miniapp.md names: Safari 15.4, Chromium 99.
TOO_NEW = re.compile(
    r"""AbortSignal\.(?:any|timeout)|\.to(?:Sorted|Reversed|Spliced)\(|withResolvers|canParse|Promise\.try|fromAsync
    |(?:Object|Map)\.groupBy|checkVisibility|requestIdleCallback|scrollend|\.isSubsetOf\(|\.moveBefore\(|scheduler\.
    |startViewTransition|\(\?<[=!]|^\s*static\ \{|\b(?:wanted|params|searchParams|query)\.size\b
    |\.(?:values|keys|entries)\(\)\s*\.(?:map|filter|some|find|every|toArray|reduce|take|drop|flatMap)\(""",
    re.VERBOSE | re.MULTILINE,
)


def test_nothing_is_called_that_the_oldest_engine_does_not_know() -> None:
    found = [f"{name}: {match[0].strip()}" for name, text in sources().items() for match in TOO_NEW.finditer(text)]
    assert found == []


CODE = re.compile(
    r"""(?P<comment>/\*.*?\*/|//[^\n]*)
    |(?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)
    |(?P<pattern>(?<=[(=,:[!&|?{};+\ ])/(?![*/])(?:\\.|\[(?:\\.|[^]\\\n])*\]|[^/\\\n])+/[gimsuy]*)
    |(?P<space>\s+)|(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)


def code_of(text: str) -> str:
    """The module without comments and spaces, found by its tokens."""
    parts = (match[0] for match in CODE.finditer(text) if match.lastgroup not in {"comment", "space"})
    return "".join(re.sub(r"\.[0-9a-f]{12}\.js", ".js", part) for part in parts)


def test_collecting_takes_away_the_comments_and_nothing_else(collected: Path) -> None:
    for name, file in hashed_modules(collected).items():
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"/\*\*| // ", text), name
        assert code_of(text) == code_of((MODULES / name).read_text(encoding="utf-8")), name


STYLE = re.compile(
    r"""(?P<comment>/\*.*?\*/)|(?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|(?P<space>\s+)|(?P<other>.)""",
    re.DOTALL,
)


def rules_of(text: str) -> str:
    """The styles without comments, found by their tokens; a space is one space, however long."""
    tokens = [(match.lastgroup, match[0]) for match in STYLE.finditer(text) if match.lastgroup != "comment"]
    joined = "".join(" " if kind == "space" else token for kind, token in tokens)
    return re.sub(r" {2,}", " ", joined).strip()


def test_collecting_takes_away_the_comments_of_styles_and_nothing_else(collected: Path) -> None:
    files = {file.name.partition(".")[0]: file for file in collected.rglob("*.css") if HASHED.search(file.name)}
    for file in MODULES.rglob("*.css"):
        text = files[file.stem].read_text(encoding="utf-8")
        assert "/*" not in text, file.name
        assert rules_of(text) == rules_of(file.read_text(encoding="utf-8")), file.name


def compressed(files: list[Path]) -> int:
    return sum(len(gzip.compress(file.read_bytes(), 6)) for file in files)


@pytest.mark.parametrize("entry", ENTRIES)
def test_the_scripts_stay_small(collected: Path, entry: str) -> None:
    modules = hashed_modules(collected)
    # sheets, menus and what else comes with a press are no part of it
    later = {"customer": ("screens/new-ticket",), "agent": ("screens/staff-tools", "data/counts")}[entry]

    def size_of(*entries: str) -> int:
        return compressed([modules[path.removeprefix("miniapp/")] for path in module_closure(entries)])

    conversation = size_of("boot", entry, "screens/chat", *later)
    assert size_of("boot", entry) <= 22 * KB
    assert conversation <= 38 * KB
    # what a conversation waits for before it draws
    assert size_of("boot", entry, "screens/chat", *later, "screens/chat-messages") - conversation <= 23 * KB


def test_the_styles_stay_small(collected: Path) -> None:
    styles = {file.name.partition(".")[0]: file for file in collected.rglob("*.css") if HASHED.search(file.name)}
    assert len(styles) == len(list(MODULES.rglob("*.css")))
    names = {
        name: re.findall(
            r"miniapp/styles/(\w+)\.css", (ROOT / "templates" / "miniapp" / name).read_text(encoding="utf-8")
        )
        for name in ("shell.html", "_chat_styles.html")
    }
    first = [name for name in (*names["shell.html"], *names["_chat_styles.html"]) if name != "late"]
    assert {*first, "late"} == set(styles)
    assert compressed([styles[name] for name in first]) <= 12 * KB
    assert compressed([*styles.values()]) <= 16 * KB  # with what comes with a press


def test_the_conversation_converges_under_losses() -> None:
    deno = shutil.which("deno") or str(ROOT / ".venv" / "bin" / "deno")
    if not Path(deno).exists():
        pytest.skip("deno is not installed")
    command = [deno, "test", "--no-check", "-q", "tests/chat/miniapp/"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
