"""English dates on the 24 hour clock, as in the audit trail: "p.m." ends a sentence twice."""

DATETIME_FORMAT = "N j, Y, H:i"
SHORT_DATETIME_FORMAT = "m/d/Y H:i"
TIME_FORMAT = "H:i"
