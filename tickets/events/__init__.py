"""The log of facts: what can be recorded, the one writer, and the reactions that are owed for it."""
