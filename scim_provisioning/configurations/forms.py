"""What an administrator fills in of a configuration; the service judges it."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from scim_provisioning.configurations.drafts import LONGEST_KEY, LONGEST_NAME, Draft, Refused
from scim_provisioning.configurations.kinds import LONGEST_VALUE, MAX_PAIRS, Field, Kind

BLANK_ROWS = 3
ROWS = "rows"


class ConfigurationForm(forms.Form):
    """The name, and the fields of a type or rows of pairs."""

    name = forms.CharField(
        label=_("Name"),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(
        self,
        kind: Kind,
        *arguments: Any,
        rows: int = 0,
        secrets_set: Collection[str] = (),
        **options: Any,
    ) -> None:
        """Offer the fields of a type; ``secrets_set`` are the secret ones that have a value."""
        super().__init__(*arguments, **options)
        self.kind = kind
        self.rows = rows if kind.is_pairs else 0
        self.secrets_set = frozenset(secrets_set)
        for field in kind.fields:
            self.fields[field.key] = self._secret(field) if field.secret else _text(field)
            if field.key in self.secrets_set:
                label = gettext("Take the stored value away: %s") % field.label
                self.fields[f"remove-{field.key}"] = forms.BooleanField(label=label, required=False)
        for row in range(self.rows):
            self.fields[f"key-{row}"] = _cell(_("Key %d") % (row + 1), LONGEST_KEY)
            self.fields[f"value-{row}"] = _cell(
                _("Value %d") % (row + 1), LONGEST_VALUE, variables=True
            )

    def _secret(self, field: Field) -> forms.CharField:
        """Return the field of a secret, which is never shown, not even to who just typed it."""
        hint = gettext("It is stored, and never shown again.")
        if field.key in self.secrets_set:
            hint = gettext("A value is set, and never shown. Leave this empty to keep it.")
        widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
        return forms.CharField(
            label=str(field.label),
            required=False,
            max_length=LONGEST_VALUE,
            strip=False,
            widget=widget,
            help_text=hint,
        )

    @property
    def inputs(self) -> Iterator[tuple[forms.BoundField, Field, forms.BoundField | None]]:
        """Yield the fields of the type, each with its declaration and the way to take it away."""
        for field in self.kind.fields:
            remove = f"remove-{field.key}"
            yield self[field.key], field, self[remove] if remove in self.fields else None

    @property
    def pairs(self) -> Iterator[tuple[forms.BoundField, forms.BoundField]]:
        """Yield the rows of pairs."""
        for row in range(self.rows):
            yield self[f"key-{row}"], self[f"value-{row}"]

    def draft(self) -> Draft:
        """Return what was typed into a valid form."""
        typed = self.cleaned_data
        values = [(field.key, typed[field.key]) for field in self.kind.fields if not field.secret]
        pairs = [(typed[f"key-{row}"], typed[f"value-{row}"]) for row in range(self.rows)]
        return Draft(typed["name"], tuple(values or pairs), self._secrets())

    def refuse(self, refusal: Refused) -> None:
        """Put each reason beside its field."""
        for place, reason in refusal.reasons.items():
            self.add_error(place if place in self.fields else "name", reason)

    def ask_again_for_secrets(self) -> None:
        """Say at each secret that was typed into a refused form that it was not kept."""
        for field in self.kind.fields:
            if field.secret and self.data.get(field.key) and field.key not in self.errors:
                self.add_error(
                    field.key, gettext("Type it again: it is never shown, not even here.")
                )

    def _secrets(self) -> dict[str, str]:
        """Return the secrets to set; an empty one takes the stored one away."""
        typed = self.cleaned_data
        secrets = {field.key: typed[field.key] for field in self.kind.fields if field.secret}
        return {
            key: secret
            for key, secret in secrets.items()
            if secret or typed.get(f"remove-{key}", False)
        }


def asked_rows(data: Mapping[str, str]) -> int:
    """Return how many rows a sent form has."""
    told = data.get(ROWS, "")
    return min(int(told), MAX_PAIRS) if told.isascii() and told.isdigit() and len(told) < 5 else 1


def _text(field: Field) -> forms.CharField:
    return forms.CharField(
        label=str(field.label),
        required=field.required,
        max_length=LONGEST_VALUE,
        widget=_input(field.variables),
    )


def _cell(label: Any, longest: int, variables: bool = False) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=longest, widget=_input(variables)
    )


def _input(variables: bool) -> forms.TextInput:
    """Return a box; static/configurations.js offers the variables in one that supports them."""
    attributes = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
    return forms.TextInput(attrs=attributes | ({"data-variables": ""} if variables else {}))
