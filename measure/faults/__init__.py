"""What users see when the machine fails a forwarder, in dotchain and its peers: see docs/faults.rst."""
