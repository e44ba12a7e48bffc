"""What a polite client notices of hostile ones, in dotchain and its peers: see docs/hostile.rst."""
