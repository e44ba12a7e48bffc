"""The stage C{querylog}: what was asked and answered, in lines of JSON."""
