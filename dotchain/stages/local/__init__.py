"""The stage C{local}: names of the operator's own, from hosts files, the INI file and master files."""
