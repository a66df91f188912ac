"""Every text of the portal is there in Spanish and French, compiled, with the product's labels."""

import re

import pytest
from babel.messages import Message
from django.utils import translation

from audit.events import EVENTS
from mdm_portal import messages

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|</?\w+>")
LABELS = [
    ("User Provisioning", "Aprovisionamiento de usuarios", "Provisionnement des utilisateurs"),
    ("Audit Trails", "Trazas de auditoría", "Historique d'audit"),
    ("Generate", "Generar", "Générer"),
    ("Copy", "Copiar", "Copier"),
    ("Target SCIM URL", "URL SCIM de destino", "URL SCIM cible"),
    ("Token Status", "Estado del token", "État du jeton"),
    ("Select", "Seleccionar", "Sélectionner"),
    ("Set to Active", "Establecer en Activo", "Définir sur Actif"),
    ("Set to Inactive", "Establecer en Inactivo", "Définir sur Inactif"),
    ("Renew", "Renovar", "Renouvellement"),
    ("Remove", "Quitar", "Supprimer"),
    ("Edit Settings", "Editar ajustes", "Modifier les paramètres"),
    ("Add Custom Attribute", "Añadir atributo personalizado", "Ajouter un attribut personnalisé"),
    ("Custom Attributes", "Atributos personalizados", "Attributs personnalisés"),
    ("Attribute Name", "Nombre del atributo", "Nom de l'attribut"),
    ("Attribute Type", "Tipo de atributo", "Type d'attribut"),
    ("Save Changes", "Guardar cambios", "Enregistrer les modifications"),
    ("Users", "Usuarios", "Utilisateurs"),
    ("User Groups", "Grupos de usuarios", "Groupes d'utilisateurs"),
    ("Attributes", "Atributos", "Attributs"),
    ("User attributes", "Atributos de usuario", "Attributs de l'utilisateur"),
    ("Department", "Departamento", "Département"),
    ("User Source", "Fuente de usuario", "Source utilisateur"),
    ("Performed By", "Realizado por", "Effectué par"),
    ("DETAILS", "DETALLES", "DÉTAILS"),
    ("Changes - Before & After", "Cambios - antes y después", "Modifications - Avant et après"),
    ("Not Invited", "No invitado", "Non invité"),
]
TOKEN_EVENTS = {
    "created": ("Token SCIM creado", "Jeton SCIM créé"),
    "enabled": ("Token SCIM activado", "Jeton SCIM activé"),
    "disabled": ("Token SCIM desactivado", "Jeton SCIM désactivé"),
    "renewed": ("Token SCIM Renovado", "Jeton SCIM renouvelé"),
    "deleted": ("Token SCIM eliminado", "Jeton SCIM supprimé"),
}


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_the_catalogue_holds_every_message_of_the_code_translated(language: str) -> None:
    catalogue = messages.merged(language)
    assert [messages.said(message) for message in messages.untranslated(catalogue)] == []
    assert (messages.folder(language) / "django.po").read_bytes() == messages.text(catalogue)
    assert (messages.folder(language) / "django.mo").read_bytes() == messages.compiled(catalogue)


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_a_translation_has_the_placeholders_and_the_markup_of_its_text(language: str) -> None:
    different = [
        messages.said(message) for message in messages.merged(language) if not _agree(message)
    ]
    assert different == []


def _agree(message: Message) -> bool:
    """Tell whether all forms of a message and of its translation hold the same placeholders."""
    if not message.id:
        return True
    texts = [*messages.forms(message.id), *messages.forms(message.string)]
    return len({tuple(sorted(PLACEHOLDER.findall(text))) for text in texts}) == 1


@pytest.mark.parametrize(("english", "spanish", "french"), LABELS)
def test_labels_read_as_in_the_product(english: str, spanish: str, french: str) -> None:
    for language, text in (("en", english), ("es", spanish), ("fr", french)):
        with translation.override(language):
            assert translation.gettext(english) == text


@pytest.mark.parametrize("name", TOKEN_EVENTS)
def test_token_events_are_named_as_in_the_product(name: str) -> None:
    for language, text in zip(messages.LANGUAGES, TOKEN_EVENTS[name], strict=True):
        with translation.override(language):
            assert str(EVENTS[f"scim_token.{name}"].label) == text
