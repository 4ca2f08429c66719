"""An answer as calls of the Bot API: its text cut to measure, its files, its captions."""
