"""A customer's chat with the bot: cards, topics, which ticket is meant, what waits for it, its menu."""
