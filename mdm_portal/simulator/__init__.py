"""A make-believe identity provider that talks SCIM to a real server, for trials and for tests."""
