"""Django's PostgreSQL backend, with a look at each connection that costs no round trip."""
