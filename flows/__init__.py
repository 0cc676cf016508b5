"""When things run: Prefect flows, their deployments, and what a run shows."""
