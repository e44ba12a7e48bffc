"""What the candidates are loaded with, and what that costs them."""
