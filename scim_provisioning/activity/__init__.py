"""The log of SCIM requests: what each identity provider asked, and what it was answered."""
