"""The whole desk on one machine: `manage.py up` starts its programs, keeps them running, and ends them together."""
