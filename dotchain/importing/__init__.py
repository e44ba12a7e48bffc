"""Configurations of other programs, read into what an INI file of ours would say."""
