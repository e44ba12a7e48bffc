"""What resolvers must do, and what becomes of a query where one does not."""
