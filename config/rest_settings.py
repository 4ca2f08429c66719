"""How the REST API is read, checked, answered and described (REST framework, drf-spectacular)."""

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.api.authentication.AccessTokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["config.json.OrjsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["config.json.OrjsonParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "config.api_errors.handle_exception",
    "DEFAULT_THROTTLE_CLASSES": ["accounts.api.throttling.PersonThrottle", "accounts.api.throttling.AddressThrottle"],
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_METADATA_CLASS": None,  # OPTIONS would describe serializers that only describe the schema
    "DATETIME_FORMAT": "iso-8601",
}
SPECTACULAR = {
    "TITLE": "Help desk API",
    "DESCRIPTION": "The Mini App's API. Errors: docs/api.md.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "COMPONENT_SPLIT_PATCH": False,  # a PATCH has a serializer of its own, which says what it needs
    "ENUM_NAME_OVERRIDES": {
        "MessageKind": "tickets.models.MessageKind",
        "NotificationKind": "tickets.models.NotificationKind",
        "TicketStatus": "tickets.models.TicketStatus",
        "AttachmentState": "tickets.models.AttachmentState",
    },
}
