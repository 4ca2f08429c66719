"""Static files in production: named by their content, compressed beside the original, served for a year."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedModulesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Rewrites the imports of ES modules too, so that a page never mixes two versions of them.

    Django's patterns want one form of import; tests/architecture holds the Mini App's modules to it.
    """

    support_js_module_import_aggregation = True
