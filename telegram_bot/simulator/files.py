"""Files as Telegram keeps them: an id for this bot, an id that stays the same, and a path to download from."""

import io
import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from telegram_bot.simulator.database import JSON, Database, dump
from telegram_bot.simulator.errors import bad_request

DOWNLOAD_LIMIT = 20 << 20
UPLOAD_LIMIT = 50 << 20
PHOTO_LIMIT = 10 << 20
PHOTO_EDGES = (90, 320, 800, 1280)
_FOLDERS = {
    "photo": ("photos", "jpg", "AgACAgIAAxkB"),
    "document": ("documents", "bin", "BQACAgIAAxkB"),
    "voice": ("voice", "oga", "AwACAgIAAxkB"),
    "audio": ("music", "mp3", "CQACAgIAAxkB"),
    "video": ("videos", "mp4", "BAACAgIAAxkB"),
    "animation": ("animations", "mp4", "CgACAgIAAxkB"),
    "video_note": ("video_notes", "mp4", "DQACAgIAAxkB"),
    "sticker": ("stickers", "webp", "CAACAgIAAxkB"),
}


@dataclass(frozen=True)
class Upload:
    """A file that came with a request."""

    name: str
    content_type: str
    content: bytes


class Files:
    """Contents lie on disk under their Telegram path; what is known about them lies in the database."""

    def __init__(self, db: Database, folder: Path) -> None:
        self._db = db
        self.folder = folder

    def store(self, kind: str, upload: Upload, *, size: int | None = None) -> JSON:
        """`{file_id, file_unique_id, file_size}`; `size` may claim more than there is, to play a large file."""
        directory, extension, prefix = _FOLDERS[kind]
        suffix = Path(upload.name).suffix.lstrip(".").lower()
        if suffix.isalnum() and len(suffix) <= 8 and kind != "photo":
            extension = suffix
        path = f"{directory}/file_{self._db.next('file')}.{extension}"
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(upload.content)
        size = len(upload.content) if size is None else size
        file_id, unique_id = prefix + secrets.token_urlsafe(42), "AgAD" + secrets.token_urlsafe(9)
        self._db.execute(
            "INSERT INTO files (id, unique_id, path, data) VALUES (?, ?, ?, ?)",
            file_id,
            unique_id,
            path,
            dump({"kind": kind, "size": size, "name": upload.name, "type": upload.content_type}),
        )
        return {"file_id": file_id, "file_unique_id": unique_id, "file_size": size}

    def store_photo(self, upload: Upload) -> list[JSON]:
        """The sizes that Telegram makes of a picture, smallest first."""
        try:
            with Image.open(io.BytesIO(upload.content)) as opened:
                picture = opened.convert("RGB")
        except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
            raise bad_request("IMAGE_PROCESS_FAILED") from error
        width, height = picture.size
        if width + height > 10_000 or max(width, height) > 20 * min(width, height):
            raise bad_request("PHOTO_INVALID_DIMENSIONS")
        edges = [edge for edge in PHOTO_EDGES if edge < max(width, height)]
        edges = [*edges[:3], min(PHOTO_EDGES[-1], max(width, height))] if len(edges) < len(PHOTO_EDGES) else edges
        return [self._store_size(picture, edge) for edge in dict.fromkeys(edges)]

    def _store_size(self, picture: Image.Image, edge: int) -> JSON:
        size = picture.copy()
        size.thumbnail((edge, edge))
        content = io.BytesIO()
        size.save(content, "JPEG", quality=87)
        stored = self.store("photo", Upload("photo.jpg", "image/jpeg", content.getvalue()))
        return {**stored, "width": size.width, "height": size.height}

    def find(self, file_id: str) -> JSON | None:
        row = self._db.row("SELECT * FROM files WHERE id = ?", file_id)
        if row is None:
            return None
        return {
            "file_id": row["id"],
            "file_unique_id": row["unique_id"],
            "path": row["path"],
            **json.loads(row["data"]),
        }

    def remember(self, file_ids: list[str], content: JSON) -> None:
        """Keeps how a message shows these files, for when they are sent again by id."""
        for file_id in file_ids:
            known = self.find(file_id) or {}
            data = {name: known[name] for name in ("kind", "size", "name", "type")} | {"content": content}
            self._db.execute("UPDATE files SET data = ? WHERE id = ?", dump(data), file_id)

    def path(self, file_path: str) -> Path | None:
        """The file on disk of a path that this simulator gave out."""
        row = self._db.row("SELECT path FROM files WHERE path = ?", file_path)
        target = self.folder / row["path"] if row else None
        return target if target and target.is_file() else None
