"""The icons of heroicons in templates, each drawn once.

The package copies an icon's XML and writes it out anew for each place: a tenth of a list page.
"""

from functools import lru_cache

from django import template
from heroicons.templatetags.heroicons import heroicon_micro, heroicon_outline

DIFFERENT = 256
"""At least as many as there are icons, sizes and classes in all templates."""

register = template.Library()
for draw in (heroicon_micro, heroicon_outline):
    register.simple_tag(lru_cache(DIFFERENT)(draw))
