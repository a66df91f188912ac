"""The settings of a minimal project with django-scim2, as its README shows."""

import os

import environ

SECRET_KEY = "nothing is signed"
ROOT_URLCONF = "bench.scim.plain.urls"
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django_scim",
    "bench.scim.plain",
]
MIDDLEWARE = ["bench.scim.plain.caller.SignedIn"]
# All tables are made at once: ours refer to those of auth.
MIGRATION_MODULES = {"auth": None, "contenttypes": None}
AUTH_USER_MODEL = "plain.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGGING_CONFIG = None
USE_TZ = True
DATABASES = {"default": environ.Env.db_url_config(os.environ["DATABASE_URL"])}
DATABASES["default"]["CONN_MAX_AGE"] = None
SCIM_SERVICE_PROVIDER = {
    "NETLOC": "localhost",
    "GROUP_MODEL": "bench.scim.plain.models.Group",
    "AUTHENTICATION_SCHEMES": [
        {
            "type": "oauth2",
            "name": "OAuth 2",
            "description": "Oauth 2 implemented with bearer token",
        },
    ],
}
