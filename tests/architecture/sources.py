"""The product's own Python, parsed once for all tests of this folder."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
APPS = ("config", "accounts", "tickets", "chat", "telegram_bot")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """`name`: the path inside the project."""

    name: str
    text: str
    tree: ast.Module

    def is_in(self, *places: str) -> bool:
        """places: a file, or a folder with a slash at its end."""
        return any(self.name == place or (place.endswith("/") and self.name.startswith(place)) for place in places)

    def functions(self) -> Iterator[Function]:
        return (node for node in ast.walk(self.tree) if isinstance(node, Function))

    def at(self, node: ast.AST) -> str:
        return f"{self.name}:{getattr(node, 'lineno', '?')}"


@cache
def list_sources() -> tuple[Source, ...]:
    """Without migrations, which are made by a machine."""
    files = [PROJECT / "manage.py", *(file for app in APPS for file in sorted((PROJECT / app).rglob("*.py")))]
    return tuple(
        Source(str(file.relative_to(PROJECT)), text, ast.parse(text))
        for file in files
        if "migrations" not in file.parts and (text := file.read_text(encoding="utf-8"))
    )
