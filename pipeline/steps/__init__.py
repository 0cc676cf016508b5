"""Wires the stages together: polls, visits, batches and shifts. What flows and the command line call."""
