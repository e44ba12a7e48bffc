"""Messages that are no questions: NOTIFY, UPDATE and zone transfers, each on a connection of its own."""
