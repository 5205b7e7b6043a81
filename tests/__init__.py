"""The tests of luojia; tests/ mirrors luojia/ by name."""
