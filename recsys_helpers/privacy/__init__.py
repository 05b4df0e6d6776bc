"""Privacy of people: how much noise protects them, and what attacks still see."""
