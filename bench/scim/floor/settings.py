"""The settings of the floor: nothing but addresses and a database."""

import os

import environ

SECRET_KEY = "the floor signs nothing"
ROOT_URLCONF = "bench.scim.floor.urls"
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS: list[str] = []
MIDDLEWARE: list[str] = []
LOGGING_CONFIG = None
USE_I18N = False
USE_TZ = True
DATABASES = {"default": environ.Env.db_url_config(os.environ["DATABASE_URL"])}
DATABASES["default"]["CONN_MAX_AGE"] = None
