"""The INI file: from its lines to a tree of resolvers and services; errors name file, section and key."""
