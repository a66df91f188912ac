"""QR codes, drawn as SVG that stands in a page: no file, no script, no style."""

import segno
from django.utils.safestring import SafeString


def qr_code(address: str) -> SafeString:
    """Return the code that a phone reads an address from; black on white in either theme."""
    code = segno.make(address, error="m", micro=False)
    drawn = code.svg_inline(
        border=4, dark="#000", light="#fff", omitsize=True, svgclass=None, lineclass=None
    )
    return SafeString(drawn)
