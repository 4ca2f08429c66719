"""Rules that every module keeps. The layers themselves are import contracts in pyproject.toml (`make lint`)."""

import ast
import re
from collections.abc import Iterator

from tests.architecture.sources import PROJECT, Function, Source, list_sources

LONGEST_MODULE = 300
LONGEST_FUNCTION = 60

# Edges read and change tickets and people through selectors and services only. (The bot's own rows are its own.)
EDGES = (
    "accounts/api/",
    "accounts/admin/",
    "accounts/management/",
    "accounts/tasks.py",
    "tickets/api/",
    "tickets/admin/",
    "tickets/management/",
    "tickets/tasks.py",
    "chat/",
    "telegram_bot/",
    "config/management/",
)
# A ticket's columns that only the services change, each with its event
OWNED_BY_SERVICES = {"status", "assignee", "assignee_id", "priority", "team", "team_id", "category_id", "subject"}


def name_of(node: ast.AST) -> str:
    """The dotted name of an expression, as far as it has one."""
    if isinstance(node, ast.Attribute):
        return f"{name_of(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def models_of_the_core(source: Source) -> set[str]:
    """The names by which a module knows the models of `accounts` and `tickets`."""
    return {
        alias.asname or alias.name
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ImportFrom) and re.match(r"(accounts|tickets)\.models\b", node.module or "")
        for alias in node.names
    }


def length_of(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def test_modules_stay_short() -> None:
    lines = {source.name: len(source.text.splitlines()) for source in list_sources()}
    assert {name: n for name, n in lines.items() if n > LONGEST_MODULE} == {}


def test_functions_stay_short() -> None:
    long = [
        f"{source.at(function)} {function.name}: {length_of(function)} lines"
        for source in list_sources()
        for function in source.functions()
        if length_of(function) > LONGEST_FUNCTION
    ]
    assert long == []


def test_every_function_says_what_it_takes_and_gives() -> None:
    bare = [
        f"{source.at(function)} {function.name}"
        for source in list_sources()
        for function in source.functions()
        if function.returns is None
        or any(
            argument.annotation is None and argument.arg not in {"self", "cls"}
            for argument in [*function.args.args, *function.args.kwonlyargs, *function.args.posonlyargs]
        )
    ]
    assert bare == []


def test_services_take_the_actor_first_and_by_name() -> None:
    """A public service that takes an actor takes nothing by position: calls read like sentences."""
    wrong = [
        f"{source.at(function)} {function.name}"
        for source in list_sources()
        if source.is_in("accounts/services/", "tickets/services/")
        for function in source.tree.body
        if isinstance(function, Function)
        and any(argument.arg == "actor" for argument in function.args.kwonlyargs)
        and (function.args.args or function.args.kwonlyargs[0].arg != "actor")
    ]
    assert wrong == []


def test_nothing_is_unfinished() -> None:
    marks = re.compile(r"\b(?:TODO|FIXME|XXX|HACK|WIP)\b|NotImplementedError\(\"")
    places = [source.name for source in list_sources() if marks.search(source.text)]
    for folder, pattern in (("static", "*.js"), ("static", "*.css"), ("templates", "*.html"), ("tests", "*.py")):
        places += [
            str(file.relative_to(PROJECT))
            for file in (PROJECT / folder).rglob(pattern)
            if file.name != "test_code.py" and marks.search(file.read_text(encoding="utf-8"))
        ]
    assert places == []


def queries_of_the_core(source: Source) -> list[str]:
    """Where a module asks the tables of `accounts` and `tickets` by itself."""
    models = models_of_the_core(source)
    return [
        source.at(node)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute)
        and node.attr in {"objects", "_default_manager", "_base_manager"}
        and name_of(node.value) in models
    ]


def test_edges_leave_the_rows_of_the_core_to_selectors_and_services() -> None:
    assert [place for source in list_sources() if source.is_in(*EDGES) for place in queries_of_the_core(source)] == []


def changes_of_tickets(source: Source) -> Iterator[ast.AST]:
    """Assignments to a ticket's columns (`ticket.status = ...`), and `update(status=...)`."""
    for node in ast.walk(source.tree):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            flat = [part for target in targets for part in getattr(target, "elts", [target])]
            if any(isinstance(part, ast.Attribute) and is_column(part) for part in flat):
                yield node
        if isinstance(node, ast.Call):
            query, names = ast.unparse(node.func), {word.arg for word in node.keywords}
            if query.startswith("Ticket.objects") and query.endswith(".update") and OWNED_BY_SERVICES & names:
                yield node


def is_column(target: ast.Attribute) -> bool:
    return target.attr in OWNED_BY_SERVICES and name_of(target.value) in {"ticket", "row", "self.ticket"}


def test_only_services_change_what_a_ticket_is() -> None:
    wrong = [
        source.at(node)
        for source in list_sources()
        if not source.is_in("tickets/services/")
        for node in changes_of_tickets(source)
    ]
    assert wrong == []


def test_the_status_is_assigned_in_one_place_and_the_agent_in_one_module() -> None:
    places: dict[str, set[str]] = {"status": set(), "assignee": set()}
    for source in list_sources():
        for node in changes_of_tickets(source):
            for column, found in places.items():
                if re.search(rf"\bticket\.{column}(_id)?\b", ast.unparse(node).partition("=")[0]):
                    found.add(source.name)
    assert places == {"status": {"tickets/services/statuses.py"}, "assignee": {"tickets/services/assignment.py"}}


def test_only_the_recorder_writes_the_log() -> None:
    making = re.compile(r"\bTicketEvent(?:\.objects\.(?:create|bulk_create|get_or_create|update_or_create))?\(")
    wrong = [
        source.name
        for source in list_sources()
        if any(
            isinstance(node, ast.Call) and making.match(ast.unparse(node.func) + "(") for node in ast.walk(source.tree)
        )
    ]
    assert wrong == ["tickets/events/recording.py"]


def test_only_the_two_edges_and_the_process_are_asynchronous() -> None:
    wrong = [
        source.at(node)
        for source in list_sources()
        if not source.is_in("chat/", "telegram_bot/", "config/")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith)
        and not source.is_in("accounts/models/user.py")  # Django's manager asks for the asynchronous twin
    ]
    assert wrong == []


def test_our_apps_do_not_talk_by_djangos_signals() -> None:
    pattern = re.compile(r"django\.dispatch|django\.db\.models\.signals|\.send_robust\(")
    wrong = [s.name for s in list_sources() if not s.is_in("config/") and pattern.search(s.text)]
    assert wrong == []


def test_no_drawer_has_a_label_that_says_nothing() -> None:
    empty = {"utils", "util", "helpers", "helper", "common", "core", "lib", "misc", "base", "tools", "manager"}
    assert [s.name for s in list_sources() if empty & set(re.split(r"[/.]", s.name))] == []


def test_time_is_asked_of_one_clock() -> None:
    """Models and services ask `accounts.clock`, so that a test or the demo sets the time for all of them."""
    pattern = re.compile(r"timezone\.now\(|datetime\.now\(|datetime\.utcnow\(")
    wrong = [
        source.name
        for source in list_sources()
        if source.is_in("accounts/", "tickets/", "chat/", "telegram_bot/")
        and not source.is_in("accounts/clock.py", "telegram_bot/simulator/")
        and pattern.search(source.text)
    ]
    assert wrong == []


PLANTED = """
from tickets.models import Ticket
def close(ticket, number):
    old, ticket.status = ticket.status, "closed"
    Ticket.objects.filter(number=number).update(assignee=None)
"""


def test_these_rules_see_what_breaks_them() -> None:
    planted = Source("chat/closing.py", PLANTED, ast.parse(PLANTED))
    assert [planted.at(node) for node in changes_of_tickets(planted)] == ["chat/closing.py:4", "chat/closing.py:5"]
    assert queries_of_the_core(planted) == ["chat/closing.py:5"]
