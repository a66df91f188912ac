"""The admin API: what administrators do in the portal, for scripts, at /api/v1."""
