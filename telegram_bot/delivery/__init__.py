"""The outbox on its way out: claimed, rendered, paced, sent, and every result written down."""
