"""Formats of dates where the portal's differ from Django's."""
