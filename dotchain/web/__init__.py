"""The web site of the daemon: what monitoring, a browser and an orchestrator ask it over HTTP."""
