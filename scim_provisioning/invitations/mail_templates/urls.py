"""Addresses of the mail templates, below /admin/branding/email-templates/."""

from django.urls import path

from scim_provisioning.invitations.mail_templates import pages
from scim_provisioning.invitations.mail_templates.preview import preview

ONE = "<slug:kind>/<slug:language>/"

urlpatterns = [
    path("", pages.email_templates, name="email-templates"),
    path(ONE, pages.email_template, name="email-template"),
    path(f"{ONE}preview/", preview, name="email-template-preview"),
    path(f"{ONE}revert/", pages.revert, name="email-template-revert"),
]
