"""The directory as a file, and back: JSON lines, streamed both ways, checked before applied."""
