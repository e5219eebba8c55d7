"""The people on the phones: callers, softphones, and whoever watches. JSON, and one WebSocket."""
