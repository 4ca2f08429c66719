"""The limit to measure against: the same three answers with nothing but prepared SQL and orjson. No permission, no
validation, no limits, no framework: nobody could run a desk on it.
"""

import os
from typing import Any
from uuid import UUID, uuid4

import orjson
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

_LIST = """
SELECT t.id, t.number, t.subject, t.status, t.priority, t.sequence, t.updated_at, c.name_ru, c.name_en,
       u.first_name, a.first_name AS agent, m.text
FROM tickets_ticket t JOIN accounts_user u ON u.id = t.customer_id
LEFT JOIN tickets_category c ON c.id = t.category_id LEFT JOIN accounts_user a ON a.id = t.assignee_id
LEFT JOIN tickets_message m ON m.id = t.last_message_id
ORDER BY t.updated_at DESC, t.id DESC LIMIT 25"""
_MESSAGES = """
SELECT m.id, m.text, m.sequence, m.created_at, m.internal, u.first_name, t.sequence AS ticket_sequence
FROM tickets_message m JOIN tickets_ticket t ON t.id = m.ticket_id LEFT JOIN accounts_user u ON u.id = m.author_id
WHERE m.ticket_id = %s ORDER BY m.sequence DESC LIMIT 50"""
_POST = """
WITH t AS (UPDATE tickets_ticket SET sequence = sequence + 1, public_sequence = public_sequence + 1, updated_at = now()
           WHERE id = %(ticket)s RETURNING id, sequence, public_sequence),
m AS (INSERT INTO tickets_message (id, ticket_id, author_id, author_role, kind, text, entities, content, internal,
        source, sequence, public_sequence, request_digest, delivery_state, delivery_reason, delivery_ambiguous,
        reactions, edited_after_answer, created_at)
      SELECT %(id)s, t.id, %(author)s, 'agent', 'text', %(text)s, '[]', '{}', false, 'api', t.sequence,
             t.public_sequence, '', '', '', false, '[]', false, now() FROM t RETURNING id, sequence)
INSERT INTO tickets_ticketevent (ticket_id, sequence, public_sequence, type, payload, message_id, source, created_at)
SELECT t.id, t.sequence, t.public_sequence, 'message_sent', '{}', m.id, 'api', now() FROM t, m RETURNING sequence"""

pool: AsyncConnectionPool[Any] | None = None


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    global pool
    if scope["type"] != "http":
        return
    if pool is None:
        options = {"row_factory": dict_row, "autocommit": True, "prepare_threshold": 0}
        pool = AsyncConnectionPool(os.environ["BARE_DATABASE"], min_size=4, max_size=8, open=False, kwargs=options)
        await pool.open()
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    async with pool.connection() as connection:
        answer = await _answer(connection, scope, body)
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer})


async def _answer(connection: Any, scope: dict[str, Any], body: bytes) -> bytes:
    parts = scope["path"].strip("/").split("/")
    if parts[-1] != "messages":
        return orjson.dumps(await (await connection.execute(_LIST)).fetchall())
    ticket = UUID(parts[-2])
    if scope["method"] == "GET":
        return orjson.dumps(await (await connection.execute(_MESSAGES, (ticket,))).fetchall())
    values = {"ticket": ticket, "id": uuid4(), "author": None, "text": orjson.loads(body)["text"]}
    return orjson.dumps(await (await connection.execute(_POST, values)).fetchone())
