"""Pictures of pages as small PNG files: the colours that a page uses most are enough for it."""

import base64
import struct
import zlib

from playwright.sync_api import Page

LARGEST = 115_000
TO_PALETTE = """async ([picture, most]) => {
  const blob = await (await fetch(`data:image/png;base64,${picture}`)).blob();
  const bitmap = await createImageBitmap(blob);
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d");
  context.drawImage(bitmap, 0, 0);
  const colours = new Uint32Array(context.getImageData(0, 0, width, height).data.buffer);
  const counts = new Map();
  for (const colour of colours) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const split = (colour) => [colour & 255, (colour >> 8) & 255, (colour >> 16) & 255];
  const used = [...counts].sort((a, b) => b[1] - a[1]).map(([one]) => one);
  const kinds = new Map();
  for (const one of used) {
    const kind = one & 0xf0f0f0;
    if (!kinds.has(kind)) kinds.set(kind, one);
  }
  const chosen = new Set([...kinds.values()].slice(0, (most * 5) / 8));
  for (const one of used) if (chosen.size < most) chosen.add(one);
  const palette = [...chosen].map(split);
  const far = (a, b) => (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2;
  const nearest = new Map();
  for (const colour of counts.keys()) {
    const parts = split(colour);
    let best = 0;
    palette.forEach((one, at) => { if (far(one, parts) < far(palette[best], parts)) best = at; });
    nearest.set(colour, best);
  }
  let text = "";
  for (const colour of colours) text += String.fromCharCode(nearest.get(colour));
  return { width, height, palette: palette.flat(), pixels: btoa(text) };
}"""


def small(picture: bytes, painter: Page) -> bytes:
    """Return a PNG with a palette; ``painter`` is an empty page that does the sums."""
    found = b""
    for most in (256, 128, 64):
        found = _with_palette(picture, painter, most)
        if len(found) < LARGEST:
            break
    return found


def _with_palette(picture: bytes, painter: Page, most: int) -> bytes:
    """Return a PNG of so many colours at most."""
    found = painter.evaluate(TO_PALETTE, [base64.b64encode(picture).decode(), most])
    width, height = found["width"], found["height"]
    pixels = base64.b64decode(found["pixels"])
    rows = b"".join(b"\0" + pixels[at : at + width] for at in range(0, len(pixels), width))
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = {b"IHDR": head, b"PLTE": bytes(found["palette"])}
    parts |= {b"IDAT": zlib.compress(rows, 9), b"IEND": b""}
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in parts.items())


def _chunk(name: bytes, content: bytes) -> bytes:
    """Return a chunk of a PNG file."""
    check = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)
