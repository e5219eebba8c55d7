"""What `make bench` measures: webhooks a second, operator ready to ring, bytes per call."""
