"""Small pictures of images: decoded once, turned upright, and written anew without anything that was hidden in them."""

from io import BytesIO
from typing import BinaryIO

from PIL import Image, ImageOps, UnidentifiedImageError

from tickets.file_types import PIXEL_LIMIT

LONGEST_SIDE = 640  # pixels
_QUALITY = 80


def make_thumbnail(file: BinaryIO) -> BytesIO | None:
    """A WebP of at most LONGEST_SIDE, without metadata; None where the image cannot be read."""
    try:
        with Image.open(file) as image:
            if image.width * image.height > PIXEL_LIMIT:
                return None
            image.draft("RGB", (LONGEST_SIDE * 2, LONGEST_SIDE * 2))  # a JPEG is decoded at a fraction of its size
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            has_alpha = upright.mode in ("RGBA", "LA", "P")
            plain = upright.convert("RGBA" if has_alpha else "RGB")
            plain.info.clear()
            result = BytesIO()
            plain.save(result, "WEBP", quality=_QUALITY, method=4)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    result.seek(0)
    return result
