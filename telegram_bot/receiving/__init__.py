"""Updates on their way in: fetched or brought by the webhook, and stored before anything else."""
