"""What Prometheus is told: read from those who count it, at each scrape."""
