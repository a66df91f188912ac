"""Addresses below /audit/."""

from django.urls import path

from audit import pages

urlpatterns = [
    path("", pages.audit_trails, name="audit-trails"),
    path("export.csv", pages.export, name="audit-export"),
]
