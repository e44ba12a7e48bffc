"""How wheels are made."""
