"""What tests of stages stand on."""
