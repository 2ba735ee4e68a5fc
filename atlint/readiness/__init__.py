"""Whether a service is fit to be registered: its registration, its events, its cluster, its staging; three-valued."""
