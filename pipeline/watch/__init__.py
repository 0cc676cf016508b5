"""Decides what is wrong with sources and endpoints, from what the tables say. Pure."""
