"""The staff's group: each ticket a topic of it, with a card and what is said in the ticket; an agent's words there are
the answer. It is optional (TELEGRAM_STAFF_CHAT_ID)."""
