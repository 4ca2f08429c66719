"""The control API under `/control/`: act as a person, switch faults, look at what happened. For tests and the page."""
