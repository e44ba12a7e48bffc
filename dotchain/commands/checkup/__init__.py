"""What C{dotchain doctor} looks at: the file, this machine, each upstream and each front."""
