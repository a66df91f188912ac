"""The built-in ``${variables}`` (product section 7): names no custom attribute may take."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Variable:
    """One built-in variable."""

    name: str
    stands_for: Promise
    kind: str
    """Key of KINDS."""


INVITATION = "invitation"
"""The kind that only the mails of invitations fill in."""
KINDS: dict[str, Promise] = {
    "user": _("User"),
    "directory": _("Active Directory or LDAP"),
    "system": _("System"),
    "device": _("Device"),
    "policy": _("Policy message"),
    "app": _("App"),
    INVITATION: _("Invitation template"),
}

VARIABLES: tuple[Variable, ...] = (
    Variable("userUID", _("Username, in the form of an e-mail address"), "user"),
    Variable("userUIDLocalPart", _("Username, the part before @"), "user"),
    Variable("userUIDDomain", _("Username, the part after @"), "user"),
    Variable("userEmailAddress", _("Email Address"), "user"),
    Variable("userEmailAddressLocalPart", _("Email Address, the part before @"), "user"),
    Variable("userEmailAddressDomain", _("Email Address, the part after @"), "user"),
    Variable("userFirstName", _("First Name"), "user"),
    Variable("userLastName", _("Last Name"), "user"),
    Variable("userDisplayName", _("Display Name"), "user"),
    Variable("department", _("Department"), "user"),
    Variable("userLocale", _("Language of the user, else that of the portal"), "user"),
    Variable("managedAppleId", _("Managed Apple ID"), "user"),
    Variable("userUPN", _("User principal name"), "directory"),
    Variable("sAMAccountName", _("Windows logon name"), "directory"),
    Variable("userREALM", _("Kerberos realm"), "directory"),
    Variable("userCN", _("Common name"), "directory"),
    Variable("userDN", _("Distinguished name"), "directory"),
    Variable("userOU", _("Organizational unit"), "directory"),
    Variable("edipi", _("EDI personal identifier"), "directory"),
    Variable("clientLastCheckin", _("Last check-in of the app on the device"), "device"),
    Variable("deviceAltSN", _("Alternative serial number"), "device"),
    Variable("deviceClientDeviceIdentifier", _("Identifier of the app on the device"), "device"),
    Variable("deviceGUID", _("Identifier of the device in this portal"), "device"),
    Variable("deviceIccIdentifier", _("Number of the SIM card (ICCID)"), "device"),
    Variable("deviceIMEI", _("IMEI"), "device"),
    Variable("deviceIMEI2", _("IMEI of the second SIM card"), "device"),
    Variable("deviceIMSI", _("Subscriber number (IMSI)"), "device"),
    Variable("deviceLastCheckin", _("Last check-in of the device"), "device"),
    Variable("deviceMdmChannelId", _("Identifier of the MDM channel"), "device"),
    Variable("deviceMdmDeviceIdentifier", _("Identifier of the device for MDM"), "device"),
    Variable("deviceMEIdentifier", _("Mobile equipment identifier (MEID)"), "device"),
    Variable("deviceModel", _("Model"), "device"),
    Variable("deviceName", _("Name of the device"), "device"),
    Variable("devicePhoneNumber", _("Phone number"), "device"),
    Variable("devicePK", _("Number of the device in this portal"), "device"),
    Variable("deviceSN", _("Serial number"), "device"),
    Variable("deviceUDID", _("Unique device identifier (UDID)"), "device"),
    Variable("deviceWifiMacAddress", _("Wi-Fi MAC address"), "device"),
    Variable("timestampMS", _("The time now, in milliseconds"), "system"),
    Variable("policyMessageTitle", _("Title of the message"), "policy"),
    Variable("policyMessageContent", _("Text of the message"), "policy"),
    Variable("nameOfPolicy", _("Name of the policy"), "policy"),
    Variable("nextAction", _("Next action"), "policy"),
    Variable("nonComplianceTime", _("Time of non-compliance"), "policy"),
    Variable("policyViolationFirstTime", _("Time of the first violation"), "policy"),
    Variable("ruleConditions", _("Conditions of the rule"), "policy"),
    Variable("appAdded", _("Time when the app was added"), "app"),
    Variable("appName", _("Name of the app"), "app"),
    Variable("appOsPlatform", _("Platform of the app"), "app"),
    Variable("appPackageId", _("Package identifier of the app"), "app"),
    Variable("appSource", _("Source of the app"), "app"),
    Variable("IsVpp", _("Whether the app comes from volume purchasing"), "app"),
    Variable("userActivationUrl", _("Registration link of the user"), INVITATION),
    Variable("clusterRegistrationUrl", _("Registration address of the portal"), INVITATION),
    Variable("productBrandName", _("Name of the product"), INVITATION),
    Variable("companyLogoUrl", _("Address of the company's logo"), INVITATION),
    Variable("companyWebsiteLabel", _("Name of the company's website"), INVITATION),
)
BUILT_IN: tuple[str, ...] = tuple(built_in.name for built_in in VARIABLES)


def variable(name: str) -> str:
    """Return how an attribute is written where variables are supported."""
    return f"${{{name}}}"
