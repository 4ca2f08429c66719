"""Every change of a ticket is one function here: transaction, lock, permission, change, event."""
