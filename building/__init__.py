"""How wheels are made: compiled where that can be (docs/install.rst). Nothing of it is installed."""
