"""Searches the archive of minutes."""
