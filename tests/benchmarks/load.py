"""A bounded load over kept HTTP/1.1 connections: as little work as possible on this side of the wire."""

import asyncio
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Request = Callable[[int], bytes]


@dataclass(frozen=True)
class Load:
    """per_second: answered requests; median, p99: milliseconds."""

    per_second: float
    median: float
    p99: float


async def put_load(port: int, request: Request, *, count: int, concurrency: int = 8) -> Load:
    """`count` requests over `concurrency` connections. Raises AssertionError for any answer that is not 2xx."""
    numbers, times = iter(range(count)), list[float]()

    async def one_connection() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in numbers:
            begun = time.perf_counter()
            writer.write(request(number))
            await read_answer(reader)
            times.append(time.perf_counter() - begun)
        writer.close()

    begun = time.perf_counter()
    await asyncio.gather(*(one_connection() for _ in range(concurrency)))
    seconds = time.perf_counter() - begun
    cuts = statistics.quantiles(times, n=100)
    return Load(per_second=count / seconds, median=statistics.median(times) * 1000, p99=cuts[98] * 1000)


async def read_answer(reader: asyncio.StreamReader) -> bytes:
    """The body. Raises AssertionError for an answer that is not 2xx."""
    head = await reader.readuntil(b"\r\n\r\n")
    assert head[9:10] == b"2", head + await reader.read(2000)
    return await reader.readexactly(_length(head))


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _colon, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise AssertionError(head)


def build_request(method: str, path: str, *, token: str = "", body: bytes = b"", headers: Sequence[str] = ()) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}", *headers]
    if body:
        lines.append("Content-Type: application/json")
    if token:
        lines.append(f"Authorization: Bearer {token}")
    return "\r\n".join([*lines, "", ""]).encode() + body
