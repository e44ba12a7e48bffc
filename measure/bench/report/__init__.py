"""What is made of the figures: ratios, tables, goals, a plot."""
