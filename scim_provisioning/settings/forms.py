"""What an administrator may set for an identity provider."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SettingsForm(forms.Form):
    """The switch, and at most one attribute to add; the service judges the name."""

    auto_invite = forms.BooleanField(required=False)
    name = forms.CharField(label=_("Add Custom Attribute"), required=False, max_length=500)


class AttributeForm(forms.Form):
    """The name of an attribute to add; the service judges it."""

    name = forms.CharField(label=_("Attribute Name"), max_length=500)
