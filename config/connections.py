"""From the URL of a service to what Django and Celery want to know of it."""

from urllib.parse import urlsplit

import environ


def database_config(url: str, *, pooled: bool) -> dict[str, object]:
    """Of PostgreSQL. pooled: for a process that serves many coroutines from a few threads."""
    config = environ.Env.db_url_config(url)
    options = config.setdefault("OPTIONS", {})
    for key in ("host", "port"):  # dbshell looks at HOST and PORT only
        if key in options:
            config[key.upper()] = options.pop(key)
    options.setdefault("connect_timeout", 5)
    options.setdefault("server_side_binding", True)  # without it nothing is ever prepared
    options.setdefault("prepare_threshold", 3)
    if pooled:
        options["pool"] = {"min_size": 1, "max_size": 12, "timeout": 10}
    return {**config, "CONN_MAX_AGE": 0 if pooled else 60, "CONN_HEALTH_CHECKS": True}


def celery_url(redis_url: str) -> str:
    """The same server, second database, in the form that Celery takes."""
    if redis_url.startswith("unix://"):
        return f"redis+socket://{urlsplit(redis_url).path}?virtual_host=1"
    parts = urlsplit(redis_url)
    return parts._replace(path="/1").geturl()


def file_storage(url: str) -> dict[str, object]:
    """Where files are kept: a folder, or a bucket of an S3 server with its keys in the URL."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": parts.path}}
    bucket, _slash, prefix = parts.path.lstrip("/").partition("/")
    endpoint = f"https://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "access_key": parts.username,
            "secret_key": parts.password,
            "endpoint_url": endpoint,
            "bucket_name": bucket,
            "location": prefix,
            "signature_version": "s3v4",
            "file_overwrite": False,
        },
    }
