"""The site: settings, addresses, the shell of the portal, operators' commands."""
